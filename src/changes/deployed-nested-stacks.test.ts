import { describe, expect, test } from 'vitest';
import { analyseStackChange, type RenderedStack, type StackAnalysis } from './analyse-stack-change.ts';
import type { ChildTemplates } from './child-templates.ts';

const pseudo = { accountId: '111122223333', region: 'us-east-1', stackName: 'ledger' };
const parent = (given = 'false', { attributes = '', url = 'database.yaml', more = '' } = {}) => `Resources:
  Data:
    Type: AWS::CloudFormation::Stack${attributes}
    Properties:
      TemplateURL: https://s3.amazonaws.com/templates/${url}
      Parameters:
        Engine: postgres
        Encrypted: ${given}
${more}`;
const child = (attributes = '') => `Parameters: {Engine: {Type: String}, Encrypted: {Type: String}}
Conditions: {IsEncrypted: !Equals [!Ref Encrypted, 'true']}
Resources:
  Db:
    Type: AWS::RDS::DBInstance${attributes}
    Properties:
      Engine: !Ref Engine
      StorageEncrypted: !If [IsEncrypted, true, false]
  News: {Type: AWS::SNS::Topic}
`;
const kept = { 'database.yaml': child() };
const stack = (template: string, children: ChildTemplates | undefined = kept): RenderedStack => ({
  template,
  secrets: [],
  folder: 'infrastructure',
  children,
});
const notKept = (template: string): RenderedStack => ({ template, secrets: [] });

function known(before: RenderedStack | undefined, after: RenderedStack | undefined) {
  const analysis: StackAnalysis = analyseStackChange({ before, after, pseudo });
  if (!analysis.known) throw new Error(analysis.why);
  const impacts = Object.fromEntries(analysis.resources.map(({ logicalId, impact }) => [logicalId, impact]));
  return { ...analysis, impacts };
}

test('a database in a nested stack that a parameter replaces, with its line and that of the parameter', () => {
  const found = known(stack(parent('false')), stack(parent('true')));
  expect(found).toMatchObject({ changeClass: 'data-affecting', verdict: 'data-at-risk', unchanged: 1 });
  expect(found.impacts).toEqual({ Data: 'update-interrupt', 'Data/Db': 'replace' });
  expect(found.findings.find(({ code }) => code === 'D-REPL')).toMatchObject({
    logicalId: 'Data/Db',
    message: expect.stringContaining('because StorageEncrypted changes from false to true; its content would be lost'),
    position: { file: 'infrastructure/database.yaml', line: 8 },
    parameterLines: [8],
  });
  expect(found.findings.find(({ code }) => code === 'R-NESTED')?.evidence).toEqual({
    source: 'rule',
    certainty: 'certain',
    note: 'follows what is in it',
  });
});

test('parameters are told only where the property itself reads them, or the condition of its resource', () => {
  const written = (port: number, condition = '') => ({
    'database.yaml': child(condition).replace('StorageEncrypted: !If [IsEncrypted, true, false]', `Port: ${port}`),
  });
  const portFinding = (condition: string) =>
    known(stack(parent('true'), written(1, condition)), stack(parent('true'), written(2, condition))).findings.find(
      ({ path }) => path === 'Port',
    );
  expect(portFinding('')).toMatchObject({ position: { line: 8 }, parameterLines: [] });
  expect(portFinding('\n    Condition: IsEncrypted')).toMatchObject({ position: { line: 9 }, parameterLines: [8] });
});

test('the same stack with the same children is no change', () => {
  expect(known(stack(parent()), stack(parent()))).toMatchObject({ changeClass: 'none', resources: [], unchanged: 3 });
});

test.each([
  {
    name: 'was deployed before they were kept',
    before: notKept(parent()),
    after: stack(parent()),
    why: 'was not kept',
  },
  {
    name: 'lies elsewhere',
    before: stack(parent('false', { url: 'else.yaml?token=1' })),
    after: stack(parent('false', { url: 'else.yaml?token=1' })),
    why: 'is not in the bundle (https://s3.amazonaws.com/templates/else.yaml)',
  },
  {
    name: 'cannot be read',
    before: stack(parent(), { 'database.yaml': 'Resources: [' }),
    after: stack(parent(), { 'database.yaml': 'Resources: [' }),
    why: 'cannot be evaluated',
  },
])('a nested stack that $name is never no change', ({ before, after, why }) => {
  const found = known(before, after);
  expect(found).toMatchObject({ changeClass: 'breaking', impacts: { Data: 'conditional-replace' } });
  expect(found.findings).toMatchObject([
    { code: 'R-NESTED', message: expect.stringContaining(why), evidence: { certainty: 'undecided' } },
  ]);
});

describe('what a nested stack that goes takes with it', () => {
  const other = '  Other: {Type: AWS::SNS::Topic}\n';
  const without = stack(`Resources:\n${other}`);

  test('its data, by name', () => {
    const found = known(stack(parent('false', { more: other })), without);
    expect(found).toMatchObject({ changeClass: 'data-affecting' });
    expect(found.impacts).toEqual({ Data: 'remove', 'Data/Db': 'remove', 'Data/News': 'remove' });
    expect(found.findings.find(({ logicalId }) => logicalId === 'Data/Db')?.message).toBe(
      'in the nested stack Data: deletes the DBInstance Db; its content would stay in a snapshot only',
    );
  });

  test('nothing of what a policy keeps, in it or of it', () => {
    const retained = { 'database.yaml': child('\n    DeletionPolicy: Retain') };
    const before = stack(parent('false', { more: other }), retained);
    expect(known(before, without).impacts).toMatchObject({ 'Data/Db': 'retain', 'Data/News': 'remove' });
    const whole = stack(parent('false', { more: other, attributes: '\n    DeletionPolicy: Retain' }));
    expect(known(whole, without).impacts).toEqual({ Data: 'retain', 'Data/Db': 'retain', 'Data/News': 'retain' });
  });

  test('with the whole deployment', () => {
    const found = known(stack(parent()), undefined);
    expect(found.impacts).toEqual({ Data: 'remove', 'Data/Db': 'remove', 'Data/News': 'remove' });
    expect(found.findings.map(({ logicalId }) => logicalId)).toContain('Data/Db');
    const unseen = known(notKept(parent()), undefined);
    expect(unseen).toMatchObject({ changeClass: 'data-affecting', impacts: { Data: 'remove' } });
    expect(unseen.resources).toMatchObject([{ logicalId: 'Data', typeClass: 'stateful' }]);
    expect(unseen.findings[0]?.message).toMatch(/with whatever data it holds; .* was not kept/);
  });
});

test('a nested stack that is no longer kept names the data that goes with its next removal', () => {
  const found = known(
    stack(parent('false', { attributes: '\n    DeletionPolicy: Retain' }), {
      'database.yaml': child('\n    DeletionPolicy: Delete'),
    }),
    stack(parent(), { 'database.yaml': child('\n    DeletionPolicy: Delete') }),
  );
  expect(found).toMatchObject({ changeClass: 'data-affecting', flags: ['protection-lowered'] });
  expect(found.findings.filter(({ code }) => code === 'D-PROTECT')).toMatchObject([
    { logicalId: 'Data/Db', message: expect.stringContaining('the DBInstance Db in it would be lost') },
  ]);
});

test('a creation counts what is nested, and tells of what is not looked into', () => {
  const found = known(undefined, stack(parent()));
  expect(found).toMatchObject({ changeClass: 'compatible', findings: [] });
  expect(found.impacts).toEqual({ Data: 'add', 'Data/Db': 'add', 'Data/News': 'add' });
  expect(known(undefined, stack(parent('false', { url: 'else.yaml' }))).findings).toMatchObject([
    { code: 'R-NESTED', verdict: 'in-place', evidence: { certainty: 'undecided' } },
  ]);
});

test('where a parameter reads what moves, what is known of the child is told all the same', () => {
  const reading = (fifo: string, encrypted: string) =>
    parent(encrypted, { more: `  Topic: {Type: AWS::SNS::Topic, Properties: {${fifo}}}\n` }).replace(
      'Engine: postgres',
      'Engine: !Ref Topic',
    );
  const found = known(stack(reading('', 'false')), stack(reading('FifoTopic: true', 'true')));
  expect(found.impacts).toMatchObject({ Topic: 'replace', Data: 'conditional-replace', 'Data/Db': 'replace' });
  expect(found.changeClass).toBe('data-affecting');
});

test('a template that calls itself several times is not followed without end', () => {
  const calls = Array.from(
    { length: 20 },
    (_, index) => `  S${index}: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: own.yaml}}`,
  );
  const own = `Resources:\n${calls.join('\n')}\n`;
  const found = known(undefined, stack(own, { 'own.yaml': own }));
  expect(found.resources.length).toBe(20 + 50 * 20);
  expect(found.findings.some(({ message }) => message.includes('more than 50 nested stacks'))).toBe(true);
});

test('of many and large templates only so much is read', () => {
  const names = Array.from({ length: 4 }, (_, index) => `large-${index}.yaml`);
  const stacks = names.map(
    (name, index) => `  S${index}: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ${name}}}`,
  );
  const large = `# ${'x'.repeat(600_000)}\nResources:\n  T: {Type: AWS::SNS::Topic}\n`;
  const children = Object.fromEntries(names.map((name) => [name, large]));
  const found = known(undefined, stack(`Resources:\n${stacks.join('\n')}\n`, children));
  expect(found.impacts).toMatchObject({ 'S0/T': 'add', 'S1/T': 'add', 'S2/T': 'add' });
  expect(found.findings).toMatchObject([
    { logicalId: 'S3', message: expect.stringContaining('have more than 2000000 bytes') },
  ]);
});

test('secrets that a parent gives are told in no form', () => {
  const before = { ...stack(parent('first-secret')), secrets: ['first-secret'] };
  const after = { ...stack(parent('second-secret')), secrets: ['second-secret'] };
  const shown = { 'database.yaml': child().replace('!If [IsEncrypted, true, false]', '!Ref Encrypted') };
  const limited = {
    'database.yaml': child().replace('Encrypted: {Type: String}', 'Encrypted: {Type: String, AllowedValues: [x]}'),
  };
  for (const children of [kept, shown, limited]) {
    const told = JSON.stringify(known({ ...before, children }, { ...after, children }));
    expect(told).toContain('"Data"');
    expect(told).not.toMatch(/first-secret|second-secret/);
  }
});
