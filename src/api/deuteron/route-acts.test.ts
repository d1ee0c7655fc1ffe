import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../testing/index.ts';
import { publicRoutes, routeActs } from './route-acts.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

/** As the description has them, in the words of the table. */
async function described(): Promise<string[]> {
  const answer = await fetch(`${api.url}/api/v1/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) => `${method.toUpperCase()} ${path.replace('/api/v1', '').replaceAll(/\{(\w+)\}/g, ':$1')}`,
    ),
  );
}

test('every route says what it does, or why nobody has to be known for it', async () => {
  const known = [...Object.keys(routeActs), ...Object.keys(publicRoutes)];
  expect((await described()).filter((route) => !known.includes(route))).toEqual([]);
});

test('nothing is said of routes that are not there', async () => {
  const routes = [...(await described()), 'GET /openapi.json'];
  const known = [...Object.keys(routeActs), ...Object.keys(publicRoutes)];
  expect(known.filter((route) => !routes.includes(route))).toEqual([]);
});

test('no route is public by mistake', async () => {
  const open = new Set(Object.keys(publicRoutes));
  for (const route of await described()) {
    if (open.has(route)) continue;
    const [method, path = ''] = route.split(' ');
    const answer = await fetch(`${api.url}/api/v1${path.replaceAll(/:\w+/g, 'x')}`, { method });
    expect([route, answer.status]).toEqual([route, 403]);
  }
});
