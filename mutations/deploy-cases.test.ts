import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyTestDatabase } from '../src/database/testing/index.ts';
import { type SimulatedCloud, startSimulatedCloud } from '../src/simulated-cloud/index.ts';
import { readCases } from './case-folder.ts';
import { compareDeployment } from './compare-deployment.ts';
import { type CloudOfCases, cloudOfCases, deployCases } from './deploy-cases.ts';
import { explainedDifferences } from './explained-differences.ts';
import type { Prediction } from './score.ts';

/** All of them, one after the other, on machines that may be busy. */
const patienceMs = 300_000;
const cases = readCases(join(import.meta.dirname, 'cases'));
let database: Awaited<ReturnType<typeof emptyTestDatabase>>;
let simulated: SimulatedCloud;
let cloud: CloudOfCases;
beforeAll(async () => {
  database = await emptyTestDatabase();
  const started = await startSimulatedCloud({ databaseUrl: database.url, clockScale: 0 });
  if (!started.ok) throw new Error(started.refusal.message);
  simulated = started.value;
  cloud = cloudOfCases(simulated.url);
});
afterAll(async () => {
  await cloud?.close();
  await simulated?.close();
  await database?.close();
});

test(
  'what is said of our cases is what the simulated cloud does, but for what is explained',
  async () => {
    const { figures, differences } = await deployCases(cases, cloud);
    const known = explainedDifferences.map(({ why, ...difference }) => difference);
    expect(differences.filter(({ isSpelling }) => !isSpelling)).toEqual(known);
    expect(figures.notMade, 'every first version is deployed').toBe(0);
    expect(figures.updated).toBeGreaterThan(0);
    expect(figures.failed).toBeGreaterThan(0);
  },
  patienceMs,
);

const said = (
  verdict: Prediction['verdict'],
  impact: 'none' | 'replace' | 'update-interrupt' | 'conditional-replace',
) =>
  ({
    verdict,
    resources: new Map([['Db', impact]]),
    flags: [],
    versionClass: 'compatible',
    requiredBump: 'patch',
  }) as const;

test.each([
  { what: 'a replacement that was none', say: said('replacement', 'replace'), outcome: 'updated', differs: true },
  { what: 'a replacement', say: said('replacement', 'replace'), outcome: 'replaced', differs: false },
  { what: 'one that depends', say: said('replacement', 'conditional-replace'), outcome: 'updated', differs: false },
  { what: 'an interruption', say: said('interruption', 'update-interrupt'), outcome: 'updated', differs: false },
  { what: 'a change that nobody told', say: said('no-change', 'none'), outcome: 'removed', differs: true },
  { what: 'a failure that was none', say: said('fails', 'none'), outcome: 'none', differs: true },
] as const)('compared: $what', ({ say, outcome, differs }) => {
  const happened = { end: 'updated', resources: new Map([['Db', outcome]]) } as const;
  expect(compareDeployment(say, happened).length > 0).toBe(differs);
});

test('an update that fails, and was not said to, is a difference', () => {
  const happened = { end: 'failed', reason: 'no' } as const;
  expect(compareDeployment(said('in-place', 'none'), happened)).toHaveLength(1);
  expect(compareDeployment(said('fails', 'replace'), happened)).toEqual([]);
});
