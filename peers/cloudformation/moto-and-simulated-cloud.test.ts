import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../../src/database/testing/index.ts';
import { type TestCloud, testCloud } from '../../src/simulated-cloud/testing/index.ts';
import { explainedDifferences } from './explained-differences.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { Observed, type Scenario, scenarios } from './scenarios.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let cloud: TestCloud;
let moto: MotoServer;
let sides: { readonly ours: Observed; readonly theirs: Observed };
beforeAll(async () => {
  database = await testDatabase();
  [cloud, moto] = await Promise.all([testCloud({ databaseUrl: database.url, clockScale: 0 }), startMoto()]);
  sides = { ours: new Observed(cloud.url), theirs: new Observed(moto.url) };
});
afterAll(async () => {
  for (const { client } of Object.values(sides ?? {})) client.destroy();
  await moto?.close();
  await cloud?.close();
  await database?.close();
});

interface Difference {
  readonly of: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

async function differences({ name, run }: Scenario): Promise<Difference[]> {
  const stack = `s-${scenarios.findIndex((each) => each.name === name)}`;
  const ours = await run(sides.ours, stack);
  const theirs = await run(sides.theirs, stack);
  return Object.keys({ ...ours, ...theirs })
    .filter((key) => !isDeepStrictEqual(ours[key], theirs[key]))
    .map((key) => ({ of: key, ours: ours[key], theirs: theirs[key] }));
}

test.each(scenarios)('$name: every difference is explained, and no other explanation is there', async (scenario) => {
  const found = await differences(scenario);
  const explained = explainedDifferences.filter((each) => each.scenario === scenario.name);
  expect(found).toEqual(
    found.map(({ of }) => {
      const { ours, theirs } = explained.find((each) => each.of === of) ?? {};
      return { of, ours, theirs };
    }),
  );
  expect(
    explained.map(({ of }) => of).filter((of) => !found.some((each) => each.of === of)),
    'explanations that are not needed any more',
  ).toEqual([]);
});

test('every explanation is of a scenario', () => {
  const names = new Set(scenarios.map(({ name }) => name));
  expect(explainedDifferences.filter(({ scenario }) => !names.has(scenario))).toEqual([]);
});
