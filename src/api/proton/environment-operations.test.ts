import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ana, type EnvironmentWorld, environmentWorld, roleArn } from '../../environments/testing/environment-world.ts';
import type { Result } from '../../errors/index.ts';
import { tagResource, tagsOf } from '../../tags/index.ts';
import { deploymentOperations } from './deployment-operations.ts';
import { environmentOperations } from './environment-operations.ts';
import type * as wire from './generated/types.ts';
import type { OperationHandler, OperationName } from './operation.ts';

const patience = { timeout: 20_000, interval: 10 };
const context = { caller: { id: ana, name: 'ana', kind: 'person' }, requestId: 'r-1' } as const;

let world: EnvironmentWorld;
type Handlers<Operations> = { [Name in keyof Operations & OperationName]: OperationHandler<Name> };
let environments: Handlers<ReturnType<typeof environmentOperations>>;
let deployments: Handlers<ReturnType<typeof deploymentOperations>>;
beforeAll(async () => {
  world = await environmentWorld();
  environments = environmentOperations(world.tools);
  deployments = deploymentOperations(world.tools);
  await world.template('network', [
    { version: '1.0' },
    { version: '1.1', template: 'Resources: {Queue: {Type: AWS::SQS::Queue}}\n' },
    { version: '1.2', status: 'DRAFT', template: 'Resources: {Queue: {{ environment.inputs.nope }}}\n' },
    { version: '2.0', schema: schemaWith('size', '{type: integer}', true) },
  ]);
  await world.template('draft-only', [{ version: '1.0', status: 'DRAFT' }]);
  await world.template('terraform', [{ version: '1.0', engine: 'hcl' }]);
  await world.template('codebuild', [{ version: '1.0', engine: 'codebuild' }]);
  await world.template('own', [{ version: '1.0', schema: schemaWith('VpcId', '{type: string}', true) }], true);
});
afterAll(() => world.close());
beforeEach(() => world.provisioner.reset());

function schemaWith(name: string, property: string, isRequired: boolean): string {
  return `schema:
  format: {openapi: "3.0.0"}
  environment_input_type: In
  types:
    In:
      type: object
      properties: {${name}: ${property}}
      required: [${isRequired ? name : ''}]
`;
}

function spec(inputs: string): string {
  return `proton: EnvironmentSpec\nspec: {${inputs}}\n`;
}

type Create = Parameters<typeof environments.CreateEnvironment>[0];
const usual = {
  templateName: 'network',
  templateMajorVersion: '1',
  spec: spec('cidr: 10.1.0.0/16'),
  protonServiceRoleArn: roleArn,
};

function create(name: string, change: Partial<Create> = {}) {
  return environments.CreateEnvironment({ name, ...usual, ...change }, context);
}

function update(
  name: string,
  deploymentType: wire.DeploymentUpdateType,
  change: Partial<wire.UpdateEnvironmentInput> = {},
) {
  return environments.UpdateEnvironment({ name, deploymentType, ...change }, context);
}

function accepted<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}

async function get(name: string): Promise<wire.Environment> {
  return accepted(await environments.GetEnvironment({ name }, context)).environment;
}

/** What the waiter EnvironmentDeployed does. */
async function until(name: string, ...statuses: wire.DeploymentStatus[]): Promise<wire.Environment> {
  return vi.waitFor(async () => {
    const environment = await get(name);
    if (!statuses.includes(environment.deploymentStatus)) throw new Error(`it is ${environment.deploymentStatus}`);
    return environment;
  }, patience);
}

async function deployed(name: string, change: Partial<Create> = {}): Promise<wire.Environment> {
  accepted(await create(name, change));
  return until(name, 'SUCCEEDED');
}

describe('create', () => {
  test('answers IN_PROGRESS at once, then SUCCEEDED with outputs and resources', async () => {
    world.provisioner.script({ outcome: 'succeed', outputs: { VpcId: 'vpc-1', Arn: 'a' } });
    const { environment } = accepted(await create('first', { description: 'of ours' }));
    expect(environment).toMatchObject({
      arn: 'arn:aws:proton:us-east-1:111122223333:environment/first',
      deploymentStatus: 'IN_PROGRESS',
      templateMajorVersion: '1',
      templateMinorVersion: '1',
      lastAttemptedDeploymentId: expect.any(String),
    });
    expect(environment.lastDeploymentSucceededAt).toBeUndefined();
    const after = await until('first', 'SUCCEEDED');
    expect(after.lastDeploymentSucceededAt.getTime()).toBeGreaterThanOrEqual(after.lastDeploymentAttemptedAt.getTime());
    expect(after).toMatchObject({
      description: 'of ours',
      spec: usual.spec,
      lastSucceededDeploymentId: environment.lastAttemptedDeploymentId,
    });
    const outputs = [
      { key: 'Arn', valueString: 'a' },
      { key: 'VpcId', valueString: 'vpc-1' },
    ];
    const { lastSucceededDeploymentId: deploymentId } = after;
    const name = { environmentName: 'first' };
    expect(accepted(await environments.ListEnvironmentOutputs(name, context))).toEqual({ outputs });
    expect(accepted(await environments.ListEnvironmentOutputs({ ...name, deploymentId }, context))).toEqual({
      outputs,
    });
    const { provisionedResources } = accepted(await environments.ListEnvironmentProvisionedResources(name, context));
    expect(provisionedResources).toEqual([
      {
        identifier: expect.stringMatching(
          /^arn:aws:cloudformation:us-east-1:.*AWSProton-environment-first-[0-9a-f]{8}/,
        ),
        name: expect.stringMatching(/^AWSProton-environment-first-[0-9a-f]{8}$/),
        provisioningEngine: 'CLOUDFORMATION',
      },
    ]);
  });

  test('twice with the same parameters is one environment; with others, or after a change, it is refused', async () => {
    const first = await deployed('again');
    expect(accepted(await create('again')).environment.arn).toBe(first.arn);
    expect(await create('again', { description: 'other' })).toMatchObject({
      refusal: { kind: 'invalid', message: expect.stringContaining('Idempotent parameter mismatch') },
    });
    accepted(await update('again', 'NONE', { description: 'changed' }));
    expect(await create('again')).toMatchObject({ refusal: { kind: 'conflict' } });
    expect(world.provisioner.begun).toHaveLength(1);
  });

  test('of which two run at once makes one environment', async () => {
    const both = await Promise.all([create('race'), create('race')]);
    expect(new Set(both.map((each) => accepted(each).environment.lastAttemptedDeploymentId)).size).toBe(1);
    await until('race', 'SUCCEEDED');
  });

  const refusals: { name: string; give: Partial<Create>; kind: string; says: RegExp }[] = [
    {
      name: 'an unknown template',
      give: { templateName: 'nope' },
      kind: 'missing',
      says: /environment template does not exist: arn:.*nope/,
    },
    { name: 'an unknown version', give: { templateMinorVersion: '9' }, kind: 'missing', says: /1\.9/ },
    {
      name: 'a major with nothing published',
      give: { templateName: 'draft-only' },
      kind: 'invalid',
      says: /no published/,
    },
    {
      name: 'an input that the schema does not have',
      give: { spec: spec('cird: x') },
      kind: 'invalid',
      says: /spec:2:8: cird: .*Did you mean cidr/,
    },
    {
      name: 'a spec of another kind',
      give: { spec: 'proton: ServiceSpec\ninstances: []\n' },
      kind: 'invalid',
      says: /expected EnvironmentSpec/,
    },
    {
      name: 'a missing role',
      give: { protonServiceRoleArn: undefined },
      kind: 'invalid',
      says: /protonServiceRoleArn/,
    },
    { name: 'Terraform', give: { templateName: 'terraform', spec: spec('') }, kind: 'invalid', says: /Terraform/ },
    { name: 'CodeBuild', give: { templateName: 'codebuild', spec: spec('') }, kind: 'invalid', says: /CodeBuild/ },
    {
      name: 'a wrong spec of a Terraform template',
      give: { templateName: 'terraform', spec: spec('x: 1') },
      kind: 'invalid',
      says: /x: is not an input/,
    },
    { name: 'a reserved tag', give: { tags: [{ key: 'aws:x', value: '1' }] }, kind: 'invalid', says: /reserved/ },
    {
      name: 'an unknown connection',
      give: { protonServiceRoleArn: undefined, environmentAccountConnectionId: 'c' },
      kind: 'missing',
      says: /connection does not exist/,
    },
  ];
  test.each(refusals)('is refused for $name, and nothing is left of it', async ({ give, kind, says }) => {
    expect(await create('refused', give)).toMatchObject({ refusal: { kind, message: expect.stringMatching(says) } });
    expect(await environments.GetEnvironment({ name: 'refused' }, context)).toMatchObject({
      refusal: { kind: 'missing' },
    });
  });

  test('a draft can be named', async () => {
    expect(
      (await deployed('of-a-draft', { templateName: 'draft-only', templateMinorVersion: '0' })).templateMinorVersion,
    ).toBe('0');
  });

  test('no more than there may be', async () => {
    const few = environmentOperations({ ...world.tools, environmentsMax: 0 });
    expect(await few.CreateEnvironment({ name: 'one-more', ...usual }, context)).toMatchObject({
      refusal: { kind: 'limit' },
    });
  });
});

describe('an environment that its owner provisions', () => {
  const own = { templateName: 'own', spec: spec('VpcId: vpc-7'), protonServiceRoleArn: undefined };

  test('has its spec for outputs, at once, and can be told newer ones', async () => {
    const { environment } = accepted(await create('own', own));
    expect(environment).toMatchObject({ deploymentStatus: 'SUCCEEDED', provisioning: 'CUSTOMER_MANAGED' });
    const name = { environmentName: 'own' };
    const deploymentId = environment.lastSucceededDeploymentId;
    expect(accepted(await environments.ListEnvironmentOutputs(name, context)).outputs).toEqual([
      { key: 'VpcId', valueString: 'vpc-7' },
    ]);
    const told = { resourceArn: environment.arn, outputs: [{ key: 'VpcId', valueString: 'vpc-8' }] };
    accepted(await deployments.NotifyResourceDeploymentStatusChange({ ...told, status: 'SUCCEEDED' }, context));
    expect(accepted(await environments.ListEnvironmentOutputs(name, context)).outputs).toEqual(told.outputs);
    expect(accepted(await environments.ListEnvironmentOutputs({ ...name, deploymentId }, context)).outputs).toEqual([
      { key: 'VpcId', valueString: 'vpc-7' },
    ]);
    expect(
      await deployments.NotifyResourceDeploymentStatusChange({ ...told, status: 'FAILED' }, context),
    ).toMatchObject({ refusal: { kind: 'conflict' } });
    expect(await deployments.NotifyResourceDeploymentStatusChange({ ...told, deploymentId }, context)).toMatchObject({
      refusal: { kind: 'conflict' },
    });

    const updated = accepted(await update('own', 'CURRENT_VERSION', { spec: spec('VpcId: vpc-9') })).environment;
    expect(updated.deploymentStatus).toBe('SUCCEEDED');
    expect(accepted(await environments.ListEnvironmentOutputs(name, context)).outputs).toEqual([
      { key: 'VpcId', valueString: 'vpc-9' },
    ]);
    expect(
      accepted(await environments.ListEnvironmentProvisionedResources(name, context)).provisionedResources,
    ).toEqual([]);

    expect(accepted(await environments.DeleteEnvironment({ name: 'own' }, context)).environment?.deploymentStatus).toBe(
      'DELETE_IN_PROGRESS',
    );
    expect(await environments.GetEnvironment({ name: 'own' }, context)).toMatchObject({ refusal: { kind: 'missing' } });
    expect(world.provisioner.calls).toEqual([]);
  });

  test('a report about what we provision ourselves, or do not know, is refused', async () => {
    const { arn } = await deployed('not-reported');
    expect(await deployments.NotifyResourceDeploymentStatusChange({ resourceArn: arn }, context)).toMatchObject({
      refusal: { kind: 'invalid' },
    });
    expect(await deployments.NotifyResourceDeploymentStatusChange({ resourceArn: `${arn}-x` }, context)).toMatchObject({
      refusal: { kind: 'missing' },
    });
  });
});

describe('update', () => {
  test('shows the old version until the new one has succeeded', async () => {
    await deployed('versions', { templateMinorVersion: '0' });
    world.provisioner.script({ outcome: 'hang' });
    const { environment } = accepted(
      await update('versions', 'MINOR_VERSION', { templateMajorVersion: '1', templateMinorVersion: '1' }),
    );
    expect(environment).toMatchObject({ deploymentStatus: 'IN_PROGRESS', templateMinorVersion: '0' });
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(2), patience);
    world.provisioner.finishNow(stackOf(world));
    expect(await until('versions', 'SUCCEEDED')).toMatchObject({ templateMinorVersion: '1', spec: usual.spec });
  });

  test('that fails keeps version, spec and outputs, says why, and can be followed by another (F23)', async () => {
    await deployed('fails');
    const broken = accepted(
      await update('fails', 'MINOR_VERSION', { templateMinorVersion: '2', spec: spec('cidr: 10.2.0.0/16') }),
    );
    const after = await until('fails', 'FAILED');
    expect(after).toMatchObject({ templateMinorVersion: '1', spec: usual.spec });
    expect(after.deploymentStatusMessage).toMatch(/^infrastructure\/cloudformation\.yaml:1:\d+: .*nope/);
    const id = broken.environment.lastAttemptedDeploymentId ?? '';
    const { deployment } = accepted(await deployments.GetDeployment({ id, environmentName: 'fails' }, context));
    expect(deployment).toMatchObject({
      deploymentStatus: 'FAILED',
      deploymentStatusMessage: after.deploymentStatusMessage,
      initialState: { environment: { templateMinorVersion: '1', spec: usual.spec } },
      targetState: { environment: { templateMinorVersion: '2', spec: spec('cidr: 10.2.0.0/16') } },
      lastAttemptedDeploymentId: id,
      targetResourceType: 'ENVIRONMENT',
    });
    accepted(await update('fails', 'CURRENT_VERSION'));
    await until('fails', 'SUCCEEDED');
  });

  test('of a first deployment that failed tries again, also with another version (F14, roadmap 81)', async () => {
    accepted(await create('retry', { templateMinorVersion: '2' }));
    expect(await until('retry', 'FAILED')).toMatchObject({ templateMinorVersion: '2', spec: usual.spec });
    accepted(await update('retry', 'MINOR_VERSION', { templateMinorVersion: '1' }));
    expect(await until('retry', 'SUCCEEDED')).toMatchObject({ templateMinorVersion: '1' });
    expect(world.provisioner.begun).toHaveLength(1);
  });

  test('CURRENT_VAL stands for the value in use', async () => {
    await deployed('current', { spec: spec('cidr: 10.3.0.0/16') });
    const change = { spec: spec('cidr: "${Proton::CURRENT_VAL}"') };
    accepted(await update('current', 'CURRENT_VERSION', change));
    expect((await until('current', 'SUCCEEDED')).spec).toContain('10.3.0.0/16');
  });

  test('of metadata deploys nothing', async () => {
    const before = await deployed('metadata');
    const { environment } = accepted(
      await update('metadata', 'NONE', { description: 'new', codebuildRoleArn: roleArn }),
    );
    expect(environment).toEqual({ ...before, description: 'new', codebuildRoleArn: roleArn });
  });

  const refusals = [
    { name: 'NONE with a spec', type: 'NONE', give: { spec: spec('') }, kind: 'invalid' },
    { name: 'NONE with a version', type: 'NONE', give: { templateMinorVersion: '1' }, kind: 'invalid' },
    {
      name: 'CURRENT_VERSION with a version',
      type: 'CURRENT_VERSION',
      give: { templateMinorVersion: '0' },
      kind: 'invalid',
    },
    { name: 'a major by MINOR_VERSION', type: 'MINOR_VERSION', give: { templateMajorVersion: '2' }, kind: 'invalid' },
    {
      name: 'the same major by MAJOR_VERSION',
      type: 'MAJOR_VERSION',
      give: { templateMajorVersion: '1' },
      kind: 'invalid',
    },
    { name: 'a stored spec that lacks a new required input', type: 'MAJOR_VERSION', give: {}, kind: 'invalid' },
    { name: 'an unknown minor', type: 'MINOR_VERSION', give: { templateMinorVersion: '7' }, kind: 'missing' },
    { name: 'a connection', type: 'NONE', give: { environmentAccountConnectionId: 'c' }, kind: 'invalid' },
    {
      name: 'a role of another account',
      type: 'NONE',
      give: { protonServiceRoleArn: 'arn:aws:iam::999999999999:role/x' },
      kind: 'invalid',
    },
  ] as const;
  test('is refused before anything changes', async () => {
    const before = await deployed('guarded');
    for (const { name, type, give, kind } of refusals) {
      expect(await update('guarded', type, give), name).toMatchObject({ refusal: { kind } });
    }
    expect(await update('nowhere', 'NONE')).toMatchObject({ refusal: { kind: 'missing' } });
    expect(await get('guarded')).toEqual(before);
  });

  test('and delete are refused while a deployment runs; it is named with its status', async () => {
    world.provisioner.script({ outcome: 'hang' });
    const { environment } = accepted(await create('busy'));
    const says = expect.stringMatching(new RegExp(`${environment.lastAttemptedDeploymentId}.*IN_PROGRESS`));
    expect(await update('busy', 'CURRENT_VERSION')).toMatchObject({ refusal: { kind: 'conflict', message: says } });
    expect(await environments.DeleteEnvironment({ name: 'busy' }, context)).toMatchObject({
      refusal: { kind: 'conflict', message: says },
    });
    expect(await update('busy', 'NONE', { description: 'x' })).toMatchObject({ refusal: { kind: 'conflict' } });
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(1), patience);
    accepted(await environments.CancelEnvironmentDeployment({ environmentName: 'busy' }, context));
    await until('busy', 'CANCELLED');
  });

  test('where waiting is allowed builds on the change that runs (F16)', async () => {
    const queueing = environmentOperations({ ...world.tools, whenBusy: 'queue' });
    await deployed('waits', { templateMinorVersion: '0' });
    world.provisioner.script({ outcome: 'hang' });
    accepted(await update('waits', 'MINOR_VERSION', { spec: spec('cidr: 10.5.0.0/16') }));
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(2), patience);
    const next = { name: 'waits', deploymentType: 'CURRENT_VERSION' } as const;
    expect(accepted(await queueing.UpdateEnvironment(next, context)).environment.deploymentStatus).toBe('IN_PROGRESS');
    accepted(await queueing.DeleteEnvironment({ name: 'nobody' }, context));
    world.provisioner.finishNow(stackOf(world));
    const id = await vi.waitFor(async () => {
      const { deployments: listed } = accepted(
        await deployments.ListDeployments({ environmentName: 'waits' }, context),
      );
      expect(listed.map(({ deploymentStatus }) => deploymentStatus)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
      return listed[0]?.id ?? '';
    }, patience);
    const { deployment } = accepted(await deployments.GetDeployment({ id }, context));
    const state = { environment: { templateMinorVersion: '1', spec: spec('cidr: 10.5.0.0/16') } };
    expect(deployment).toMatchObject({ initialState: state, targetState: state });
    expect(await get('waits')).toMatchObject({ templateMinorVersion: '1', lastSucceededDeploymentId: id });
  });
});

describe('cancel', () => {
  test('of an update brings the old version back; of nothing it is refused', async () => {
    const before = await deployed('cancelled', { templateMinorVersion: '0' });
    const name = { environmentName: 'cancelled' };
    expect(await environments.CancelEnvironmentDeployment(name, context)).toMatchObject({
      refusal: { kind: 'conflict' },
    });
    world.provisioner.script({ outcome: 'hang' });
    accepted(await update('cancelled', 'MINOR_VERSION'));
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(2), patience);
    expect(accepted(await environments.CancelEnvironmentDeployment(name, context)).environment.deploymentStatus).toBe(
      'CANCELLING',
    );
    expect(await environments.CancelEnvironmentDeployment(name, context)).toMatchObject({
      refusal: { kind: 'conflict' },
    });
    expect(await until('cancelled', 'CANCELLED')).toMatchObject({
      deploymentStatusMessage: 'User initiated cancellation.',
      templateMinorVersion: '0',
      spec: before.spec,
      lastSucceededDeploymentId: before.lastSucceededDeploymentId,
    });
    expect(await environments.CancelEnvironmentDeployment({ environmentName: 'nowhere' }, context)).toMatchObject({
      refusal: { kind: 'missing' },
    });
  });

  test('of a first create leaves what can be deployed again and deleted', async () => {
    world.provisioner.script({ outcome: 'hang' });
    accepted(await create('never'));
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(1), patience);
    accepted(await environments.CancelEnvironmentDeployment({ environmentName: 'never' }, context));
    await until('never', 'CANCELLED');
    accepted(await update('never', 'CURRENT_VERSION'));
    await until('never', 'SUCCEEDED');
    await gone('never');
  });
});

/** Deletes, and waits until Get answers that it does not exist. */
async function gone(name: string): Promise<void> {
  const { environment } = accepted(await environments.DeleteEnvironment({ name }, context));
  expect(environment?.deploymentStatus).toBe('DELETE_IN_PROGRESS');
  await vi.waitFor(async () => {
    expect(await environments.GetEnvironment({ name }, context)).toMatchObject({ refusal: { kind: 'missing' } });
  }, patience);
}

function stackOf({ provisioner }: EnvironmentWorld): string {
  return provisioner.calls.at(-1)?.stackName ?? '';
}

describe('delete', () => {
  test('goes on until nothing is left; asked again it says where it stands, then that it is gone', async () => {
    await deployed('going');
    world.provisioner.script({ outcome: 'hang' });
    accepted(await environments.DeleteEnvironment({ name: 'going' }, context));
    expect((await get('going')).deploymentStatus).toBe('DELETE_IN_PROGRESS');
    expect(
      accepted(await environments.DeleteEnvironment({ name: 'going' }, context)).environment?.deploymentStatus,
    ).toBe('DELETE_IN_PROGRESS');
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(2), patience);
    world.provisioner.finishNow(stackOf(world));
    await vi.waitFor(async () => {
      expect(await environments.GetEnvironment({ name: 'going' }, context)).toMatchObject({
        refusal: { kind: 'missing' },
      });
    }, patience);
    expect(accepted(await environments.DeleteEnvironment({ name: 'going' }, context))).toEqual({});
  });

  test('of what never began is over at once, whatever is wrong with its template (F14)', async () => {
    accepted(await create('stillborn', { templateMinorVersion: '2' }));
    await until('stillborn', 'FAILED');
    await gone('stillborn');
    expect(world.provisioner.calls).toEqual([]);
  });

  test('that fails says why and can be asked for again', async () => {
    await deployed('kept');
    world.provisioner.script({ outcome: 'fail', reason: 'The bucket is not empty' });
    accepted(await environments.DeleteEnvironment({ name: 'kept' }, context));
    expect((await until('kept', 'DELETE_FAILED')).deploymentStatusMessage).toContain('The bucket is not empty');
    await gone('kept');
  });

  test('of one that something runs in is refused, and says what', async () => {
    const { db } = world.tools;
    await sql`create table test_tenant (environment_name text references environment (name))`.execute(db);
    await deployed('used');
    await sql`insert into test_tenant values ('used')`.execute(db);
    expect(await environments.DeleteEnvironment({ name: 'used' }, context)).toMatchObject({
      refusal: { kind: 'conflict', message: expect.stringMatching(/environment\/used still has test tenants/) },
    });
    await sql`delete from test_tenant`.execute(db);
    await gone('used');
  });

  test('into which something came meanwhile keeps the record, and can be deleted later', async () => {
    const { db } = world.tools;
    await deployed('entered');
    world.provisioner.script({ outcome: 'hang' });
    accepted(await environments.DeleteEnvironment({ name: 'entered' }, context));
    await sql`insert into test_tenant values ('entered')`.execute(db);
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(2), patience);
    world.provisioner.finishNow(stackOf(world));
    expect((await until('entered', 'DELETE_FAILED')).deploymentStatusMessage).toContain('test tenants');
    await sql`delete from test_tenant`.execute(db);
    await gone('entered');
  });
});

describe('lists', () => {
  test('environments come newest first, page by page, and by template', async () => {
    for (const name of ['list-1', 'list-2', 'list-3'])
      await deployed(name, { templateName: 'draft-only', templateMinorVersion: '0' });
    const filter = { environmentTemplates: [{ templateName: 'draft-only', majorVersion: '1' }], maxResults: 2 };
    const first = accepted(await environments.ListEnvironments(filter, context));
    const second = accepted(await environments.ListEnvironments({ ...filter, nextToken: first.nextToken }, context));
    expect([...first.environments, ...second.environments].map(({ name }) => name)).toEqual([
      'list-3',
      'list-2',
      'list-1',
      'of-a-draft',
    ]);
    expect(first.environments[0]).not.toHaveProperty('spec');
    expect(second.nextToken).toBeUndefined();
    expect(await environments.ListEnvironments({ nextToken: first.nextToken }, context)).toMatchObject({
      refusal: { kind: 'invalid' },
    });
  });

  test('deployments come newest first and by the names of their targets', async () => {
    await deployed('listed');
    accepted(await update('listed', 'CURRENT_VERSION', { spec: spec('cidr: 10.9.0.0/16') }));
    const { lastSucceededDeploymentId } = await until('listed', 'SUCCEEDED');
    const listed = accepted(await deployments.ListDeployments({ environmentName: 'listed', maxResults: 1 }, context));
    expect(listed.deployments).toMatchObject([
      { id: lastSucceededDeploymentId, lastSucceededDeploymentId, environmentName: 'listed' },
    ]);
    const { nextToken } = listed;
    const rest = accepted(
      await deployments.ListDeployments({ environmentName: 'listed', maxResults: 1, nextToken }, context),
    );
    expect(rest.deployments).toHaveLength(1);
    expect(rest.nextToken).toBeUndefined();
    expect(await deployments.ListDeployments({ serviceInstanceName: 'i' }, context)).toMatchObject({
      refusal: { kind: 'invalid' },
    });
  });

  test('a deployment is only found by names that are its own', async () => {
    const { lastSucceededDeploymentId: id = '' } = await deployed('named');
    accepted(await deployments.GetDeployment({ id, environmentName: 'named' }, context));
    expect(await deployments.GetDeployment({ id, environmentName: 'other' }, context)).toMatchObject({
      refusal: { kind: 'missing' },
    });
    expect(
      await environments.ListEnvironmentOutputs({ environmentName: 'listed', deploymentId: id }, context),
    ).toMatchObject({ refusal: { kind: 'missing' } });
  });
});

describe('the record of a deployment', () => {
  test('is kept while its environment refers to it, and can be deleted after', async () => {
    const { lastSucceededDeploymentId: id = '' } = await deployed('records');
    expect(await deployments.DeleteDeployment({ id }, context)).toMatchObject({ refusal: { kind: 'invalid' } });
    accepted(await update('records', 'CURRENT_VERSION', { spec: spec('cidr: 10.8.0.0/16') }));
    await until('records', 'SUCCEEDED');
    const arn = `arn:aws:proton:us-east-1:111122223333:deployment/${id}`;
    accepted(await tagResource(world.tools.db, arn, [{ key: 'why', value: 'audit' }]));
    expect(accepted(await deployments.DeleteDeployment({ id }, context)).deployment?.id).toBe(id);
    expect(await tagsOf(world.tools.db, arn)).toEqual({});
    expect(accepted(await deployments.DeleteDeployment({ id }, context))).toEqual({});
    expect(await deployments.GetDeployment({ id }, context)).toMatchObject({ refusal: { kind: 'missing' } });
  });

  test('is kept while it runs', async () => {
    world.provisioner.script({ outcome: 'hang' });
    const { environment } = accepted(await create('running'));
    const { lastAttemptedDeploymentId: id = '' } = environment;
    expect(await deployments.DeleteDeployment({ id }, context)).toMatchObject({ refusal: { kind: 'invalid' } });
    await vi.waitFor(() => expect(world.provisioner.begun).toHaveLength(1), patience);
    accepted(await environments.CancelEnvironmentDeployment({ environmentName: 'running' }, context));
    await until('running', 'CANCELLED');
  });
});
