import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PrincipalId } from '../../organization/index.ts';
import { type Abandonment, abandonDeletion } from '../abandon-deletion.ts';
import { removalSubjects } from '../plans/removal-subjects.ts';
import { stackName } from '../stack-name.ts';
import { targetFind, targetUpdate } from '../target-store.ts';
import { type DeploymentWorld, deploymentWorld } from '../testing/deployment-world.ts';

const signature: Abandonment = { by: 'ana' as PrincipalId, byName: 'Ana', reason: 'the account is closed' };
const virginia = { accountId: '111122223333', region: 'us-east-1' };
const ireland = { accountId: '111122223333', region: 'eu-west-1' };

let world: DeploymentWorld;
beforeAll(async () => {
  world = await deploymentWorld();
  await world.startEngine();
});
afterAll(() => world.close());
beforeEach(() => {
  world.provisioner.reset();
  world.noun.reset();
});

const stackOf = (name: string) => stackName('environment', name, world.target(name).arn);
const abandon = (id: string) =>
  world.tools.db.transaction().execute((tx) => abandonDeletion(world.tools, tx, id, signature));

async function over(name: string, operation: 'create' | 'update' | 'delete') {
  const { id } = await world.requested(world.target(name), operation);
  return world.untilOver(id);
}

/** A thing that was deployed, and whose stack nobody remembers. */
async function forgotten(name: string) {
  await over(name, 'create');
  world.provisioner.forget(stackOf(name));
  return over(name, 'delete');
}

describe('F21: the provider has no record of what was deployed', () => {
  test('the deletion fails, says what was last known to be there, and keeps the thing', async () => {
    const deletion = await forgotten('lost');
    expect(await world.status(deletion.id)).toBe('DELETE_FAILED');
    expect(deletion.standing).toMatchObject({
      refusal: { kind: 'conflict', code: 'deletion-unproven' },
      undone: 'nothing',
    });
    expect(deletion.message).toContain('cannot be proved that the resources');
    expect(deletion.message).toContain('Last known: Bucket (AWS::S3::Bucket) bucket-1.');
    expect(deletion.message).toContain(`deuteron deployment abandon ${deletion.id}`);
    expect(world.noun.statuses(world.target('lost').arn).at(-1)).toBe('DELETE_FAILED');
    expect(await targetFind(world.tools.db, world.target('lost').arn)).toMatchObject({ lastAttemptedId: deletion.id });
    expect(world.provisioner.begun.filter((each) => each.startsWith('delete'))).toEqual([]);
  });

  test('when the record is back, deleting again deletes', async () => {
    await forgotten('found-again');
    world.provisioner.forget(stackOf('found-again'), false);
    const again = await over('found-again', 'delete');
    expect(again.standing.state).toBe('succeeded');
    expect(world.provisioner.begun.at(-1)).toBe(`delete ${again.id}`);
    expect(world.provisioner.has(stackOf('found-again'))).toBe(false);
  });

  test('whoever answers for it abandons it: the thing is forgotten, the cloud is not asked', async () => {
    const deletion = await forgotten('abandoned');
    const calls = world.provisioner.calls.length;
    const known = await targetFind(world.tools.db, world.target('abandoned').arn);
    const abandoned = await abandon(deletion.id);
    expect(abandoned).toMatchObject({
      ok: true,
      value: { operation: 'delete', standing: { state: 'succeeded' }, requestedBy: 'ana' },
    });
    const message = abandoned.ok ? abandoned.value.message : '';
    expect(message).toContain('Abandoned by Ana: the account is closed');
    expect(message).toContain('Last known: Bucket (AWS::S3::Bucket) bucket-1.');
    expect(message).toContain(`\nStacks: ${known?.resources[0]?.identifier}.\n`);
    expect(world.provisioner.calls).toHaveLength(calls);
    expect(world.noun.statuses(world.target('abandoned').arn).slice(-2)).toEqual([
      'DELETE_IN_PROGRESS',
      'DELETE_COMPLETE',
    ]);
    expect(await targetFind(world.tools.db, world.target('abandoned').arn)).toBeUndefined();
  });

  test('stacks nested in it are named with it, when it is abandoned', async () => {
    const deletion = await forgotten('nests');
    const { db } = world.tools;
    const { arn } = world.target('nests');
    const [provisioned] = (await targetFind(db, arn))?.resources ?? [];
    if (!provisioned) throw new Error('nothing was provisioned');
    const type = 'AWS::CloudFormation::Stack';
    const nested = { logicalId: 'Data', type, physicalId: 'arn:of-data', status: 'CREATE_COMPLETE' };
    await targetUpdate(db, arn, { resources: [{ ...provisioned, resources: [nested] }] });
    expect(await abandon(deletion.id)).toMatchObject({
      value: { message: expect.stringContaining(`Stacks: ${provisioned.identifier}, in it Data arn:of-data.`) },
    });
  });

  test('a first deployment that failed left a trace too; without a success there is no list', async () => {
    world.provisioner.script({ outcome: 'fail' });
    await over('failed-first', 'create');
    world.provisioner.forget(stackOf('failed-first'));
    const deletion = await over('failed-first', 'delete');
    expect(deletion.standing).toMatchObject({ state: 'failed', refusal: { code: 'deletion-unproven' } });
    expect(deletion.message).not.toContain('Last known');
  });

  test('what was never begun is deleted without a question', async () => {
    const no = { kind: 'invalid', code: 'provider-refused', message: 'No.', remedy: 'Ask otherwise.' } as const;
    world.provisioner.script({ outcome: 'refuse', refusal: no });
    await over('never-made', 'create');
    const calls = world.provisioner.calls.length;
    expect((await over('never-made', 'delete')).standing.state).toBe('succeeded');
    expect(world.provisioner.calls).toHaveLength(calls);
  });

  const refused: Readonly<Record<string, { make(): Promise<string>; code: string }>> = {
    'a creation': { make: async () => (await over('made', 'create')).id, code: 'nothing-to-abandon' },
    'a deletion behind which another one came': {
      make: async () => {
        const first = await forgotten('twice');
        await over('twice', 'delete');
        return first.id;
      },
      code: 'nothing-to-abandon',
    },
    'an unknown deployment': { make: async () => 'd-none', code: 'deployment-missing' },
  };
  test.each(Object.entries(refused))('%s cannot be abandoned', async (_, { make, code }) => {
    expect(await abandon(await make())).toMatchObject({ ok: false, refusal: { code } });
  });
});

test('F20: what the template lets live on is told with its physical id when the rest is deleted', async () => {
  await over('kept', 'create');
  const type = 'AWS::DynamoDB::Table';
  world.provisioner.retain(stackOf('kept'), [
    { logicalId: 'Keep', type, physicalId: 'kept-table-1', status: 'DELETE_SKIPPED' },
  ]);
  const deletion = await over('kept', 'delete');
  expect(deletion.standing.state).toBe('succeeded');
  expect(deletion.message).toContain('Keep (AWS::DynamoDB::Table) kept-table-1');
});

test('a thing that moved is deleted where it lies now, and where it was begun before', async () => {
  await over('moved', 'create');
  world.noun.placements = [ireland];
  await over('moved', 'update');
  const deletion = await over('moved', 'delete');
  expect(deletion.standing.state).toBe('succeeded');
  expect(world.provisioner.begun.slice(-2).sort()).toEqual([`delete ${deletion.id}`, `delete ${deletion.id}-1`]);
});

test('removals: where the thing lies now comes first, in its order, each with what is known of it', () => {
  const roleArn = 'arn:aws:iam::111122223333:role/new';
  const resource = { logicalId: 'Bin', type: 'AWS::S3::Bucket', physicalId: 'bin', status: 'CREATE_COMPLETE' };
  const begun = [
    { placement: virginia, stackId: 'stack-1' },
    { placement: ireland, stackId: 'stack-2' },
  ];
  const provisioned = { method: 'cloudformation', identifier: 'stack-1', name: 's', outputs: {} } as const;
  expect(
    removalSubjects({ placements: [{ ...ireland, roleArn }], stackName: 's' }, begun, [
      { ...provisioned, placement: virginia, resources: [resource] },
    ]),
  ).toEqual([
    { placement: { ...ireland, roleArn }, stackName: 's', stackId: 'stack-2', lastKnown: [] },
    { placement: virginia, stackName: 's', stackId: 'stack-1', lastKnown: [resource] },
  ]);
});
