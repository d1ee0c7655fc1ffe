import { afterAll, expect, test } from 'vitest';
import { analyseStackChange, type StackAnalysis } from './analyse-stack-change.ts';
import { AnalysisPool } from './analysis-pool.ts';
import { changeClassOf } from './change-class.ts';

const pool = new AnalysisPool();
afterAll(() => pool.close());

const pseudo = { accountId: '111122223333', region: 'us-east-1', stackName: 'orders' };
const database = (properties: string, attributes = '') => `Resources:
  Db:
    Type: AWS::RDS::DBInstance${attributes}
    Properties: {Engine: postgres, MasterUsername: owner, MasterUserPassword: quiet-please, ${properties}}
  News:
    Type: AWS::SNS::Topic
Outputs:
  NewsArn: {Value: !Ref News}
`;
const stack = (template: string) => ({ template, secrets: ['quiet-please'] });

function known(analysis: StackAnalysis) {
  if (!analysis.known) throw new Error(analysis.why);
  return analysis;
}

test('a database that would be replaced is data-affecting, and the property is named', async () => {
  const change = {
    before: stack(database('StorageEncrypted: false')),
    after: stack(database('StorageEncrypted: true')),
    pseudo,
  };
  const analysis = known(await pool.analyse(change));
  expect(analysis).toEqual(analyseStackChange(change));
  expect(analysis).toMatchObject({ changeClass: 'data-affecting', verdict: 'data-at-risk', unchanged: 1 });
  expect(analysis.resources).toEqual([
    { logicalId: 'Db', type: 'AWS::RDS::DBInstance', typeClass: 'stateful', impact: 'replace' },
  ]);
  expect(analysis.findings[0]).toMatchObject({
    message: expect.stringContaining('StorageEncrypted'),
    before: false,
    after: true,
  });
});

test('the same stack is no change', () => {
  const same = stack(database('StorageEncrypted: false'));
  expect(analyseStackChange({ before: same, after: same, pseudo })).toMatchObject({
    changeClass: 'none',
    verdict: 'no-change',
    resources: [],
    unchanged: 2,
  });
});

test('a creation adds everything and loses nothing', () => {
  const analysis = known(analyseStackChange({ after: stack(database('StorageEncrypted: true')), pseudo }));
  expect(analysis).toMatchObject({ changeClass: 'compatible', verdict: 'in-place', findings: [] });
  expect(analysis.resources.map(({ impact }) => impact)).toEqual(['add', 'add']);
});

test.each([
  ['', 'data-affecting', 'remove'],
  ['\n    DeletionPolicy: Retain', 'breaking', 'retain'],
])('a deletion says what is lost and what stays (%j)', (attributes, changeClass, impact) => {
  const before = stack(database('StorageEncrypted: true', attributes));
  const analysis = known(analyseStackChange({ before, pseudo }));
  expect(analysis.changeClass).toBe(changeClass);
  expect(analysis.resources.find(({ logicalId }) => logicalId === 'Db')?.impact).toBe(impact);
  expect(analysis.findings.map(({ code }) => code)).not.toContain('I-OUT-REMOVE');
});

test('conditions are decided where the stack lies', () => {
  const by = (region: string) => `Conditions: {Here: !Equals [!Ref "AWS::Region", ${region}]}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Jobs: {Type: AWS::SQS::Queue, Condition: Here}
`;
  const change = { before: stack(by('us-east-1')), after: stack(by('eu-west-1')), pseudo };
  expect(known(analyseStackChange(change)).resources).toMatchObject([{ logicalId: 'Jobs', impact: 'remove' }]);
});

test('what cannot be read is not known, and said to be so', () => {
  const analysis = analyseStackChange({ before: stack('Resources: ['), after: stack(database('')), pseudo });
  expect(analysis).toEqual({ known: false, why: expect.stringMatching(/^What is deployed cannot be evaluated: /) });
});

test('secrets are in no form of the answer', () => {
  const changed = database('').replace('quiet-please', 'quieter-please');
  const after = { template: changed, secrets: ['quieter-please'] };
  const said = JSON.stringify(analyseStackChange({ before: stack(database('')), after, pseudo }));
  expect(said).toContain('MasterUserPassword');
  expect(said).not.toMatch(/quiet(er)?-please/);
});

test.each([
  [[], 'none'],
  [[{ code: 'R-UPD-INT', verdict: 'interruption', versionClass: 'compatible' }], 'compatible'],
  [[{ code: 'I-OUT-REMOVE', verdict: 'no-change', versionClass: 'breaking' }], 'breaking'],
  [[{ code: 'R-UNSUPPORTED', verdict: 'fails', versionClass: 'compatible' }], 'breaking'],
  [[{ code: 'D-SHRINK', verdict: 'fails', versionClass: 'data-affecting' }], 'data-affecting'],
  [[{ code: 'R-CAP', verdict: 'no-change', versionClass: 'breaking' }], 'none'],
] as const)('the class of %j is %s', (findings, expected) => {
  expect(changeClassOf(findings)).toBe(expected);
});
