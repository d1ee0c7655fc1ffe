import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import type { Principal } from '../../organization/index.ts';
import { placementUpsert } from '../../organization/placements/placement-store.ts';
import {
  accepted,
  arnOf,
  givenMember,
  givenPrincipal,
  installation,
  now,
} from '../../organization/testing/organization-world.ts';
import { builtInRails } from '../built-in-rails.ts';
import { requestException } from '../exceptions/request-exception.ts';
import type { GuardRailTools } from '../guard-rail-tools.ts';
import { setGuardRail } from '../set-guard-rail.ts';
import { applyGuardRails, planGuardRails } from './apply-document.ts';

let database: Database;
let tools: GuardRailTools;
let ana: Principal;
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  tools = { db, clock: { now: () => now }, timeZone: 'UTC', installation, rails: builtInRails };
  ana = { id: await givenPrincipal(db, 'ana'), name: 'ana', kind: 'person' };
  await givenMember(db, 'administrators', ana.id);
});
afterAll(() => database.close());

const document = (lines: string, prune: boolean) => ({ document: `guardRails:\n${lines}`, file: 'rails.yaml', prune });
const set = (rail: string, effect: 'off' | 'block', scope = 'organization') =>
  setGuardRail(tools, ana, { rail, scope, effect, strict: false, parameters: {} });

test('what is switched off for all is listed, and pruning brings back what is usual', async () => {
  const usual = builtInRails.find(({ warnsByDefault }) => warnsByDefault)?.id ?? '';
  accepted(await set(usual, 'off'));
  expect(accepted(await planGuardRails(tools, document('', false))).left).toEqual([
    `guard rail ${usual} in organization: off`,
  ]);
  const by = { principal: ana, requestId: 'r' };
  const pruned = accepted(await applyGuardRails(tools, by, document('', true)));
  expect(pruned.changes).toEqual([{ sign: '+', text: `guard rail ${usual} in organization: warn (was off)` }]);
  expect(accepted(await planGuardRails(tools, document('', true)))).toMatchObject({ changes: [], left: [] });
});

test('all that is wrong in a file is told at once', async () => {
  const planned = await planGuardRails(
    tools,
    document('  organization:\n    no-rail: warn\n    required-tags: loud', false),
  );
  expect(planned).toMatchObject({ refusal: { position: { line: 3 }, remedy: 'Correct all of them.' } });
  expect(planned.ok || planned.refusal.message).toContain('rails.yaml:4:20: required-tags is');
});

test('a scope that could never hold is refused, and a template may be called by its short name', async () => {
  const worker = arnOf('service-template/worker');
  await placementUpsert(database.db, { arn: worker, kind: 'service-template', labels: {} }, now);
  expect(await set('no-data-loss', 'block', 'organization/account:12')).toMatchObject({
    refusal: { code: 'scope-wrong', remedy: 'Write its twelve digits.' },
  });
  const planned = await planGuardRails(tools, document('  organization/template:worker: {no-data-loss: block}', false));
  expect(planned).toMatchObject({ refusal: { code: 'scope-wrong', position: { line: 2 } } });
  const short = accepted(await set('no-data-loss', 'block', 'organization/template:service-template/worker'));
  expect(short?.scope).toBe(`organization/template:${worker}`);
});

test('one exception is asked for at a time', async () => {
  const targetArn = arnOf('environment/prod');
  await placementUpsert(database.db, { arn: targetArn, kind: 'environment', labels: {} }, now);
  const asked = { targetArn, rail: 'no-data-loss', reason: 'a trial' };
  const { id } = accepted(await requestException(tools, ana, asked));
  expect(await requestException(tools, ana, asked)).toMatchObject({
    refusal: { code: 'exception-asked', message: expect.stringContaining(id) },
  });
  accepted(await requestException(tools, ana, { ...asked, rail: 'required-tags' }));
});
