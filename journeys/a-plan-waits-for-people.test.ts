/**
 * Deployments that wait for people: approved, rejected, asked about and cancelled from the command line; void when the plan
 * changes; let through in an emergency; a lent engineer who leaves; other rules while something waits; a job without humans.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetDeploymentCommand, GetEnvironmentCommand, UpdateEnvironmentCommand } from '@aws-sdk/client-proton';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Receiver, startReceiver } from '../src/events/testing/receiver.ts';
import {
  deploymentEnd,
  environmentColour,
  type GovernedEstate,
  startGovernedEstate,
  waitingPlan,
} from './testing/governed-estate.ts';

let estate: GovernedEstate;
let receiver: Receiver;
const units = ['path', 'lent', 'moved', 'robots'];
beforeAll(async () => {
  estate = await startGovernedEstate({ webhooksLocal: true });
  receiver = await startReceiver();
  for (const unit of units) await estate.addUnit(unit);
  await estate.addPerson('path-mate', 'path-team');
  for (const unit of ['path', 'robots']) await estate.assign('golden-path', unit);
  await estate.deuteron('administrator', 'webhook', 'add', receiver.url);
}, 120_000);
afterAll(async () => {
  await receiver.close();
  await estate.close();
});

const heard = (type: string) =>
  receiver.received
    .map(({ body }) => JSON.parse(body) as { 'detail-type': string; detail: Record<string, unknown> })
    .filter((event) => event['detail-type'] === type)
    .map(({ detail }) => detail);

/** By name: on their way to a webhook events may overtake each other. */
const statesHeard = (type: string) =>
  heard(type)
    .map(({ state }) => state)
    .sort();

async function breaking(topic: string) {
  const { deploymentId, status, message } = await estate.change('path-dev', 'path', { topic });
  expect({ status, message }).toEqual({
    status: 'IN_PROGRESS',
    message: 'waits for approval by owner (team path-team)',
  });
  return deploymentId;
}

test('a breaking update is shown, asked about, answered and approved from the command line, and goes on', async () => {
  const id = await breaking('two');
  const { deployment } = await estate.world.platform.proton.send(new GetDeploymentCommand({ id }));
  expect(deployment?.deploymentStatusMessage).toBe(
    `waits for approval by owner (team path-team): deuteron approval show ${id}`,
  );
  const plan = await waitingPlan(estate, 'path-mate', id);
  const { text: listed } = await estate.deuteron('path-mate', 'approval', 'list');
  expect(listed).toContain(`${id}  service/path/service-instance/main  breaking  waits until`);
  expect((await estate.deuteron('moved-dev', 'approval', 'list')).text).toBe('No deployment waits like that.');
  const { text: hidden } = await estate.deuteron('moved-dev', 'approval', 'show', id);
  expect(hidden).toContain('The requested deployment does not exist');

  const { text } = await estate.deuteron('path-mate', 'approval', 'show', id);
  expect(text).toContain('breaking: updates service/path/service-instance/main with store 1.0');
  expect(text).toContain('A breaking change is approved by an owner who has seen the plan.');
  expect(text).toContain(`Approve: deuteron approval approve ${id} ${plan}`);
  const { text: own } = await estate.deuteron('administrator', 'approval', 'show', id);
  expect(own).toContain('You are not asked. Who is: owner (team path-team).');
  expect(own).not.toMatch(/Approve:|Reject:|break-glass/);

  const { text: asked } = await estate.deuteron('path-mate', 'approval', 'ask', id, plan, 'Who reads the topic?');
  const question = asked.replace('Asked: ', '');
  expect((await estate.deuteron('path-dev', 'approval', 'answer', id, question, 'Nobody yet.')).text).toBe('Answered.');
  expect((await estate.deuteron('path-mate', 'approval', 'show', id)).text).toContain('  path-dev: Nobody yet.');

  const approved = await estate.deuteron('path-mate', 'approval', 'approve', id, plan, '--reason', 'seen');
  expect(approved).toMatchObject({ exitCode: 0, text: expect.stringContaining(id) });
  expect(await deploymentEnd(estate, id)).toEqual({ status: 'SUCCEEDED', message: '' });
  await vi.waitFor(() => {
    expect(statesHeard('Deuteron Approval Request State Change')).toEqual(['given', 'wanted']);
    expect(heard('Deuteron Approval State Change')).toMatchObject([{ state: 'given', by: 'path-mate', planId: plan }]);
    expect(statesHeard('Deuteron Approval Question State Change')).toEqual(['answered', 'asked']);
  });
  const { text: audit } = await estate.deuteron('administrator', 'audit', 'list', '--target', `deployment/${id}`);
  expect(audit.split('\n').map((line) => line.split('  ').slice(1, 3).join(' '))).toEqual([
    'path-mate deuteron:ApprovePlan',
    'path-dev deuteron:AnswerQuestion',
    'path-mate deuteron:AskRequester',
  ]);
});

test('a rejected one fails with the reason, and nothing was touched', async () => {
  const id = await breaking('three');
  const plan = await waitingPlan(estate, 'path-mate', id);
  await estate.deuteron('path-mate', 'approval', 'reject', id, plan, '--reason', 'readers must move first');
  expect(await deploymentEnd(estate, id)).toMatchObject({
    status: 'FAILED',
    message: expect.stringContaining('was rejected by path-mate: readers must move first'),
  });
});

test('a stale plan is not applied: its approval is void, what is different is said, and it waits again', async () => {
  const id = await breaking('four');
  const plan = await waitingPlan(estate, 'path-mate', id);
  const { proton } = estate.world.platform;
  await proton.send(
    new UpdateEnvironmentCommand({ name: 'dev', deploymentType: 'CURRENT_VERSION', spec: environmentColour('blue') }),
  );
  await vi.waitFor(
    async () => {
      const { environment } = await proton.send(new GetEnvironmentCommand({ name: 'dev' }));
      expect(environment?.deploymentStatus).toBe('SUCCEEDED');
    },
    { timeout: 30_000, interval: 50 },
  );
  await estate.deuteron('path-mate', 'approval', 'approve', id, plan);
  const anew = await vi.waitFor(
    async () => {
      const now = await waitingPlan(estate, 'path-mate', id);
      expect(now).not.toBe(plan);
      return now;
    },
    { timeout: 30_000, interval: 50 },
  );
  const { text } = await estate.deuteron('path-mate', 'approval', 'show', id);
  expect(text).toContain('The plan is another one now: ');
  expect(text).toContain('void by path-mate');
  const late = await estate.deuteron('path-mate', 'approval', 'approve', id, plan);
  expect(late).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('does not wait for an approval of the plan'),
  });
  await estate.deuteron('path-mate', 'approval', 'approve', id, anew);
  expect(await deploymentEnd(estate, id)).toMatchObject({ status: 'SUCCEEDED' });
});

test('in an emergency of two people it goes on without approvals, and everybody hears of it', async () => {
  await estate.ask('administrator', { method: 'PUT', path: '/teams/break-glass', body: { kind: 'leadership' } });
  for (const name of ['ida', 'ivan']) await estate.addPerson(name, 'break-glass');
  await estate.addPerson('ida', 'base');
  const id = await breaking('five');
  const plan = await waitingPlan(estate, 'path-mate', id);
  const declared = ['--unit', 'path', '--reason', 'orders are lost', '--json'];
  const { emergency } = JSON.parse((await estate.deuteron('ida', 'break-glass', 'declare', ...declared)).text);
  const use = ['break-glass', 'use', id, plan, '--reason', 'a topic is full'] as const;
  expect((await estate.deuteron('ida', ...use)).text).toContain('No emergency is in force');
  expect((await estate.deuteron('ida', 'break-glass', 'second', emergency.id)).exitCode).toBe(1);
  expect((await estate.deuteron('ivan', 'break-glass', 'second', emergency.id)).text).toContain('in force until');
  expect((await estate.deuteron('ida', 'approval', 'show', id)).text).toContain(
    `deuteron break-glass use ${id} ${plan}`,
  );
  expect((await estate.deuteron('path-mate', 'approval', 'show', id)).text).not.toContain('break-glass use');
  expect((await estate.deuteron('ida', ...use)).text).toContain('goes on');
  expect(await deploymentEnd(estate, id)).toMatchObject({ status: 'SUCCEEDED' });
  const { text } = await estate.deuteron('ida', 'break-glass', 'show', emergency.id);
  expect(text).toContain(`deployment ${id}  by ida, without owner (team path-team): a topic is full`);
  await vi.waitFor(() => {
    expect(statesHeard('Deuteron Emergency State Change')).toEqual(['declared', 'in-force']);
    expect(heard('Deuteron Emergency Used')).toMatchObject([{ deploymentId: id, usedBy: 'ida' }]);
  });
});

test('a lent engineer who has left approves no more; the next one does', async () => {
  await estate.assign('embedded', 'lent');
  await estate.ask('administrator', { method: 'PUT', path: '/teams/guild', body: { kind: 'enablement' } });
  for (const name of ['emma', 'erik']) await estate.addPerson(name, 'guild');
  await estate.addPerson('emma', 'lent-team');
  const { deploymentId: id } = await estate.change('lent-dev', 'lent', { topic: 'two' });
  const plan = await waitingPlan(estate, 'emma', id);
  await estate.ask('administrator', { method: 'DELETE', path: '/teams/lent-team/members/emma' });
  const gone = await estate.deuteron('emma', 'approval', 'approve', id, plan);
  expect(gone).toMatchObject({ exitCode: 1, text: expect.stringContaining('emma is not asked') });
  await estate.addPerson('erik', 'lent-team');
  expect((await estate.deuteron('erik', 'approval', 'approve', id, plan)).exitCode).toBe(0);
  expect(await deploymentEnd(estate, id)).toMatchObject({ status: 'SUCCEEDED' });
});

test('a unit goes from the central team to the golden path, and what waited goes on by itself', async () => {
  await estate.assign('centralized', 'moved');
  const { deploymentId: id, message } = await estate.change('moved-dev', 'moved', { shown: 'two' });
  expect(message).toBe('waits for approval by platform (team base), not of who asked');
  await estate.assign('golden-path', 'moved');
  expect(await deploymentEnd(estate, id)).toMatchObject({ status: 'SUCCEEDED' });
  const { text } = await estate.deuteron('moved-dev', 'approval', 'show', id);
  expect(text).toContain('The rules are others now.');
});

test('a job deploys what is compatible with no human, and is stopped where something breaks', async () => {
  await estate.addPerson('job', 'robots-team', { kind: 'machine' });
  expect(await estate.change('job', 'robots', { shown: 'two' })).toMatchObject({ status: 'SUCCEEDED' });
  const { deploymentId: id, message } = await estate.change('job', 'robots', { shown: 'two', topic: 'two' });
  expect(message).toBe('waits for approval by owner (team robots-team)');
  const plan = await waitingPlan(estate, 'job', id);
  const own = await estate.deuteron('job', 'approval', 'approve', id, plan);
  expect(own).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('job is a machine, and machines never approve'),
  });
  expect((await estate.deuteron('robots-dev', 'approval', 'approve', id, plan)).exitCode).toBe(0);
  expect(await deploymentEnd(estate, id)).toMatchObject({ status: 'SUCCEEDED' });
});

test('somebody else answers for who is away, and sees what he is asked', async () => {
  const { deploymentId: id } = await estate.change('path-dev', 'path', { topic: 'five', table: 'two' });
  const made = await estate.deuteron('dana', 'delegation', 'make', 'moved-dev', '--until', soon(), '--reason', 'away');
  expect(made).toMatchObject({ exitCode: 0, text: expect.stringContaining('moved-dev for dana  until') });
  expect((await estate.deuteron('moved-dev', 'approval', 'list')).text).toContain(id);
  const plan = await waitingPlan(estate, 'moved-dev', id);
  expect((await estate.deuteron('moved-dev', 'approval', 'approve', id, plan)).exitCode).toBe(0);
  await estate.deuteron('path-mate', 'approval', 'approve', id, plan);
  expect(await deploymentEnd(estate, id)).toMatchObject({ status: 'SUCCEEDED' });
  const { text } = await estate.deuteron('path-mate', 'approval', 'show', id);
  expect(text).toContain('given by moved-dev for dana');
});

test('everything that was decided is explained, decided again the same, and exported whole', async () => {
  const { deploymentId: id } = await estate.change('robots-dev', 'robots', { shown: 'two', topic: 'three' });
  const { text } = await estate.deuteron('robots-dev', 'why', id);
  expect(text).toContain('Approvals are wanted.');
  expect(text).toMatch(/class of the change +breaking/);
  expect(text).toContain('were the change compatible: allowed');
  const hidden = await estate.deuteron('moved-dev', 'why', id);
  expect(hidden).toMatchObject({ exitCode: 1, text: expect.stringContaining('There is no decision') });
  await estate.assign('decentralized', 'robots'); // what is in force today plays no part
  const replayed = await estate.deuteron('administrator', 'audit', 'replay');
  expect(replayed).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/^\d{2,} decisions: \d+ the same, 0 different\.$/),
  });
  expect((await estate.deuteron('robots-dev', 'audit', 'replay')).exitCode).toBe(1);

  const { text: exported } = await estate.deuteron('administrator', 'audit', 'export');
  const folder = mkdtempSync(join(tmpdir(), 'deuteron-export-'));
  const file = join(folder, 'audit.ndjson');
  writeFileSync(file, exported);
  const verified = await estate.deuteron('administrator', 'audit', 'verify', '--file', file);
  expect(verified).toMatchObject({
    exitCode: 0,
    text: expect.stringMatching(/^\d+ entries, all as written; the last/),
  });
  writeFileSync(file, exported.replace('robots-dev', 'nobody'));
  const forged = await estate.deuteron('administrator', 'audit', 'verify', '--file', file);
  expect(forged).toMatchObject({ exitCode: 1, text: expect.stringContaining('is not what was written') });
  rmSync(folder, { recursive: true });
});

function soon(): string {
  return new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
}
