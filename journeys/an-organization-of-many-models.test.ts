/**
 * The organization of examples/organization, with a model of its own for each part: both files are applied from the command
 * line, then the same changes are asked for in every unit, in test and in production. One restriction holds in all of them.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteServiceCommand } from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { approvedBy, deploymentEnd, type GovernedEstate, startGovernedEstate } from './testing/governed-estate.ts';

const examples = join(import.meta.dirname, '..', 'examples', 'organization');
const folder = mkdtempSync(join(tmpdir(), 'deuteron-models-'));
let estate: GovernedEstate;
beforeAll(async () => {
  estate = await startGovernedEstate();
  await estate.addEnvironment('prod', 'production');
}, 120_000);
afterAll(async () => {
  await estate.close();
  rmSync(folder, { recursive: true });
});

/** As it is, but that the engineer is still lent whenever this runs. */
function organizationFile(): string {
  const text = readFileSync(join(examples, 'org.yaml'), 'utf8');
  const file = join(folder, 'org.yaml');
  writeFileSync(file, text.replace('2027-01-31', `${new Date().getUTCFullYear() + 2}-01-31`));
  return file;
}
const rulesFile = join(examples, 'governance.yaml');
const administrator = (...words: readonly string[]) => estate.deuteron('administrator', ...words);

const serviceOf = (part: string) => part.replaceAll(' ', '-');
const addService = ({ of, owner, unit }: { readonly of: string; readonly owner: string; readonly unit?: string }) =>
  estate.addService({ name: serviceOf(of), owner, environment: of.endsWith('production') ? 'prod' : 'dev', unit });

test('both files are applied, and say what they change', async () => {
  expect(await administrator('apply', '-f', organizationFile(), '--yes')).toMatchObject({ exitCode: 0 });
  // what runs already is ruled like what comes later
  await Promise.all(parts.map((part) => addService(part)));
  expect((await administrator('apply', '-f', rulesFile, '--plan')).text).toBe(
    [
      '  + restriction pipelines-delete-nothing@1',
      '  + model golden-path in organization',
      '  + model centralized in networks',
      '  + model embedded in insight',
      '  + model decentralized in workshop',
      '  + model golden-path in workshop/environment-class:production',
      '  + restriction pipelines-delete-nothing@1 in organization',
      '',
      '7 to add, 0 to change, 0 to remove.',
    ].join('\n'),
  );
  const applied = await administrator('apply', '-f', rulesFile, '--yes');
  expect(applied).toMatchObject({ exitCode: 0, text: expect.stringContaining('Applied.') });
  expect((await administrator('apply', '-f', rulesFile, '--yes')).text).toBe('Nothing changes.');
}, 60_000);

const goldenPath = {
  breaking: 'owner (team checkout)',
  data: 'data-owner (team keepers), and by owner (team checkout) or environment-owner (team base) or platform (teams base, platform)',
};
const lent = {
  breaking: 'embedded-engineer (platform-engineer)',
  data: 'data-owner (team keepers), and by embedded-engineer (platform-engineer)',
};
const central = 'platform (teams base, platform), not of who asked';
const parts = [
  { of: 'shop in test', owner: 'checkout', asks: 'checkout-lead', compatible: 'nobody', ...goldenPath },
  {
    of: 'shop in production',
    owner: 'checkout',
    asks: 'checkout-lead',
    compatible: 'nobody',
    ...goldenPath,
    breaking: 'owner (team checkout), and by environment-owner (team base)',
  },
  {
    of: 'networks in test',
    owner: 'platform',
    unit: 'networks',
    asks: 'platform-lead',
    compatible: central,
    breaking: central,
    data: `${central}, and by data-owner (team keepers)`,
  },
  { of: 'insight in test', owner: 'insight-tools', asks: 'platform-engineer', compatible: 'nobody', ...lent },
  { of: 'insight in production', owner: 'insight-tools', asks: 'platform-engineer', compatible: 'nobody', ...lent },
  {
    of: 'workshop in test',
    owner: 'workshop',
    asks: 'workshop-lead',
    compatible: 'nobody',
    breaking: 'nobody',
    data: 'data-owner (team keepers)',
  },
  {
    of: 'workshop in production',
    owner: 'workshop',
    asks: 'workshop-lead',
    compatible: 'nobody',
    breaking: 'owner (team workshop), and by environment-owner (team base)',
    data: 'data-owner (team keepers), and by owner (team workshop) or environment-owner (team base) or platform (teams base, platform)',
  },
] as const;
const changes = { compatible: { shown: 'two' }, breaking: { topic: 'two' }, data: { table: 'two' } } as const;

test.each(parts)('$of', async ({ of, asks, ...expected }) => {
  const name = serviceOf(of);
  const people = ['petra', 'dana', 'platform-engineer', asks];
  const said: Record<string, string> = {};
  let inputs = {};
  for (const [kind, input] of Object.entries(changes)) {
    inputs = { ...inputs, ...input };
    const standing = await estate.change(asks, name, inputs);
    said[kind] = await approvedBy(estate, people, standing);
    expect(await deploymentEnd(estate, standing.deploymentId), kind).toMatchObject({ status: 'SUCCEEDED' });
  }
  expect(expected).toMatchObject(said);
});

test('what holds everywhere holds under every model: a pipeline deletes nothing', async () => {
  const pipeline = await estate.proton('checkout-pipeline');
  await expect(pipeline.send(new DeleteServiceCommand({ name: 'shop-in-test' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('Pipelines deploy; people delete.'),
  });
  await estate.addPerson('workshop-pipeline', 'workshop', { kind: 'machine' });
  const free = await estate.proton('workshop-pipeline');
  await expect(free.send(new DeleteServiceCommand({ name: 'workshop-in-test' }))).rejects.toMatchObject({
    message: expect.stringContaining('Pipelines deploy; people delete.'),
  });
});

test('a unit moves to another model by one line, and what was planned before somebody else moved it is not applied', async () => {
  const moved = join(folder, 'governance.yaml');
  writeFileSync(moved, readFileSync(rulesFile, 'utf8').replace('insight: embedded', 'insight: centralized'));
  const plan = await administrator('apply', '-f', moved, '--plan', '--json');
  const { hash, changes: planned } = JSON.parse(plan.text);
  expect(planned).toMatchObject([{ sign: '~', text: 'model centralized in insight (was embedded)' }]);
  await administrator('model', 'assign', 'insight', 'golden-path');
  const body = { document: readFileSync(moved, 'utf8'), hash };
  const stale = await estate.ask('administrator', { method: 'POST', path: '/governance/apply', body });
  expect(stale).toMatchObject({ ok: false, refusal: { code: 'governance-plan-stale' } });
  expect((await administrator('model', 'list')).text).toContain('golden-path');
});
