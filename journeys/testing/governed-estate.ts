import {
  CreateEnvironmentCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  GetDeploymentCommand,
  GetServiceCommand,
  GetServiceInstanceCommand,
  ProtonClient,
  UpdateServiceInstanceCommand,
  waitUntilEnvironmentDeployed,
  waitUntilServiceCreated,
} from '@aws-sdk/client-proton';
import { vi } from 'vitest';
import { type ApiAccess, type ApiRequest, callApi } from '../../src/cli/api-client.ts';
import { type CommandRun, environmentOf, runDeuteron } from '../../src/cli/testing/run-deuteron.ts';
import type { ShippedModel } from '../../src/governance/index.ts';
import { modelAssignmentUpsert } from '../../src/governance/rules/assignment-store.ts';
import type { DeuteronOptions } from '../../src/wiring.ts';
import { environmentBundle, serviceBundle } from './bundles.ts';
import { installation, serviceRole, startInstallation, type TestInstallation } from './installation.ts';

const environmentTemplate = `Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: "{{ environment.inputs.colour }}"}
Outputs:
  Colour: {Value: "{{ environment.inputs.colour }}"}
`;
const storeTemplate = `Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: "{{ environment.outputs.Colour }} {{ service_instance.inputs.shown }}"
      TopicName: "{{ service.name }}-{{ service_instance.inputs.topic }}"
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: "{{ service.name }}-{{ service_instance.inputs.table }}"
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
Outputs:
  TopicArn: {Value: !Ref Topic}
`;
const storeInputs =
  '{shown: {type: string, default: one}, topic: {type: string, default: one}, table: {type: string, default: one}}';

export const environmentColour = (colour: string) => `proton: EnvironmentSpec\nspec: {colour: ${colour}}\n`;

/** Each of them needs another class of change. */
export interface StoreInputs {
  /** Compatible. */
  readonly shown?: string;
  /** Breaking: a topic is replaced. */
  readonly topic?: string;
  /** Data-affecting: a table is replaced. */
  readonly table?: string;
}

const storeSpec = (environment: string, inputs: StoreInputs) =>
  `proton: ServiceSpec\ninstances:\n  - {name: main, environment: ${environment}, spec: ${JSON.stringify(inputs)}}\n`;

/** What a team answers for. */
export interface StoreService {
  readonly name: string;
  readonly owner: string;
  /** Absent: `dev`. */
  readonly environment?: string;
  /** Absent: the team's. */
  readonly unit?: string;
}

/**
 * An environment `dev` of class test that the platform team `base` owns, and units with a team of one developer each, who
 * owns a service with one instance `main`. `keepers` (dana) answer for all data.
 */
export interface GovernedEstate {
  readonly world: TestInstallation;
  /** Asks as somebody; the first time he is issued a key. */
  readonly access: (name: string) => Promise<ApiAccess>;
  readonly proton: (name: string) => Promise<ProtonClient>;
  readonly ask: <Answer>(name: string, request: ApiRequest) => ReturnType<typeof callApi<Answer>>;
  /** The command line, as somebody. */
  readonly deuteron: (name: string, ...words: readonly string[]) => Promise<CommandRun>;
  readonly assign: (model: ShippedModel, scope: string) => Promise<void>;
  /** A unit with a team `<unit>-team`, its developer `<unit>-dev` and a service of theirs, named like the unit. */
  readonly addUnit: (unit: string) => Promise<void>;
  /** With one instance `main`; its data are the keepers'. */
  readonly addService: (service: StoreService) => Promise<void>;
  /** One more, of that class, that `base` owns. */
  readonly addEnvironment: (name: string, environmentClass: string) => Promise<void>;
  readonly addPerson: (name: string, team: string, more?: { kind?: string }) => Promise<void>;
  /** Asks for a change of a service's instance. @returns how it stands when it moves no further by itself */
  readonly change: (name: string, service: string, inputs: StoreInputs) => Promise<Standing>;
  readonly standing: (service: string) => Promise<Standing>;
  readonly deletion: (name: string, service: string) => Promise<Standing | undefined>;
  readonly close: () => Promise<void>;
}

export interface Standing {
  readonly deploymentId: string;
  readonly status: string;
  readonly message: string;
}

export async function startGovernedEstate(overrides: Partial<DeuteronOptions> = {}): Promise<GovernedEstate> {
  const world = await startInstallation(overrides);
  const { platform, deuteron: server } = world;
  const keys = new Map<string, ApiAccess>([['administrator', world.administrator]]);
  const clients = new Map<string, ProtonClient>();

  const ask: GovernedEstate['ask'] = async (name, request) => callApi(await access(name), request);
  async function done<Answer>(request: ApiRequest): Promise<Answer> {
    const answer = await ask<Answer>('administrator', request);
    if (!answer.ok) throw new Error(`${request.path}: ${answer.refusal.message}`);
    return answer.value;
  }
  async function access(name: string): Promise<ApiAccess> {
    const known = keys.get(name);
    if (known) return known;
    const { accessKey } = await done<{ accessKey: { id: string; secret: string } }>({
      method: 'POST',
      path: '/access-keys',
      body: { principal: name },
    });
    const made = { endpoint: server.url, accessKeyId: accessKey.id, secretAccessKey: accessKey.secret };
    keys.set(name, made);
    return made;
  }
  async function proton(name: string): Promise<ProtonClient> {
    const { endpoint, accessKeyId, secretAccessKey } = await access(name);
    const client =
      clients.get(name) ??
      new ProtonClient({
        endpoint,
        region: installation.region,
        maxAttempts: 1,
        credentials: { accessKeyId, secretAccessKey },
      });
    clients.set(name, client);
    return client;
  }
  const addTeam = (name: string, unit: string, kind: string) =>
    done({ method: 'PUT', path: `/teams/${name}`, body: { unit, kind } });
  const people = new Set<string>();
  const addPerson: GovernedEstate['addPerson'] = async (name, team, { kind = 'person' } = {}) => {
    if (!people.has(name)) await done({ method: 'POST', path: '/principals', body: { name, kind } });
    people.add(name);
    await done({ method: 'PUT', path: `/teams/${team}/members/${name}`, body: { role: 'member' } });
  };

  async function addUnit(unit: string) {
    await done({ method: 'PUT', path: `/units/${unit}`, body: {} });
    await addTeam(`${unit}-team`, unit, 'application');
    await addPerson(`${unit}-dev`, `${unit}-team`);
    await addService({ name: unit, owner: `${unit}-team` });
  }

  const environments = new Map<string, string>();
  async function addService({ name, owner, environment = 'dev', unit }: StoreService) {
    environments.set(name, environment);
    await platform.proton.send(
      new CreateServiceCommand({
        name,
        templateName: 'store',
        templateMajorVersion: '1',
        spec: storeSpec(environment, {}),
        tags: tagList({
          'deuteron:owner': owner,
          'deuteron:data-owner': 'keepers',
          ...(unit === undefined ? {} : { 'deuteron:unit': unit }),
        }),
      }),
    );
    await waitUntilServiceCreated(platform.waiting, { name });
  }

  async function addEnvironment(name: string, environmentClass: string) {
    await platform.proton.send(
      new CreateEnvironmentCommand({
        name,
        templateName: 'base',
        templateMajorVersion: '1',
        spec: environmentColour('red'),
        protonServiceRoleArn: serviceRole,
        tags: tagList({ 'deuteron:owner': 'base', 'deuteron:environment-class': environmentClass }),
      }),
    );
    await waitUntilEnvironmentDeployed(platform.waiting, { name });
  }

  const instance = async (service: string) =>
    (await platform.proton.send(new GetServiceInstanceCommand({ name: 'main', serviceName: service }))).serviceInstance;

  async function standing(service: string, after?: string): Promise<Standing> {
    return vi.waitFor(
      async () => {
        const found = await instance(service);
        const { deploymentStatus: status = '', deploymentStatusMessage: message = '' } = found ?? {};
        const deploymentId = found?.lastAttemptedDeploymentId ?? '';
        const moves = /IN_PROGRESS|CANCELLING/.test(status) && !message.startsWith('waits for approval');
        if (deploymentId === after || moves) throw new Error(`${service}: ${status} ${message}`);
        return { deploymentId, status, message: message.replace(/: deuteron approval show .*/, '') };
      },
      { timeout: 30_000, interval: 50 },
    );
  }

  async function change(name: string, service: string, inputs: StoreInputs): Promise<Standing> {
    const before = (await instance(service))?.lastAttemptedDeploymentId;
    const asked = { name: 'main', serviceName: service, deploymentType: 'CURRENT_VERSION' } as const;
    await (await proton(name)).send(
      new UpdateServiceInstanceCommand({ ...asked, spec: storeSpec(environments.get(service) ?? 'dev', inputs) }),
    );
    return standing(service, before);
  }

  async function deletion(name: string, service: string): Promise<Standing | undefined> {
    const before = (await instance(service))?.lastAttemptedDeploymentId;
    await (await proton(name)).send(new DeleteServiceCommand({ name: service }));
    try {
      return await standing(service, before);
    } catch (error) {
      if (await isGone(service)) return undefined;
      throw error;
    }
  }
  async function isGone(service: string): Promise<boolean> {
    return platform.proton.send(new GetServiceCommand({ name: service })).then(
      () => false,
      (error: Error) => error.name === 'ResourceNotFoundException',
    );
  }

  async function deuteron(name: string, ...words: readonly string[]) {
    return runDeuteron(environmentOf(await access(name)), ...words);
  }

  await addTeam('base', 'organization', 'platform');
  await addTeam('keepers', 'organization', 'data');
  for (const [name, team] of [
    ['petra', 'base'],
    ['paul', 'base'],
    ['dana', 'keepers'],
  ] as const)
    await addPerson(name, team);
  await platform.createTemplate('environment', 'base');
  const base = environmentBundle(environmentTemplate, '{colour: {type: string}}');
  const first = await platform.registerVersion({ kind: 'environment', name: 'base', files: base });
  await platform.publish('environment', 'base', first);
  await platform.createTemplate('service', 'store', { pipeline: false });
  const files = serviceBundle(storeTemplate, storeInputs);
  const version = await platform.registerVersion({ kind: 'service', name: 'store', files, runsIn: ['base:1'] });
  await platform.publish('service', 'store', version);
  await addEnvironment('dev', 'test');

  return {
    world,
    access,
    proton,
    ask,
    deuteron,
    assign: (model, scope) =>
      modelAssignmentUpsert(world.database.db, { scope, name: model, by: 'administrator', at: new Date() }),
    addUnit,
    addService,
    addEnvironment,
    addPerson,
    change,
    standing,
    deletion,
    async close() {
      for (const client of clients.values()) client.destroy();
      await world.close();
    },
  };
}

const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([key, value]) => ({ key, value }));

const waiting = 'waits for approval by ';

/** Of these people, all approve who are asked, one after the other. @returns who was waited for, in words */
export async function approvedBy(
  { ask }: GovernedEstate,
  people: readonly string[],
  { deploymentId, message }: Standing,
): Promise<string> {
  if (!message.startsWith(waiting)) return 'nobody';
  for (const name of people) {
    const path = `/approvals/${deploymentId}`;
    const known = await ask<{ request: { planId: string; state: string } }>(name, { method: 'GET', path });
    if (!known.ok || known.value.request.state !== 'wanted') continue;
    await ask(name, { method: 'POST', path: `${path}/approve`, body: { plan: known.value.request.planId } });
  }
  return message.slice(waiting.length);
}

/** The plan that a deployment waits with. */
export async function waitingPlan({ ask }: GovernedEstate, name: string, deploymentId: string): Promise<string> {
  const found = await ask<{ request: { planId: string; state: string } }>(name, {
    method: 'GET',
    path: `/approvals/${deploymentId}`,
  });
  if (!found.ok) throw new Error(found.refusal.message);
  return found.value.request.planId;
}

export async function deploymentEnd(
  { world }: GovernedEstate,
  id: string,
): Promise<{ status: string; message: string }> {
  return vi.waitFor(
    async () => {
      const { deployment } = await world.platform.proton.send(new GetDeploymentCommand({ id }));
      const { deploymentStatus: status = '', deploymentStatusMessage: message = '' } = deployment ?? {};
      if (/IN_PROGRESS|CANCELLING/.test(status)) throw new Error(`${status}: ${message}`);
      return { status, message };
    },
    { timeout: 30_000, interval: 50 },
  );
}
