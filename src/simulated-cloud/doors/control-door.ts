import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { isStorable } from '../../database/index.ts';
import type { CloudTools } from '../actions/action.ts';
import { findStack } from '../actions/find-stack.ts';
import { keepResource } from '../engine/engine-world.ts';
import { nameRuleOf } from '../physical-ids/identity.ts';
import type { CloudSettings, Quotas } from '../state/cloud-settings.ts';
import { requestsFind, stacksOverview } from '../state/cloud-store.ts';
import type { Fault } from '../state/fault.ts';
import type { JsonObject } from '../state/json.ts';
import type { RateLimit } from '../state/rate-limits.ts';
import { advanced, held } from '../state/simulated-clock.ts';
import { isThere } from '../state/stack.ts';
import { type StoredKind, storedKey, withVersion } from '../state/stored-values.ts';

/**
 * The side of the cloud that no real one has: for tests and people. JSON under /_simulated/, without signatures, since it
 * listens where only this machine reaches it.
 */
export function addControlDoor(server: FastifyInstance, tools: CloudTools): void {
  server.register(async (door) => addRoutes(door, tools), { prefix: '/_simulated' });
}

function addRoutes(door: FastifyInstance, tools: CloudTools): void {
  const { state, engine } = tools;
  door.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ message: error.message }),
  );
  door.addHook('preHandler', async ({ params, query, body }, reply) => {
    if (isStorable([params, query, body])) return;
    return reply.code(400).send({ message: 'A text has U+0000 or half a surrogate pair, or a number has no end.' });
  });
  door.get('', async () => ({
    simulated: true,
    seed: state.seed,
    now: state.now(),
    settings: state.settings,
    faults: state.faults.size,
    stacksInFlight: engine.busyStacks.map(({ id, status }) => ({ id, status })),
  }));
  addStacks(door, tools);
  addRequests(door, tools);
  addFaults(door, tools);
  addClock(door, tools);
  addNames(door, tools);
  addOddities(door, tools);
  addLimits(door, tools);
  addValues(door, tools);
  addDrift(door, tools);
}

const text = { type: 'string', minLength: 1, maxLength: 2048 } as const;
const accountId = { type: 'string', pattern: '^\\d{12}$' } as const;
/** Of what has no limit of its own: what a number and the database hold exactly. */
const numberMax = Number.MAX_SAFE_INTEGER;
const yearSeconds = 31_536_000;

/** The stacks of all accounts and regions; the API itself shows those of one place only. */
function addStacks(door: FastifyInstance, { state }: CloudTools): void {
  const querystring = {
    type: 'object',
    additionalProperties: false,
    properties: {
      accountId,
      region: text,
      deleted: { type: 'boolean', default: false },
      limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 100 },
    },
  } as const;
  interface Query {
    readonly accountId?: string;
    readonly region?: string;
    readonly deleted: boolean;
    readonly limit: number;
  }
  door.get<{ Querystring: Query }>('/stacks', { schema: { querystring } }, async ({ query }) => {
    await state.commit();
    return { stacks: await stacksOverview(state.db, query) };
  });
}

function addRequests(door: FastifyInstance, { state }: CloudTools): void {
  const querystring = {
    type: 'object',
    additionalProperties: false,
    properties: {
      accountId,
      region: text,
      action: text,
      token: text,
      stackName: text,
      after: { type: 'integer', minimum: 0, maximum: numberMax },
      limit: { type: 'integer', minimum: 1, maximum: 10_000, default: 1_000 },
      /** Calls that change nothing, the newest of them. */
      reads: { type: 'boolean', default: false },
    },
  } as const;
  interface Query {
    readonly accountId?: string;
    readonly region?: string;
    readonly action?: string;
    readonly token?: string;
    readonly stackName?: string;
    readonly after?: number;
    readonly limit: number;
    readonly reads: boolean;
  }
  door.get<{ Querystring: Query }>('/requests', { schema: { querystring } }, async ({ query }) => {
    await state.commit();
    if (!query.reads) return { requests: await requestsFind(state.db, query) };
    const asked = (['accountId', 'region', 'action', 'token', 'stackName'] as const).filter(
      (name) => query[name] !== undefined,
    );
    const fits = state.recentReads.filter(
      (entry) => asked.every((name) => entry[name] === query[name]) && entry.position > (query.after ?? 0),
    );
    return { requests: fits.slice(0, query.limit) };
  });
}

function addFaults(door: FastifyInstance, tools: CloudTools): void {
  const { state, engine } = tools;
  const shared = {
    accountId,
    region: text,
    stackName: text,
    nth: { type: 'integer', minimum: 1, maximum: numberMax },
    probability: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
    timesMax: { type: 'integer', minimum: 1, maximum: numberMax },
  } as const;
  const resourceFault = {
    type: 'object',
    additionalProperties: false,
    properties: {
      ...shared,
      type: text,
      logicalId: text,
      operation: { enum: ['create', 'update', 'delete', 'import'] },
      phase: { enum: ['forward', 'rollback', 'cleanup'] },
      message: text,
      afterInitiation: { type: 'boolean' },
      delaySeconds: { type: 'number', minimum: 0, maximum: yearSeconds },
      hang: { type: 'boolean' },
    },
    anyOf: [{ required: ['message'] }, { required: ['delaySeconds'] }, { required: ['hang'] }],
  } as const;
  const callFault = {
    type: 'object',
    additionalProperties: false,
    required: ['code', 'message'],
    properties: {
      ...shared,
      action: text,
      roleArn: text,
      code: text,
      message: text,
      httpStatus: { type: 'integer', minimum: 400, maximum: 599, default: 400 },
    },
  } as const;
  door.get('/faults', async () => ({ faults: [...state.faults.values()].map(({ fault }) => fault) }));
  for (const [target, body] of [['resource', resourceFault] as const, ['call', callFault] as const]) {
    door.post<{ Body: object }>(`/faults/${target}`, { schema: { body } }, async ({ body: given }, reply) => {
      const fault = { ...(given as object), target, id: randomUUID(), matches: 0, strikes: 0 } as Fault;
      state.putFault(fault);
      await state.commit();
      return reply.code(201).send(fault);
    });
  }
  const clear = async (ids: readonly string[]) => {
    for (const id of ids) state.removeFault(id);
    engine.releaseHanging(new Set(ids));
    await state.commit();
    return { cleared: ids.length };
  };
  door.delete('/faults', () => clear([...state.faults.keys()]));
  door.delete<{ Params: { id: string } }>('/faults/:id', ({ params }) =>
    clear(state.faults.has(params.id) ? [params.id] : []),
  );
}

function addClock(door: FastifyInstance, { state, engine }: CloudTools): void {
  const now = async () => {
    await engine.settleAll();
    await state.commit();
    return { now: state.now(), ...state.settings.clock };
  };
  door.get('/clock', () => ({ now: state.now(), ...state.settings.clock }));
  const setting = {
    type: 'object',
    additionalProperties: false,
    properties: { scale: { type: 'number', minimum: 0, maximum: 1000 }, held: { type: 'boolean' } },
  } as const;
  door.patch<{ Body: { scale?: number; held?: boolean } }>('/clock', { schema: { body: setting } }, ({ body }) => {
    const { clock } = state.settings;
    const next = body.held === undefined ? clock : held(clock, body.held, state.realNow());
    state.settings = { ...state.settings, clock: { ...next, scale: body.scale ?? next.scale } };
    return now();
  });
  const step = {
    type: 'object',
    additionalProperties: false,
    required: ['seconds'],
    properties: { seconds: { type: 'number', minimum: 0, maximum: yearSeconds } },
  } as const;
  door.post<{ Body: { seconds: number } }>('/clock/advance', { schema: { body: step } }, ({ body }) => {
    state.settings = { ...state.settings, clock: advanced(state.settings.clock, body.seconds) };
    return now();
  });
}

interface NamedThing {
  readonly accountId: string;
  readonly region: string;
  readonly type: string;
  readonly name: string;
}

/** Resources that somebody has made outside CloudFormation: only their names are known. */
function addNames(door: FastifyInstance, { state }: CloudTools): void {
  const body = {
    type: 'object',
    additionalProperties: false,
    required: ['accountId', 'region', 'type', 'name'],
    properties: { accountId, region: text, type: text, name: text },
  } as const;
  door.get<{ Querystring: { accountId: string } }>(
    '/names',
    { schema: { querystring: { type: 'object', required: ['accountId'], properties: { accountId } } } },
    async ({ query }) => ({ names: (await state.account(query.accountId)).takenNames() }),
  );
  door.post<{ Body: NamedThing }>('/names', { schema: { body } }, async ({ body: thing }, reply) => {
    const unique = nameRuleOf(thing.type)?.unique ?? 'no';
    if (unique === 'no') return reply.code(400).send({ message: `Names of ${thing.type} need not be unique.` });
    const account = await state.account(thing.accountId);
    const taken = account.taken(thing.region, { ...thing, unique });
    if (taken) return reply.code(409).send({ message: `The name ${thing.name} is taken.`, taken });
    account.takeName(thing.region, { ...thing, unique }, {});
    await state.commit();
    return reply.code(201).send(account.taken(thing.region, { ...thing, unique }));
  });
}

/** How the cloud behaves towards all callers. */
function addLimits(door: FastifyInstance, { state }: CloudTools): void {
  const object = (properties: object) => ({
    type: 'object',
    additionalProperties: false,
    required: Object.keys(properties),
    properties,
  });
  const set = async <Part extends Partial<CloudSettings>>(part: Part) => {
    state.settings = { ...state.settings, ...part };
    await state.commit();
    return part;
  };
  const seconds = { type: 'number', minimum: 0, maximum: 86_400 };
  door.put<{ Body: { seconds: number } }>('/read-lag', { schema: { body: object({ seconds }) } }, ({ body }) =>
    set({ readLagSeconds: body.seconds }),
  );
  const stacks = { type: 'integer', minimum: 0, maximum: numberMax };
  door.put<{ Body: Quotas }>('/quotas', { schema: { body: object({ stacks }) } }, ({ body }) => set({ quotas: body }));
  const limit = {
    type: 'object',
    additionalProperties: false,
    required: ['perSecond', 'burst'],
    properties: {
      action: text,
      accountId,
      perSecond: { type: 'number', minimum: 0, maximum: numberMax },
      burst: { type: 'integer', minimum: 0, maximum: numberMax },
    },
  };
  const limits = { type: 'array', maxItems: 100, items: limit };
  door.put<{ Body: { limits: RateLimit[] } }>('/rate-limits', { schema: { body: object({ limits }) } }, ({ body }) => {
    state.rateLimiter.clear();
    return set({ rateLimits: body.limits });
  });
  const types = { type: 'array', maxItems: 1_000, items: text };
  door.put<{ Body: { types: string[] } }>(
    '/conditional-replacements',
    { schema: { body: object({ types }) } },
    ({ body }) => set({ conditionalReplacements: body.types }),
  );
}

function addOddities(door: FastifyInstance, { state }: CloudTools): void {
  const flag = (name: string) => ({
    type: 'object',
    additionalProperties: false,
    required: [name],
    properties: { [name]: { type: 'boolean' } },
  });
  door.put<{ Params: { name: string }; Body: { holdsObjects: boolean } }>(
    '/buckets/:name',
    { schema: { body: flag('holdsObjects') } },
    async ({ params, body }, reply) => {
      const claim = { type: 'AWS::S3::Bucket', name: params.name, unique: 'global' } as const;
      const taken = state.globalName(claim);
      if (!taken) return reply.code(404).send({ message: `There is no bucket ${params.name}.` });
      const account = await state.account(taken.accountId);
      const { stackId, logicalId } = taken;
      account.takeName('', claim, { stackId, logicalId, holdsData: body.holdsObjects });
      await state.commit();
      return { name: params.name, holdsObjects: body.holdsObjects };
    },
  );
  door.put<{ Body: { garbled: boolean } }>('/templates', { schema: { body: flag('garbled') } }, async ({ body }) => {
    state.settings = { ...state.settings, garblesTemplates: body.garbled };
    await state.commit();
    return { garbled: body.garbled };
  });
  door.put<{ Params: { id: string }; Body: { accountId: string } }>(
    '/access-keys/:id',
    { schema: { body: { type: 'object', required: ['accountId'], properties: { accountId } } } },
    async ({ params, body }) => {
      state.noteAccessKey(params.id, body.accountId);
      await state.commit();
      return { accessKeyId: params.id, accountId: body.accountId };
    },
  );
}

/** What lies outside CloudFormation and is read by it: templates at an address, parameters and secrets. */
function addValues(door: FastifyInstance, { state }: CloudTools): void {
  const object = {
    type: 'object',
    additionalProperties: false,
    required: ['url', 'body'],
    properties: { url: text, body: { type: ['string', 'null'], maxLength: 1_000_000 } },
  } as const;
  door.put<{ Body: { url: string; body: string | null } }>(
    '/objects',
    { schema: { body: object } },
    async ({ body }) => {
      state.noteObject(body.url, body.body);
      await state.commit();
      return { url: body.url, bytes: body.body === null ? null : Buffer.byteLength(body.body) };
    },
  );
  const value = {
    type: 'object',
    additionalProperties: false,
    required: ['accountId', 'region', 'name', 'value'],
    properties: {
      accountId,
      region: text,
      name: text,
      kind: { enum: ['String', 'StringList', 'SecureString', 'Secret'], default: 'String' },
      value: { type: ['string', 'null'], maxLength: 65_536 },
    },
  } as const;
  interface GivenValue {
    readonly accountId: string;
    readonly region: string;
    readonly name: string;
    readonly kind: StoredKind;
    readonly value: string | null;
  }
  door.put<{ Body: GivenValue }>('/values', { schema: { body: value } }, async ({ body }) => {
    const key = storedKey(body, body.kind, body.name);
    const next = body.value === null ? null : withVersion(state.storedValues.get(key), { ...body, value: body.value });
    state.noteStoredValue(key, next);
    await state.commit();
    return { name: body.name, version: next?.versions.at(-1)?.id ?? null };
  });
}

interface GivenDrift {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly logicalId: string;
  readonly properties: JsonObject;
  readonly deleted: boolean;
}

/** What somebody does to a stack's resource without CloudFormation. */
function addDrift(door: FastifyInstance, tools: CloudTools): void {
  const body = {
    type: 'object',
    additionalProperties: false,
    required: ['accountId', 'region', 'stackName', 'logicalId'],
    properties: {
      accountId,
      region: text,
      stackName: text,
      logicalId: text,
      properties: { type: 'object', default: {} },
      deleted: { type: 'boolean', default: false },
    },
  } as const;
  door.put<{ Body: GivenDrift }>('/drift', { schema: { body } }, async ({ body: given }, reply) => {
    const stack = await findStack(tools, { ...given, accessKeyId: '' }, given.stackName);
    const resource = stack?.resources.get(given.logicalId);
    if (!stack || !isThere(resource)) {
      return reply
        .code(404)
        .send({ message: `There is no resource ${given.logicalId} in a stack ${given.stackName}.` });
    }
    const isDrifted = given.deleted || Object.keys(given.properties).length > 0;
    const drift = isDrifted ? { patch: given.properties, deleted: given.deleted } : undefined;
    keepResource({ stack, world: tools.world, at: tools.state.now() }, { ...resource, drift });
    if (given.deleted && resource.claim) {
      (await tools.state.account(stack.accountId)).releaseName(stack.region, resource.claim);
    }
    await tools.state.commit();
    return { stackId: stack.id, logicalId: resource.logicalId, physicalId: resource.physicalId, drift: drift ?? null };
  });
}
