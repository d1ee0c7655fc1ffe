import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import { createLog } from '../../log/index.ts';
import { findTeamsOfGroups } from './teams-of-groups.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const teamsOfGroups = { sre: ['administrators', 'gone'], ops: ['gone', 'former'], others: ['never'] };

test.each([
  { groups: undefined, teams: ['administrators'], missing: ['former of ops', 'gone of sre,ops', 'never of others'] },
  { groups: ['sre', 'unknown', 'constructor'], teams: ['administrators'], missing: ['gone of sre'] },
  { groups: [], teams: [], missing: [] },
])('teams that are not there are told: of $groups', async ({ groups, teams, missing }) => {
  const lines: { level: number; groups: string[]; team: string }[] = [];
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line)) });
  const found = await findTeamsOfGroups({ db: database.db, log }, { teamsOfGroups }, groups);
  expect(found).toEqual(teams);
  expect(lines.map(({ team, groups: of }) => `${team} of ${of}`)).toEqual(missing);
  expect(lines.every(({ level }) => level === 40)).toBe(true);
});
