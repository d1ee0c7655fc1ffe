/**
 * A plan says what would become of it if its reader asked for it, and is the same text from the first look to the last: when it
 * is made, kept, waited with, approved, and looked up afterwards.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deploymentEnd, type GovernedEstate, startGovernedEstate } from './testing/governed-estate.ts';

let estate: GovernedEstate;
const folder = mkdtempSync(join(tmpdir(), 'deuteron-advice-'));
beforeAll(async () => {
  estate = await startGovernedEstate();
  for (const unit of ['path', 'strict']) await estate.addUnit(unit);
  await estate.addPerson('path-mate', 'path-team');
  await estate.assign('golden-path', 'path');
  await estate.assign('centralized', 'strict');
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await estate.close();
});

function specOf(inputs: object): string {
  const path = join(folder, 'spec.yaml');
  const main = `{name: main, environment: dev, spec: ${JSON.stringify(inputs)}}`;
  writeFileSync(path, `proton: ServiceSpec\ninstances:\n  - ${main}\n`);
  return path;
}

const planned = (who: string, service: string, inputs: object, ...flags: readonly string[]) =>
  estate.deuteron(who, 'instance', 'plan', service, 'main', '--spec', specOf(inputs), ...flags);
const planId = (text: string) => /^Plan (sha256:[0-9a-f]{64})$/m.exec(text)?.[1] ?? '';
/** Without what is said of one moment and one reader. */
const decidedOn = (text: string) => text.replace(/\n\nWere it asked for by [\s\S]*?\n\nPlan /, '\n\nPlan ').trimEnd();

/** How many decisions about deployments are kept, and how many that want approvals. */
async function decisionsKept(): Promise<readonly number[]> {
  const db = estate.world.database.db.withTables<{
    deployment_decision: { decision_id: string };
    decision: { id: string; verdict: string };
  }>();
  const about = await db.selectFrom('deployment_decision').select('decision_id').execute();
  const wanting = await db.selectFrom('decision').select('id').where('verdict', '=', 'needs-approvals').execute();
  return [about.length, wanting.length];
}

test('who would have to approve is said beforehand, to whom it is said, and nothing is kept', async () => {
  const before = await decisionsKept();
  const mild = await planned('path-dev', 'path', { shown: 'two' });
  expect(mild.text).toContain('Were it asked for by path-dev now');
  expect(mild.text).toContain('  Would be applied at once.\n');
  const breaking = await planned('path-dev', 'path', { topic: 'two' });
  expect(breaking.text).toContain('  Would wait for approval by: owner (team path-team');
  expect(breaking.text).toContain('  A breaking change is approved by an owner who has seen the plan.');
  expect(breaking.text).toMatch(/ {2}By the rules: .*golden-path/);
  const grave = await planned('path-dev', 'path', { table: 'two' });
  expect(grave.text).toContain('data-owner (team keepers');
  const central = await planned('strict-dev', 'strict', { shown: 'two' }, '--markdown');
  expect(central.text).toMatch(
    /\*\*Were it asked for by strict-dev now .*\*\*\n\n- Would wait for approval by: platform/,
  );

  const json = JSON.parse((await planned('path-dev', 'path', { topic: 'two' }, '--json')).text);
  expect(json).toMatchObject({
    changeClass: 'breaking',
    advice: {
      verdict: 'needs-approvals',
      asks: 'path-dev',
      waitsFor: expect.stringContaining('owner (team path-team'),
    },
  });
  // another reader would ask himself: the plan is the same, what is said of it is not
  const shown = await estate.deuteron('path-mate', 'plan', 'show', planId(breaking.text));
  expect(shown.text).toContain('Were it asked for by path-mate now');
  expect(decidedOn(shown.text)).toBe(decidedOn(breaking.text));
  expect(await decisionsKept()).toEqual(before);
});

test('a plan is the same text when it is made, waited with, approved and applied', async () => {
  const made = await planned('path-dev', 'path', { topic: 'three', table: 'three' });
  const text = decidedOn(made.text);
  expect(text).toContain('The provider says: modify Table, replaced; modify Topic, replaced');
  expect(text).not.toContain('They disagree');
  const applied = await estate.deuteron('path-dev', 'plan', 'apply', planId(text));
  const id = /deployment (\S+) of/.exec(applied.text)?.[1] ?? '';
  expect(applied.text).toMatch(/\nIt waits for approval by data-owner \(team keepers.*: deuteron approval show /);
  expect(applied.text).toContain(`: deuteron approval show ${id}`);

  await estate.standing('path');
  expect((await estate.deuteron('dana', 'approval', 'show', id)).text).toContain(text);
  expect((await estate.deuteron('path-dev', 'deployment', 'plan', id)).text.trimEnd()).toBe(text);
  for (const who of ['dana', 'path-mate']) await estate.deuteron(who, 'approval', 'approve', id, planId(text));
  expect(await deploymentEnd(estate, id)).toEqual({ status: 'SUCCEEDED', message: '' });
  expect((await estate.deuteron('path-dev', 'deployment', 'plan', id)).text.trimEnd()).toBe(text);
  expect((await estate.deuteron('path-dev', 'approval', 'show', id)).text).toContain(text);
});
