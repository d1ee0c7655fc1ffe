/**
 * Hand-overs and keys by the rules of governance: whoever may not is told why, and who may; what was decided can be
 * explained and decided again, and what rules an organization writes for itself holds for what it does to itself.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GovernedEstate, startGovernedEstate } from './testing/governed-estate.ts';

let estate: GovernedEstate;
const folder = mkdtempSync(join(tmpdir(), 'deuteron-rules-'));
beforeAll(async () => {
  estate = await startGovernedEstate();
  for (const unit of ['orders', 'billing']) await estate.addUnit(unit);
  await estate.addPerson('olga', 'orders-team');
  await done('PUT', '/teams/orders-team/members/olga', { role: 'lead' });
  await estate.addPerson('robot', 'orders-team', { kind: 'machine' });
  await estate.assign('golden-path', 'organization');
}, 120_000);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await estate.close();
});

async function done(method: 'PUT' | 'POST', path: string, body: object) {
  const answer = await estate.ask('administrator', { method, path, body });
  if (!answer.ok) throw new Error(`${path}: ${answer.refusal.message}`);
}
const deuteron = (name: string, ...words: readonly string[]) => estate.deuteron(name, ...words);
async function ok(name: string, ...words: readonly string[]): Promise<string> {
  const { text, exitCode } = await deuteron(name, ...words);
  if (exitCode !== 0) throw new Error(`${words.join(' ')}: ${text}`);
  return text;
}
const no = (...texts: readonly string[]) => ({ exitCode: 1, text: expect.stringMatching(texts.join('[^]*')) });
async function write(name: string, purpose: 'model' | 'restriction', text: string) {
  const file = join(folder, `${name}.cedar`);
  writeFileSync(file, text);
  await ok('administrator', 'policy', 'write', name, file, '--purpose', purpose);
}
const decisionIn = (text: string) => /Decision (\S+) keeps/.exec(text)?.[1] ?? text;

test('a member is refused, and told who may; his lead offers, and the other team accepts', async () => {
  const offer = ['handover', 'offer', 'service/orders', 'billing-team'];
  const refused = await deuteron('orders-dev', ...offer);
  expect(refused).toEqual(
    no(
      'Nothing permits orders-dev ownership:hand-over on \\S*service/orders: neither the model golden-path of organization',
      'It is for: administrator, owner-lead \\(team orders-team\\), platform, unit-lead',
    ),
  );
  const why = await ok('orders-dev', 'why', decisionIn(refused.text));
  expect(why).toMatch(/^Denied\./);
  expect(why).toMatch(/as owner-lead: allowed/);

  const id = /accept (\S+)$/.exec(await ok('olga', ...offer))?.[1] ?? '';
  expect(await deuteron('olga', 'handover', 'accept', id)).toEqual(
    no('ownership:accept', 'It is for: administrator, owner \\(team billing-team\\)'),
  );
  await ok('billing-dev', 'handover', 'accept', id);
  expect(await ok('administrator', 'org', 'resources', '--team', 'billing-team')).toContain('service/orders');
  await ok('administrator', 'org', 'place', 'service/orders', '--owner', 'orders-team');
});

test('a restriction that forbids, and one that wants an approval: both say no in their words, for no plan waits', async () => {
  const offer = ['handover', 'offer', 'service/orders', 'billing-team'];
  await write(
    'stay',
    'restriction',
    `@id("stay") @message("Until the audit is over everything stays where it is.")
     forbid (principal, action == Action::"ownership:hand-over", resource in ?resource);`,
  );
  await ok('administrator', 'restriction', 'attach', 'orders', 'stay');
  for (const name of ['olga', 'administrator'])
    expect(await deuteron(name, ...offer), name).toEqual(no('Until the audit is over everything stays where it is.'));
  await ok('administrator', 'restriction', 'detach', 'orders', 'stay');

  await write(
    'asked',
    'restriction',
    `@id("asked") @message("Security has a look before a service goes elsewhere.") @requires("security:1")
     forbid (principal, action == Action::"ownership:accept", resource in ?resource);`,
  );
  await ok('administrator', 'restriction', 'attach', 'organization', 'asked');
  const id = /accept (\S+)$/.exec(await ok('olga', ...offer))?.[1] ?? '';
  expect(await deuteron('billing-dev', 'handover', 'accept', id)).toEqual(
    no('Security has a look before a service goes elsewhere.', 'It would need approval by security'),
  );
  expect(await ok('administrator', 'org', 'resources', '--team', 'orders-team')).toContain('service/orders');
  await ok('billing-dev', 'handover', 'decline', id);
  await ok('administrator', 'restriction', 'detach', 'organization', 'asked');
});

test('a model of one’s own lets the platform team issue keys for machines, as far as it is assigned', async () => {
  await write(
    'machines',
    'model',
    `@id("keys-for-machines")
     permit (principal, action == Action::"key:issue", resource in ?resource)
     when { context.relations.contains("platform") && resource.kind == "machine" };`,
  );
  expect(await deuteron('petra', 'key', 'issue', '--for', 'robot')).toEqual(no('key:issue on principal/robot'));
  await ok('administrator', 'model', 'assign', 'orders', 'machines');
  expect(await ok('petra', 'key', 'issue', '--for', 'robot')).toContain('of robot');
  expect(await deuteron('petra', 'key', 'issue', '--for', 'olga')).toEqual(no('key:issue on principal/olga'));
  expect(await deuteron('olga', 'key', 'issue', '--for', 'robot')).toEqual(no('platform'));
  // a machine that is in another unit too is whom the rules of both permit
  await done('PUT', '/teams/billing-team/members/robot', {});
  expect(await deuteron('petra', 'key', 'issue', '--for', 'robot')).toEqual(no('neither the model golden-path'));
  await ok('administrator', 'model', 'unassign', 'orders');
});

test('where a restriction forbids keys nobody gets one, and why says the same as its replay', async () => {
  await write(
    'no-keys',
    'restriction',
    `@id("no-keys") @message("Nobody has keys in billing: people sign in, jobs show their own token.")
     forbid (principal, action == Action::"key:issue", resource in ?resource);`,
  );
  await ok('administrator', 'restriction', 'attach', 'billing', 'no-keys');
  for (const words of [[], ['--for', 'billing-dev']]) {
    const name = words.length === 0 ? 'billing-dev' : 'administrator';
    expect(await deuteron(name, 'key', 'issue', ...words), name).toEqual(no('Nobody has keys in billing'));
  }
  expect(await ok('olga', 'key', 'issue')).toContain('of olga');

  const { text } = await deuteron('billing-dev', 'key', 'issue');
  await ok('administrator', 'restriction', 'detach', 'billing', 'no-keys');
  const why = await ok('billing-dev', 'why', decisionIn(text));
  expect(why, 'by the rules of then, which hold no more').toMatch(/^Denied\. Nobody has keys in billing/);
  expect(why).toMatch(/whose +billing-dev \(person\), in billing-team/);
  expect(why).toContain('no-keys@1/no-keys');
  const replay = await ok('administrator', 'audit', 'replay', '--json', '--verb', 'key:issue');
  const lines: { id: string; same: boolean; verdict: string }[] = replay.split('\n').map((line) => JSON.parse(line));
  expect(lines.find(({ id }) => id === decisionIn(text))).toMatchObject({ same: true, verdict: 'deny' });
  expect(await ok('administrator', 'audit', 'replay')).toMatch(/^(\d+) decisions: \1 the same, 0 different\.$/);
});
