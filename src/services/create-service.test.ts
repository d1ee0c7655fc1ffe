import { afterAll, beforeAll, expect, test } from 'vitest';
import { ana } from '../environments/testing/environment-world.ts';
import { createService } from './create-service.ts';
import { serviceHasRoom, serviceNameLock } from './service-store.ts';
import { type ServiceWorld, serviceWorld } from './testing/service-world.ts';

let world: ServiceWorld;
beforeAll(async () => {
  world = await serviceWorld();
});
afterAll(() => world.close());

const spec = 'proton: ServiceSpec\npipeline: {}\ninstances:\n  - {name: live, environment: dev, spec: {}}\n';
const repository = { repositoryId: 'o/r', branchName: 'main', repositoryConnectionArn: 'arn:aws:codestar:x' };
const request = (name: string) => ({ name, templateName: 'queue', majorVersion: 1, spec, ...repository });
const codeOf = (created: Awaited<ReturnType<typeof createService>>) => (created.ok ? 'created' : created.refusal.code);

test('of many that are created at once as many come to be as there may be', async () => {
  const tools = { ...world.tools, limits: { ...world.tools.limits, services: 3 } };
  const names = Array.from({ length: 6 }, (_, index) => `at-once-${index}`);
  const created = await Promise.all(names.map((name) => createService(tools, ana, request(name))));
  expect(created.map(codeOf).sort()).toEqual([
    ...['created', 'created', 'created'],
    ...['service-limit', 'service-limit', 'service-limit'],
  ]);
});

test('a service that is asked for several times at once is created once', async () => {
  const created = await Promise.all([1, 2, 3].map(() => createService(world.tools, ana, request('the-same'))));
  expect(created.map(codeOf)).toEqual(['created', 'created', 'created']);
  expect(new Set(created.map((each) => each.ok && each.value.createdAt.getTime())).size).toBe(1);
});

test('who creates a service does not wait for who creates another one', async () => {
  const { db, limits } = world.tools;
  await db.transaction().execute(async (tx) => {
    await serviceNameLock(tx, 'slow');
    expect(await serviceHasRoom(tx, limits.services)).toBe(true);
    expect(codeOf(await createService(world.tools, ana, request('quick')))).toBe('created');
  });
});
