import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing/index.ts';
import { type PrincipalId, placementRecord } from '../organization/index.ts';
import { runDeuteron } from './testing/run-deuteron.ts';

let api: TestApi;
const folder = mkdtempSync(join(tmpdir(), 'deuteron-org-'));
const example = join(import.meta.dirname, '..', '..', 'examples', 'organization', 'org.yaml');
const arn = (resource: string) => `arn:aws:proton:us-east-1:111122223333:${resource}`;

beforeAll(async () => {
  vi.useFakeTimers({ now: new Date('2026-11-28T08:00:00Z'), toFake: ['Date'] });
  api = await startTestApi();
  const createdBy = 'nobody' as PrincipalId;
  const at = new Date();
  for (const resource of ['environment-template/network', 'service-template/worker'])
    await placementRecord(api.db, {
      arn: arn(resource),
      kind: resource.startsWith('e') ? 'environment-template' : 'service-template',
      createdBy,
      at,
    });
  await placementRecord(api.db, { arn: arn('environment/sandbox'), kind: 'environment', createdBy, at });
  await placementRecord(api.db, { arn: arn('service/orders'), kind: 'service', createdBy, at });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.close();
  vi.useRealTimers();
});
beforeEach(() => {
  vi.stubEnv('DEUTERON_URL', api.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', api.key.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', api.key.secret);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const deuteron = (...words: readonly string[]) => runDeuteron({}, ...words);
function file(text: string): string {
  const path = join(folder, 'org.yaml');
  writeFileSync(path, text);
  return path;
}

describe('the example', () => {
  test('is shown as a plan, and applied only when somebody says yes', async () => {
    const planned = await deuteron('apply', '-f', example, '--plan');
    expect(planned).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining('27 to add, 0 to change, 0 to remove.'),
    });
    const asked = await deuteron('apply', '-f', example);
    expect(asked).toEqual({
      exitCode: 1,
      text: `${planned.text}\nNothing was applied. Answer yes, or add --yes where nobody can be asked.`,
    });
    expect((await deuteron('org', 'show')).text).not.toContain('shop');
    expect(await deuteron('apply', '-f', example, '--yes')).toEqual({ exitCode: 0, text: `${planned.text}\nApplied.` });
    expect(await deuteron('apply', '-f', example, '--yes')).toEqual({ exitCode: 0, text: 'Nothing changes.' });
  });

  test('is a tree', async () => {
    const { text } = await deuteron('org', 'show');
    await expect(`${text}\n`).toMatchFileSnapshot('golden/organization-tree.txt');
    const data = JSON.parse((await deuteron('org', 'show', '--json')).text);
    expect(data.units).toHaveLength(7);
    expect(data.memberships).toContainEqual(expect.objectContaining({ team: 'insight-tools', until: '2027-01-31' }));
  });

  test('its resources get their places', async () => {
    expect((await deuteron('org', 'orphans')).text).toContain('service/orders  in organization  it has no owner');
    const resources = join(import.meta.dirname, '..', '..', 'examples', 'organization', 'resources.yaml');
    expect(await deuteron('apply', '-f', resources, '--yes')).toMatchObject({ exitCode: 0 });
    expect((await deuteron('org', 'resources')).text.split('\n')).toEqual([
      'environment-template/network  in organization  owned by platform',
      'environment/sandbox  in organization  owned by platform  sandbox',
      'service-template/worker  in organization  owned by platform',
      'service/orders  in organization/shop/checkout  owned by checkout  data owned by insight  [tier=2]',
    ]);
    expect(await deuteron('org', 'orphans')).toEqual({ exitCode: 0, text: 'There are none.' });
  });

  test('its lent engineer leaves something behind', async () => {
    const placed = await deuteron('org', 'place', 'service/orders', '--owner', 'insight-tools', '--data-owner', 'none');
    expect(placed.text).toBe('service/orders  in organization/shop/checkout  owned by insight-tools  [tier=2]');
    expect((await deuteron('org', 'orphans', '--on', '2027-01-30')).text).toBe('There are none.');
    const left =
      'service/orders  in organization/shop/checkout  nobody is in the team insight-tools; platform-engineer left on 2027-01-31';
    expect((await deuteron('org', 'orphans', '--on', '2027-01-31')).text).toBe(left);
    expect((await deuteron('org', 'leave', 'insight-tools', 'platform-engineer')).text).toContain(
      'has left insight-tools',
    );
    expect((await deuteron('org', 'orphans', '--left-by', 'platform-engineer')).text).toBe(
      left.replace('2027-01-31', '2026-11-28'),
    );
    expect(
      (await deuteron('org', 'join', 'insight-tools', 'insight-analyst', '--lead', '--until', '2027-06-30')).text,
    ).toBe('insight-analyst is in insight-tools as lead until 2027-06-30.');
  });
});

test('ownership is offered, listed and accepted', async () => {
  const offered = await deuteron(
    'handover',
    'offer',
    'service/orders',
    'checkout',
    '--note',
    'It is yours.',
    '--days',
    '3',
  );
  const id = /until 2026-12-01T08:00Z: (\S+)\n/.exec(offered.text)?.[1] ?? '';
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const listed = `${id}  service/orders  insight-tools -> checkout`;
  expect((await deuteron('handover', 'list', '--team', 'checkout')).text).toBe(
    `${listed}  offered until 2026-12-01T08:00Z by administrator  "It is yours."`,
  );
  expect(await deuteron('handover', 'accept', id)).toEqual({
    exitCode: 0,
    text: 'service/orders is owned by checkout.',
  });
  expect((await deuteron('handover', 'list', '--resource', 'service/orders', '--state', 'accepted')).text).toBe(
    `${listed}  accepted by administrator  "It is yours."`,
  );
  expect(await deuteron('handover', 'withdraw', id)).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('is accepted'),
  });
  const data = await deuteron('handover', 'offer', 'service/orders', 'insight-tools', '--data');
  const [dataId = ''] = /[0-9a-f-]{36}/.exec(data.text) ?? [];
  expect((await deuteron('handover', 'accept', dataId)).text).toBe(
    'The data of service/orders is owned by insight-tools.',
  );
});

const wrong = [
  {
    name: 'a team that is not there',
    words: ['org', 'join', 'nobody', 'administrator'],
    says: "There is no team 'nobody'",
  },
];
test.each(wrong)('$name is told so', async ({ words, says }) => {
  expect(await deuteron(...words)).toMatchObject({ exitCode: 1, text: expect.stringContaining(says) });
});

test('a fault in the file has its place', async () => {
  const path = file('units:\n  a: { parent: nowhere }\n');
  const { text, exitCode } = await deuteron('apply', '-f', path, '--yes');
  expect({ text: text.replace(path, 'org.yaml'), exitCode }).toMatchObject({
    exitCode: 1,
    text: expect.stringMatching(/^org\.yaml:2:16: There is no unit 'nowhere'\./),
  });
});

test('a unit gets another name, and a team another place, with all that they have', async () => {
  expect(
    (
      await deuteron(
        'apply',
        '-f',
        file('units: { old: , north: }\nteams: { crew: { unit: old, kind: own } }\n'),
        '--yes',
      )
    ).exitCode,
  ).toBe(0);
  expect(await deuteron('org', 'rename', 'unit', 'old', 'renewed')).toEqual({
    text: 'The unit old is called renewed.',
    exitCode: 0,
  });
  expect(await deuteron('org', 'move', 'unit', 'renewed', 'north')).toEqual({
    text: 'The unit renewed is in north.',
    exitCode: 0,
  });
  expect(await deuteron('org', 'rename', 'team', 'crew', 'sailors')).toMatchObject({ exitCode: 0 });
  expect((await deuteron('org', 'move', 'team', 'sailors', 'north')).text).toBe('The team sailors is in north.');
  const tree = (await deuteron('org', 'show')).text;
  expect(
    tree
      .slice(tree.indexOf('north'))
      .split('\n')
      .slice(0, 3)
      .map((line) => line.trim()),
  ).toMatchObject([
    expect.stringContaining('north'),
    expect.stringContaining('sailors'),
    expect.stringContaining('renewed'),
  ]);
  expect(await deuteron('org', 'move', 'team', 'nobody', 'north')).toMatchObject({ exitCode: 1 });
});
