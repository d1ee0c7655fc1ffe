/**
 * Two units that have nothing to do with each other. Whoever leads the platform of one walks every operation of both APIs
 * against what the other has: nothing changes, and no answer tells a name that he did not send.
 */
import { createHash, createHmac } from 'node:crypto';
import {
  CreateEnvironmentCommand,
  CreateServiceCommand,
  GetEnvironmentCommand,
  GetServiceCommand,
  GetServiceInstanceCommand,
  GetServiceTemplateCommand,
  ListServiceInstancesCommand,
  ProtonClient,
  waitUntilEnvironmentDeployed,
  waitUntilServiceCreated,
} from '@aws-sdk/client-proton';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiModel, type Shape, shapeOf } from '../src/api/proton/model/api-model.ts';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../src/cli/api-client.ts';
import {
  environmentBundle,
  environmentSpec,
  queueInputs,
  queueTemplate,
  serviceBundle,
  serviceSpec,
  topicTemplate,
} from './testing/bundles.ts';
import { installation, serviceRole, startInstallation, type TestInstallation } from './testing/installation.ts';

const names = {
  environmentTemplate: 'quince-network',
  serviceTemplate: 'quince-worker',
  environment: 'quince-prod',
  service: 'quince-orders',
  instance: 'quince-first',
};
const arn = (resource: string) => `arn:aws:proton:${installation.region}:${installation.accountId}:${resource}`;
const arns = {
  environmentTemplate: arn(`environment-template/${names.environmentTemplate}`),
  serviceTemplate: arn(`service-template/${names.serviceTemplate}`),
  environment: arn(`environment/${names.environment}`),
  service: arn(`service/${names.service}`),
  instance: arn(`service/${names.service}/service-instance/${names.instance}`),
};
/** What makes an answer tell too much: one of these that the question had not. */
const told = 'quince';

let world: TestInstallation;
let administrator: ApiAccess;
let owner: ApiAccess;
let foreigner: ApiAccess;
let stray: ApiAccess;
let deploymentId: string;
let planId: string;
let webhookId: string;
let creationPlanId: string;
/** Of what else has an id, by the room of its routes. */
let ids: Readonly<Record<string, string>>;

async function ask(access: ApiAccess, request: ApiRequest) {
  const response = await fetchSigned(access, request);
  const text = await response.text();
  return { status: response.status, text, answer: text.startsWith('{') ? JSON.parse(text) : undefined };
}
async function done(request: ApiRequest) {
  const answer = await ask(administrator, request);
  if (answer.status >= 300) throw new Error(`${request.method} ${request.path}: ${answer.text}`);
  return answer.answer;
}
async function someone(name: string, team?: string): Promise<ApiAccess> {
  await done({ method: 'POST', path: '/principals', body: { name } });
  if (team !== undefined) await done({ method: 'PUT', path: `/teams/${team}/members/${name}`, body: { role: 'lead' } });
  const { accessKey } = await done({ method: 'POST', path: '/access-keys', body: { principal: name } });
  const { id, secret } = accessKey;
  return { endpoint: world.deuteron.url, accessKeyId: id, secretAccessKey: secret };
}
const protonOf = ({ endpoint, accessKeyId, secretAccessKey }: ApiAccess) =>
  new ProtonClient({
    endpoint,
    region: installation.region,
    maxAttempts: 1,
    credentials: { accessKeyId, secretAccessKey },
  });

beforeAll(async () => {
  world = await startInstallation();
  ({ administrator } = world);
  const { platform } = world;
  const { proton } = platform;
  await platform.createTemplate('environment', names.environmentTemplate);
  const network = environmentBundle(topicTemplate);
  await platform.publish(
    'environment',
    names.environmentTemplate,
    await platform.registerVersion({ kind: 'environment', name: names.environmentTemplate, files: network }),
  );
  await platform.createTemplate('service', names.serviceTemplate, { pipeline: false });
  const files = serviceBundle(queueTemplate, queueInputs);
  const runsIn = [`${names.environmentTemplate}:1`];
  await platform.publish(
    'service',
    names.serviceTemplate,
    await platform.registerVersion({ kind: 'service', name: names.serviceTemplate, files, runsIn }),
  );
  await proton.send(
    new CreateEnvironmentCommand({
      name: names.environment,
      templateName: names.environmentTemplate,
      templateMajorVersion: '1',
      spec: environmentSpec(),
      protonServiceRoleArn: serviceRole,
    }),
  );
  await waitUntilEnvironmentDeployed(platform.waiting, { name: names.environment });
  await proton.send(
    new CreateServiceCommand({
      name: names.service,
      templateName: names.serviceTemplate,
      templateMajorVersion: '1',
      spec: serviceSpec(names.environment, { [names.instance]: '' }),
    }),
  );
  await waitUntilServiceCreated(platform.waiting, { name: names.service });
  for (const unit of ['orchard', 'garden']) {
    await done({ method: 'PUT', path: `/units/${unit}`, body: {} });
    await done({ method: 'PUT', path: `/teams/${unit}-platform`, body: { kind: 'platform', unit } });
  }
  for (const resource of [arns.environmentTemplate, arns.serviceTemplate, arns.environment, arns.service])
    await done({ method: 'PUT', path: '/resources', body: { resource, unit: 'orchard', owner: 'orchard-platform' } });
  await done({ method: 'POST', path: '/handovers', body: { resource: arns.service, toTeam: 'administrators' } });
  const plan = await done({
    method: 'POST',
    path: `/environments/${names.environment}/plan`,
    body: { operation: 'update', spec: environmentSpec() },
  });
  planId = plan.plan.id;
  const { webhook } = await done({
    method: 'POST',
    path: '/webhooks',
    body: { url: 'https://quince.example.com/', unit: 'orchard' },
  });
  webhookId = webhook.id;
  const creation = await done({
    method: 'POST',
    path: '/environments/quince-new/plan',
    body: {
      operation: 'create',
      templateName: names.environmentTemplate,
      majorVersion: '1',
      spec: environmentSpec(),
      protonServiceRoleArn: serviceRole,
    },
  });
  creationPlanId = creation.plan.id;
  owner = await someone('olive', 'orchard-platform');
  await someone('oscar', 'orchard-platform');
  await done({ method: 'PUT', path: '/teams/break-glass', body: { kind: 'own', unit: 'orchard' } });
  const breaker = await someone('bruno', 'break-glass');
  const [exception, delegation, emergency, token] = await Promise.all([
    done({
      method: 'POST',
      path: '/guard-rail-exceptions',
      body: { resource: arns.environment, rail: 'required-tags', reason: 'quince-because' },
    }),
    done({
      method: 'POST',
      path: '/delegations',
      body: { from: 'oscar', to: 'olive', until: new Date(Date.now() + 86_400_000).toISOString() },
    }),
    ask(breaker, { method: 'POST', path: '/emergencies', body: { unit: 'orchard', reason: 'fire', hours: 1 } }),
    ask(owner, { method: 'POST', path: '/tokens', body: { name: 'quince-token' } }),
  ]);
  const { handovers } = await done({ method: 'GET', path: '/handovers' });
  ids = {
    '/guard-rail-exceptions': exception.exception.id,
    '/delegations': delegation.delegation.id,
    '/emergencies': emergency.answer.emergency.id,
    '/tokens': token.answer.token.id,
    '/access-keys': owner.accessKeyId,
    '/handovers': handovers[0].id,
    '/plans': planId,
    '/webhooks': webhookId,
  };
  foreigner = await someone('gustav', 'garden-platform');
  stray = await someone('stray');
  const { environment } = await proton.send(new GetEnvironmentCommand({ name: names.environment }));
  deploymentId = environment?.lastSucceededDeploymentId ?? '';
  ids = { ...ids, '/deployments': deploymentId, '/approvals': deploymentId, '/decisions': deploymentId };
}, 180_000);
afterAll(() => world.close());

/** All that a foreigner could have changed. */
async function state() {
  const { proton } = world.platform;
  const { environment } = await proton.send(new GetEnvironmentCommand({ name: names.environment }));
  const { service } = await proton.send(new GetServiceCommand({ name: names.service }));
  const instance = { serviceName: names.service, name: names.instance };
  const { serviceInstance } = await proton.send(new GetServiceInstanceCommand(instance));
  const { serviceTemplate } = await proton.send(new GetServiceTemplateCommand({ name: names.serviceTemplate }));
  const native = await Promise.all(
    [
      '/models',
      '/restrictions',
      '/policies',
      '/resources',
      '/handovers',
      '/units',
      '/teams',
      '/webhooks',
      '/federation-rules',
    ].map(async (path) => (await ask(administrator, { method: 'GET', path })).answer),
  );
  const versions = await ask(administrator, {
    method: 'GET',
    path: `/templates/service/${names.serviceTemplate}/versions/1.0`,
  });
  return { environment, service, serviceInstance, serviceTemplate, native, versions: versions.answer };
}

/** What a member of an operation's input is given, so that it means what the other unit has. */
function given(operation: string, member: string, shapeName: string): unknown {
  const noun = /^(?:Accept|Cancel|Create|Delete|Get|List|Reject|Update)(.+)$/.exec(operation)?.[1] ?? '';
  const isOfService = noun.startsWith('Service');
  const values: Readonly<Record<string, unknown>> = {
    name: noun.startsWith('EnvironmentTemplate')
      ? names.environmentTemplate
      : noun.startsWith('ServiceTemplate')
        ? names.serviceTemplate
        : noun.startsWith('ServiceInstance')
          ? names.instance
          : isOfService
            ? names.service
            : names.environment,
    templateName: isOfService ? names.serviceTemplate : names.environmentTemplate,
    environmentName: names.environment,
    serviceName: names.service,
    serviceInstanceName: names.instance,
    resourceArn: arns.service,
    id: deploymentId,
    deploymentId,
    spec: isOfService ? serviceSpec(names.environment, { [names.instance]: '' }) : environmentSpec(),
    majorVersion: '1',
    minorVersion: '0',
    templateMajorVersion: '1',
    deploymentType: 'CURRENT_VERSION',
    componentName: 'quince-part',
    status: operation === 'NotifyResourceDeploymentStatusChange' ? 'SUCCEEDED' : 'PUBLISHED',
    templateType: 'SERVICE',
    roleArn: serviceRole,
    managementAccountId: installation.accountId,
    repositoryName: 'quince/bundles',
    connectionArn: 'arn:aws:codestar-connections:us-east-1:111122223333:connection/1',
    templateVersion: '1',
    compatibleEnvironmentTemplates: [{ templateName: names.environmentTemplate, majorVersion: '1' }],
    tags: operation === 'TagResource' ? [{ key: 'mine', value: 'now' }] : undefined,
    tagKeys: ['mine'],
    source: { s3: { bucket: 'deuteron', key: 'mine.tar.gz' } },
  };
  if (noun === 'Repository' && member === 'name') return 'quince/bundles';
  return member in values ? values[member] : minimal(shapeName);
}
function minimal(shapeName: string): unknown {
  const shape: Shape = shapeOf(apiModel, shapeName);
  switch (shape.type) {
    case 'structure':
      return Object.fromEntries((shape.required ?? []).map((name) => [name, minimal(shape.members[name]!.shape)]));
    case 'list':
      return Array.from({ length: shape.min ?? 0 }, () => minimal(shape.member.shape));
    case 'string':
      return shape.enum?.[0] ?? 'quince';
    case 'integer':
      return shape.min ?? 0;
    case 'boolean':
      return true;
    case 'timestamp':
      return 1_764_000_000;
  }
}
function inputOf(operation: string): Record<string, unknown> {
  const shape = shapeOf(apiModel, apiModel.operations[operation]!.input.shape);
  if (shape.type !== 'structure') throw new Error(`${operation} takes no structure`);
  const wanted = new Set(shape.required ?? []);
  if (operation === 'ListServiceInstances') wanted.delete('serviceName');
  return Object.fromEntries([...wanted].map((name) => [name, given(operation, name, shape.members[name]!.shape)]));
}

/** As a client that has no idea of the operation: signed by hand. */
async function call(access: ApiAccess, operation: string, input: object) {
  const body = JSON.stringify(input);
  const host = new URL(access.endpoint).host;
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const target = `${apiModel.metadata.targetPrefix}.${operation}`;
  const type = 'application/x-amz-json-1.0';
  const signed = 'content-type;host;x-amz-date;x-amz-target';
  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const canonical = `POST\n/\n\ncontent-type:${type}\nhost:${host}\nx-amz-date:${date}\nx-amz-target:${target}\n\n${signed}\n${sha(body)}`;
  const scope = [date.slice(0, 8), installation.region, 'proton', 'aws4_request'];
  const key = scope.reduce<string | Buffer>((from, part) => hmac(from, part), `AWS4${access.secretAccessKey}`);
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope.join('/')}\n${sha(canonical)}`).toString('hex');
  const answer = await fetch(access.endpoint, {
    method: 'POST',
    headers: {
      'content-type': type,
      'x-amz-date': date,
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${access.accessKeyId}/${scope.join('/')}, SignedHeaders=${signed}, Signature=${signature}`,
    },
    body,
  });
  return { status: answer.status, text: await answer.text() };
}

/** Names in an answer that its question had not. */
function toldBy(question: string, answer: string): string[] {
  const found = answer.match(new RegExp(`${told}-?[a-z]*`, 'g')) ?? [];
  return [...new Set(found)].filter((name) => !question.includes(name));
}
function isEmpty(text: string): boolean {
  const values = (value: unknown): unknown[] =>
    value !== null && typeof value === 'object' ? Object.values(value).flatMap(values) : [value];
  return values(JSON.parse(text)).every((value) => value === 0);
}

describe.each([
  { who: 'the lead of another unit’s platform team', access: () => foreigner },
  { who: 'somebody without a team', access: () => stray },
])('$who', ({ access }) => {
  test('by Proton’s API', async () => {
    const before = await state();
    const wrong: string[] = [];
    for (const operation of Object.keys(apiModel.operations)) {
      const input = inputOf(operation);
      const { status, text } = await call(access(), operation, input);
      const isRead = /^(Get|List)/.test(operation);
      if (status >= 500 || /Signature|Unrecognized|MissingAuth/.test(text))
        wrong.push(`${operation}: ${status} ${text}`);
      if (text.includes('validation error')) wrong.push(`${operation} was not asked as it should be: ${text}`);
      if (status < 300 && !(isRead && isEmpty(text)) && operation !== 'GetAccountSettings')
        wrong.push(`${operation}: ${text}`);
      const names = toldBy(JSON.stringify(input), text);
      if (names.length > 0) wrong.push(`${operation} tells ${names.join(', ')}: ${text}`);
    }
    expect(wrong).toEqual([]);
    expect(await state()).toEqual(before);
  }, 120_000);

  test('by the native API', async () => {
    const before = await state();
    const wrong: string[] = [];
    for (const { route, request, own } of await nativeRequests()) {
      const { status, text } = await ask(access(), request);
      // of the audit everybody is told what he asked himself
      const names = route === 'GET /audit' ? [] : toldBy(JSON.stringify(request), text);
      if (names.length > 0) wrong.push(`${route} tells ${names.join(', ')}: ${text}`);
      if (status >= 500 || status === 400) wrong.push(`${route}: ${status} ${text}`);
      if (status < 300 && request.method !== 'GET' && !own) wrong.push(`${route}: ${status} ${text}`);
    }
    expect(wrong).toEqual([]);
    expect(await state()).toEqual(before);
  }, 120_000);
});

/** One request for every route of the description, about what the other unit has. */
async function nativeRequests(): Promise<{ route: string; request: ApiRequest; own: boolean }[]> {
  const description = await fetch(`${administrator.endpoint}/api/v1/openapi.json`);
  const { paths } = (await description.json()) as { paths: Record<string, Record<string, unknown>> };
  const resource = arns.service;
  const bodies: Readonly<Record<string, object>> = {
    'POST /webhooks': { url: 'https://example.com/', unit: 'orchard' },
    'POST /units/{name}/rename': { to: 'mine' },
    'POST /teams/{name}/rename': { to: 'mine' },
    'PUT /teams/{name}': { kind: 'own' },
    'POST /principals': { name: 'friend' },
    'PUT /resources': { resource, unit: 'garden' },
    'POST /handovers': { resource, toTeam: 'garden-platform' },
    'POST /organization/plan': { document: 'units: { mine: }' },
    'POST /organization/apply': { document: 'units: { mine: }' },
    'POST /governance/plan': { document: 'governance: { models: { orchard: decentralized } }' },
    'POST /governance/apply': { document: 'governance: { models: { orchard: decentralized } }' },
    'POST /tokens': { name: 'mine' },
    'PUT /federation-rules/{name}': {
      issuer: 'https://example.com',
      audience: 'a',
      subject: 's',
      principal: 'gustav',
    },
    'PUT /guard-rails/{rail}': { effect: 'off' },
    'POST /guard-rails/plan': { document: 'guardRails: {}' },
    'POST /guard-rails/apply': { document: 'guardRails: {}' },
    'POST /guard-rail-exceptions': { resource, rail: 'required-tags', reason: 'because' },
    'POST /approvals/{id}/approve': { plan: planId },
    'POST /approvals/{id}/reject': { plan: planId, reason: 'because' },
    'POST /approvals/{id}/questions': { plan: planId, question: 'why?' },
    'POST /approvals/{id}/break-glass': { plan: planId, reason: 'because' },
    'POST /delegations': { from: 'olive', to: 'gustav', until: '2026-12-31' },
    'POST /emergencies': { unit: 'orchard', reason: 'because', hours: 1 },
    'PUT /models': { scope: 'orchard', model: 'decentralized' },
    'POST /models/simulate': { scope: 'orchard', name: 'decentralized' },
    'PUT /restrictions': { scope: 'orchard', name: 'mine' },
    'POST /policies': { name: 'mine', purpose: 'restriction', text: 'forbid' },
    'POST /deployments/{id}/abandon': { reason: 'because' },
    'PUT /templates/{kind}/{name}/version-enforcement': { versionEnforcement: 'warn' },
    'POST /templates/{kind}/{name}/versions': { source: { bucket: 'deuteron', key: 'mine.tar.gz' } },
    'POST /environments/{name}/plan': { operation: 'delete' },
    'POST /services/{service}/plan': { operation: 'delete' },
    'POST /services/{service}/instances/{instance}/plan': { operation: 'delete' },
  };
  const archives = ['POST /templates/{kind}/{name}/check', 'POST /templates/{kind}/{name}/versions/{version}/preview'];
  const named: Readonly<Record<string, string>> = {
    '/units': 'orchard',
    '/teams': 'orchard-platform',
    '/environments': names.environment,
    '/environment-classes': 'production',
    '/templates': names.serviceTemplate,
    '/federation-rules': 'theirs',
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).flatMap((each) => {
      const short = path.replace('/api/v1', '');
      const method = each.toUpperCase() as ApiRequest['method'];
      const route = `${method} ${short}`;
      if (route === 'POST /federation/token') return [];
      const room = `/${short.split('/')[1]}`;
      const values: Readonly<Record<string, string>> = {
        kind: 'service',
        version: '1.0',
        service: names.service,
        instance: names.instance,
        principal: 'olive',
        rail: 'required-tags',
        name: named[room] ?? '',
        id: ids[room] ?? 'x',
      };
      const filled = short.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
      const body = archives.includes(route)
        ? new Uint8Array([1])
        : (bodies[route] ?? (method === 'GET' ? undefined : {}));
      const query =
        route === 'GET /templates'
          ? { name: names.serviceTemplate }
          : route === 'DELETE /restrictions'
            ? { scope: 'orchard', name: 'mine' }
            : route === 'GET /compliance'
              ? { resource: arns.environment }
              : route === 'DELETE /sessions'
                ? { principal: 'olive' }
                : undefined;
      const own = [
        'POST /tokens',
        'POST /access-keys',
        'POST /organization/plan',
        'POST /governance/plan',
        'POST /guard-rails/plan',
      ].includes(route);
      return [
        { route, request: { method, path: filled, query, ...(method !== 'DELETE' && body ? { body } : {}) }, own },
      ];
    }),
  );
}

test('who is in the unit sees all of it', async () => {
  const proton = protonOf(owner);
  const { environment } = await proton.send(new GetEnvironmentCommand({ name: names.environment }));
  const { serviceInstances } = await proton.send(new ListServiceInstancesCommand({}));
  proton.destroy();
  expect(environment?.name).toBe(names.environment);
  expect(serviceInstances?.map(({ name }) => name)).toEqual([names.instance]);
  const { text } = await ask(owner, { method: 'GET', path: '/resources' });
  for (const each of Object.values(arns)) expect(text).toContain(each);
  expect((await ask(owner, { method: 'GET', path: '/events', query: { limit: '1000' } })).text).toContain(
    arns.instance,
  );
});

test('whatever has an id is answered as if there were none', async () => {
  const differ: string[] = [];
  const all = (await nativeRequests()).filter(({ route }) => route.includes('{id}'));
  const roomOf = ({ request }: { readonly request: ApiRequest }) => `/${request.path.split('/')[1]}`;
  const asked = all.filter((each) => roomOf(each) in ids);
  // those two come from sign-ins and from failures: their actions' own tests ask for another one's
  expect([...new Set(all.filter((each) => !asked.includes(each)).map(roomOf))].sort()).toEqual([
    '/sessions',
    '/webhook-deliveries',
  ]);
  const ofPlans = asked.filter(({ route }) => route.includes('/plans/'));
  const creations = ofPlans.map(({ route, request, own }) => ({
    route: `${route} of a creation`,
    request: { ...request, path: request.path.replace(planId, creationPlanId) },
    own,
  }));
  const nowhere = '00000000-0000-4000-8000-000000000000';
  for (const { route, request } of [...asked, ...creations]) {
    const [, room, id = ''] = request.path.split('/');
    const path = request.path.replace(`/${room}/${id}`, `/${room}/${nowhere}`);
    // of absence and emergencies knows whoever may read the organization
    const isToldAll = room === 'emergencies' || room === 'delegations';
    for (const access of isToldAll ? [stray] : [foreigner, stray]) {
      const there = await ask(access, request);
      const not = await ask(access, { ...request, path });
      // a decision, which a "no" names, is another each time
      const plain = (text: string) => text.replaceAll(id, nowhere).replaceAll(/(Decision |"requestId":")[\w-]+/g, '$1');
      if (there.status !== not.status || plain(there.text) !== plain(not.text))
        differ.push(`${route}: ${there.status} ${there.text}, and ${not.status} ${not.text}`);
    }
  }
  expect(differ).toEqual([]);
}, 120_000);

test('what may not be read and what is not there are answered alike', async () => {
  const missing = { ...inputOf('GetEnvironment'), name: 'nowhere' };
  const there = await call(foreigner, 'GetEnvironment', inputOf('GetEnvironment'));
  const nowhere = await call(foreigner, 'GetEnvironment', missing);
  expect(there.text.replaceAll(names.environment, 'nowhere')).toBe(nowhere.text);
});

test('what a team uploads is its own', async () => {
  const s3Of = ({ endpoint, accessKeyId, secretAccessKey }: ApiAccess) =>
    new S3Client({
      endpoint,
      region: installation.region,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey },
    });
  const [theirs, foreign, strays] = [s3Of(owner), s3Of(foreigner), s3Of(stray)];
  const object = { Bucket: 'deuteron', Key: 'quince/bundle.tar.gz' };
  await theirs.send(new PutObjectCommand({ ...object, Body: 'theirs' }));
  for (const client of [foreign, strays]) {
    await expect(client.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(client.send(new PutObjectCommand({ ...object, Body: 'other' }))).rejects.toThrow();
    await expect(client.send(new DeleteObjectCommand(object))).rejects.toThrow();
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'deuteron', Prefix: 'quince/' }));
    expect(Contents).toEqual([]);
  }
  await expect(strays.send(new PutObjectCommand({ ...object, Key: 'new', Body: 'x' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  const got = await theirs.send(new GetObjectCommand(object));
  expect(await got.Body?.transformToString()).toBe('theirs');
  for (const client of [theirs, foreign, strays]) client.destroy();
});
