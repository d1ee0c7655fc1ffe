import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blockingFindings, createExternalInspection, externalRails, railsInForce } from '../src/guard-rails/index.ts';
import { prepareGuard } from './prepare-guard.ts';
import { preparePython } from './prepare-python.ts';

const template = `Metadata: {cfn-lint: {config: {ignore_checks: [E3002]}}}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead
      Nope: 1
`;

const place = { arn: 'a', kind: 'environment', unitPath: ['organization'], labels: {} } as const;

async function look(rail: string, program: string, parameters: Readonly<Record<string, string | readonly string[]>>) {
  const programs = { [rail]: [program] as [string] };
  const setting = { scope: { unit: 'organization' }, rail, effect: 'block', strict: false, parameters } as const;
  const report = await createExternalInspection(programs)(railsInForce(externalRails(programs), [setting], place, []), {
    template,
    stackName: 'files',
    placements: [{ accountId: '111122223333', region: 'eu-central-1' }],
    tagKeys: [],
    sourceAt: (line) => ({ position: { file: 'cloudformation.yaml', line, column: 1 }, inputs: [] }),
    hide: (text) => text,
  });
  return blockingFindings(report);
}

test('cfn-lint of PyPI: what it finds leads to the line', { timeout: 600_000 }, async () => {
  const cfnLint = join(preparePython().python, '..', 'cfn-lint');
  const found = await look('cfn-lint', cfnLint, { ignore: ['W'] });
  expect(found).toContainEqual(
    expect.objectContaining({
      rail: 'cfn-lint',
      logicalId: 'Bucket',
      property: 'Nope',
      message: expect.stringMatching(/^E3002: /),
      position: { file: 'cloudformation.yaml', line: 7, column: 1 },
    }),
  );
  expect(found.map(({ message }) => message.slice(0, 1))).not.toContain('W');
});

test('CloudFormation Guard of npm: what does not comply leads to the line', { timeout: 600_000 }, async () => {
  const guard = prepareGuard();
  const rules =
    "rule private { Resources.*[ Type == 'AWS::S3::Bucket' ].Properties.AccessControl == 'Private' <<private, please>> }";
  expect(await look('cloudformation-guard', guard, { rules })).toMatchObject([
    { message: 'private: private, please', logicalId: 'Bucket', property: 'AccessControl', position: { line: 6 } },
  ]);
  expect(await look('cloudformation-guard', guard, { rules: 'rule broken {' })).toMatchObject([
    { message: expect.stringContaining('guard-rail-tool-failed') },
  ]);
  expect(await look('cloudformation-guard', guard, { rules: 'rule fine { Resources exists }' })).toEqual([]);
});

/** No registry has its program: whoever has one names it. */
const opa = process.env.PEERS_OPA;
if (opa)
  test('Open Policy Agent: what it denies leads to the line', async () => {
    const policy = `package deuteron
deny contains {"message": "a public bucket", "logicalId": id, "property": "AccessControl"} if {
  some id, resource in input.resources
  resource.properties.AccessControl == "PublicRead"
}
`;
    const query = 'data.deuteron.deny';
    expect(await look('opa', opa, { policy, query })).toMatchObject([
      { message: 'a public bucket', logicalId: 'Bucket', position: { line: 6 } },
    ]);
    expect(await look('opa', opa, { policy, query: 'data.deuteron.other' })).toMatchObject([
      { message: expect.stringContaining('guard-rail-tool-failed') },
    ]);
    expect(await look('opa', opa, { policy: 'package deuteron\ndeny := []', query })).toEqual([]);
  });
