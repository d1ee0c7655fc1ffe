import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCases } from '../../mutations/case-folder.ts';
import { observeDeployment } from '../../mutations/observe-deployment.ts';
import type { Prediction } from '../../mutations/score.ts';
import { type MotoServer, startMoto } from '../cloudformation/moto-server.ts';
import { emptyMoto } from './cloud-of-moto.ts';
import { differencesOnMoto, seenOnMoto } from './compare-on-moto.ts';
import { type CaseOnMoto, deployAllOnMoto } from './deploy-on-moto.ts';
import { explainedOnMoto } from './explained-differences.ts';
import { failedResources } from './failed-resources.ts';
import { figuresOnMoto } from './figures-on-moto.ts';
import { typesOfMoto } from './types-of-moto.ts';

const cases = readCases(join(import.meta.dirname, '..', '..', 'mutations', 'cases'));
const patienceMs = 600_000;
let motos: readonly MotoServer[];
let done: readonly CaseOnMoto[];
beforeAll(async () => {
  const quick = { MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' }; // images are looked up by the hundred, and no case needs one
  motos = await Promise.all([startMoto(quick), startMoto(quick)]);
  done = await deployAllOnMoto(cases, motos, typesOfMoto());
}, patienceMs);
afterAll(async () => {
  if (done !== undefined) for (const line of figuresOnMoto(done)) console.info(line);
  await Promise.all((motos ?? []).map((moto) => moto.close()));
});

test('what is said of our cases is what moto shows, but for what is explained', () => {
  const found = done.flatMap(({ id, observed, differences }) =>
    differences.map((each) => ({ ...each, case: id, ...('reason' in observed && { reason: observed.reason }) })),
  );
  const explains = (each: (typeof found)[number]) =>
    explainedOnMoto.some(
      ({ of, said, happened }) => of.includes(each.of) && said === each.said && happened === each.happened,
    );
  expect(found.filter((each) => !explains(each))).toEqual([]);
});

test('no explanation is there that nothing needs', () => {
  const found = done.flatMap(({ differences }) => differences);
  const needless = explainedOnMoto.flatMap(({ of, said, happened }) =>
    of
      .filter((one) => !found.some((each) => each.of === one && each.said === said && each.happened === happened))
      .map((one) => `${one}: ${said}, ${happened}`),
  );
  expect(needless).toEqual([]);
});

test('moto makes every case, and shows every kind of outcome', () => {
  const notMade = done.flatMap(({ id, observed }) =>
    observed.end === 'not-made' ? [`${id}: ${observed.reason}`] : [],
  );
  expect(notMade).toEqual([]);
  const seen = new Set(done.flatMap((each) => each.seen).map(({ sight }) => sight));
  expect([...seen].sort()).toEqual(['added', 'kept', 'removed', 'replaced']);
});

test('where an update fails at moto itself, it is for a reason of its own, which confirms nothing', () => {
  const failed = done.flatMap(({ id, observed }) =>
    observed.end === 'failed' && observed.reason.includes('User Initiated')
      ? [[id, observed.reason.split(':')[0]]]
      : [],
  );
  expect(failed).toEqual([
    ['store-alias-moved', 'InternalError'], // the key is not there
    ['web-role-named', 'NoSuchEntity'], // said to fail for lack of a capability: moto looks for the role under its new name
  ]);
});

test.each(failedResources)('what is left out is not made by moto: $type, because $why', async ({ resources }) => {
  const { client, prepare } = await emptyMoto(motos[0]!);
  const before = { text: JSON.stringify({ Resources: resources }), parameters: {} };
  const mutation = { id: 'left-out', before, after: 'not sent', importedExports: [], capabilities: undefined };
  await prepare(mutation);
  expect(await observeDeployment(client, mutation)).toMatchObject({ end: 'not-made' });
  client.destroy();
});

const prediction = (verdict: Prediction['verdict'], resources: Prediction['resources'] = new Map()): Prediction => ({
  verdict,
  resources,
  flags: [],
  versionClass: 'compatible',
  requiredBump: 'patch',
});
const types = new Map([['Db', 'AWS::RDS::DBInstance']]);

test.each([
  { impact: 'none', outcome: 'none', differs: false },
  { impact: 'none', outcome: 'updated', differs: false },
  { impact: 'update-in-place', outcome: 'none', differs: false },
  { impact: 'conditional-replace', outcome: 'replaced', differs: false },
  { impact: 'retain', outcome: 'removed', differs: false },
  { impact: 'replace', outcome: 'none', differs: true },
  { impact: 'none', outcome: 'replaced', differs: true },
  { impact: 'update-in-place', outcome: 'removed', differs: true },
  { impact: 'add', outcome: undefined, differs: true },
] as const)('compared: $impact that is seen as $outcome', ({ impact, outcome, differs }) => {
  const said = prediction('in-place', new Map([['Db', impact]]));
  const seen = seenOnMoto(said, outcome === undefined ? new Map() : new Map([['Db', outcome]]), types);
  expect(differencesOnMoto('a-case', said, 'updated', seen)).toHaveLength(differs ? 1 : 0);
});

test.each([
  { verdict: 'fails', end: 'failed', differs: false },
  { verdict: 'fails', end: 'updated', differs: true },
  { verdict: 'in-place', end: 'failed', differs: true },
  { verdict: 'in-place', end: 'not-made', differs: true },
  { verdict: 'fails', end: 'not-made', differs: true },
] as const)('compared: said $verdict, and it $end', ({ verdict, end, differs }) => {
  expect(differencesOnMoto('a-case', prediction(verdict), end, [])).toHaveLength(differs ? 1 : 0);
});
