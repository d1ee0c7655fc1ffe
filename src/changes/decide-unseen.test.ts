import { expect, test } from 'vitest';
import { analyseStackChange } from './analyse-stack-change.ts';
import { decideUnseen, type ToldChange } from './decide-unseen.ts';

const pseudo = { accountId: '111122223333', region: 'us-east-1', stackName: 'ledger' };
const nested = (given: string) =>
  `{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "https://elsewhere.example/v1/data.yaml", Parameters: {Given: ${given}}}}`;
const template = (given = 'a', more = '') => `Resources:
  Data: ${nested(given)}
  Topic: {Type: AWS::SNS::Topic}
${more}`;
const stack = (text: string) => ({ template: text, secrets: [], folder: 'infrastructure', children: {} });

function analysed(before: string, after: string | undefined) {
  const analysis = analyseStackChange({ before: stack(before), after: after ? stack(after) : undefined, pseudo });
  if (!analysis.known) throw new Error(analysis.why);
  return analysis;
}

const table = 'AWS::DynamoDB::Table';
const told = (
  logicalId: string,
  type: string,
  action: ToldChange['action'] = 'modify',
  replacement: ToldChange['replacement'] = 'no',
  kept?: ToldChange['kept'],
): ToldChange => ({ logicalId, type, action, replacement, ...(kept && { kept }) });
const data = told('Data', 'AWS::CloudFormation::Stack');

function decidedBy(changes: readonly ToldChange[], unseen: readonly string[] = [], after = template()) {
  const analysis = decideUnseen(analysed(template(), after), changes, unseen);
  const impacts = Object.fromEntries(analysis.resources.map(({ logicalId, impact }) => [logicalId, impact]));
  return { ...analysis, impacts };
}

test('a nested stack that nothing changes in is no change', () => {
  expect(decidedBy([])).toMatchObject({
    ...{ changeClass: 'none', verdict: 'no-change', resources: [], findings: [], unchanged: 2 },
  });
});

test('what the parent changes besides is judged as if it were alone', () => {
  const after = template('a', '  News: {Type: AWS::SNS::Topic}\n');
  const found = decidedBy([told('News', 'AWS::SNS::Topic', 'add')], [], after);
  expect(found).toMatchObject({ changeClass: 'compatible', impacts: { News: 'add' }, unchanged: 2 });
});

test.each([
  ['replaces a table', [told('Data/Table', table, 'modify', 'yes')], 'data-affecting', 'replace', 'would be lost'],
  ['may replace one', [told('Data/Table', table, 'modify', 'maybe')], 'data-affecting', 'conditional-replace', 'may'],
  ['removes one', [told('Data/Table', table, 'remove')], 'data-affecting', 'remove', 'would be lost'],
  [
    ...(['leaves one behind', [told('Data/Table', table, 'remove', 'no', 'retained')]] as const),
    ...(['data-affecting', 'retain', 'no longer manages'] as const),
  ],
  [
    ...(['keeps a snapshot', [told('Data/Table', table, 'modify', 'yes', 'snapshot')]] as const),
    ...(['data-affecting', 'replace', 'in a snapshot only'] as const),
  ],
  ['replaces a role', [told('Data/Table', 'AWS::IAM::Role', 'modify', 'yes')], 'breaking', 'replace', 'replaces'],
  ['updates one', [told('Data/Table', table)], 'compatible', 'update-in-place', 'updates'],
  ['adds one', [told('Data/Table', table, 'add')], 'compatible', 'add', 'adds'],
] as const)('a nested stack that %s is as grave as that', (_, changes, changeClass, impact, words) => {
  const found = decidedBy([data, ...changes]);
  expect(found).toMatchObject({
    changeClass,
    impacts: { Data: 'update-in-place', 'Data/Table': impact },
    unchanged: 1,
  });
  const [finding] = found.findings.filter(({ logicalId }) => logicalId === 'Data/Table');
  expect(finding).toMatchObject({ evidence: { source: 'provider' }, position: { line: 2 } });
  expect(finding?.message).toMatch(new RegExp(`^in the nested stack Data: .*${words}`));
  expect(found.resources.find(({ logicalId }) => logicalId === 'Data')?.typeClass).not.toBe('stateful');
});

test('a parameter that is another one is decided by what it does inside', () => {
  expect(analysed(template('a'), template('b'))).toMatchObject({ changeClass: 'breaking' });
  expect(decidedBy([data, told('Data/Topic', 'AWS::SNS::Topic')], [], template('b'))).toMatchObject({
    changeClass: 'compatible',
    verdict: 'in-place',
  });
});

test('what the provider cannot say either stays undecided: the stack itself, or one in it', () => {
  const before = analysed(template(), template());
  expect(decideUnseen(before, [data], ['Data'])).toEqual(before);
  const deeper = decidedBy([data, told('Data/Deep', 'AWS::CloudFormation::Stack')], ['Data/Deep']);
  expect(deeper).toMatchObject({ changeClass: 'breaking', impacts: { 'Data/Deep': 'conditional-replace' } });
  expect(deeper.findings.find(({ logicalId }) => logicalId === 'Data/Deep')).toMatchObject({
    code: 'R-NESTED',
    message: 'may change what is in the nested stack Data/Deep, which the provider cannot say',
    evidence: { certainty: 'undecided' },
  });
});

test('a nested stack that goes is not told from inside, and stays as grave', () => {
  const without = 'Resources: {Topic: {Type: AWS::SNS::Topic}}';
  const before = analysed(template(), without);
  expect(before).toMatchObject({ changeClass: 'data-affecting' });
  expect(decideUnseen(before, [told('Data', 'AWS::CloudFormation::Stack', 'remove')], [])).toEqual(before);
});

test('of one that comes it is told what it brings', () => {
  const after = template('a', `  More: ${nested('a')}\n`);
  const changes = [told('More', 'AWS::CloudFormation::Stack', 'add'), told('More/Table', table, 'add')];
  const found = decidedBy(changes, [], after);
  expect(found).toMatchObject({ changeClass: 'compatible', impacts: { More: 'add', 'More/Table': 'add' } });
  expect(JSON.stringify(found.findings)).not.toContain('not looked into');
});
