import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { auditInsert } from './audit-store.ts';
import { exportAudit } from './export-audit.ts';
import { verifyExport } from './verify-export.ts';

let database: Database;
let lines: string[];
beforeAll(async () => {
  database = await testDatabase();
  const texts = [
    'plain',
    'quotes " and \\ slashes /',
    'tab\t line\n bell\u0007 del\u007f',
    'ünïcödé 漢字 😀',
    '\u2028',
  ];
  for (const [index, target] of texts.entries()) {
    const attempt = { principal: 'ana', verb: 'test:Do', target, requestId: `r-${index}` };
    await auditInsert(database.db, attempt, index % 2 ? { outcome: 'refused', code: 'no' } : { outcome: 'accepted' });
  }
  lines = [];
  for await (const entry of exportAudit(database.db)) lines.push(JSON.stringify(entry));
});
afterAll(() => database.close());

async function* each(given: readonly string[]) {
  yield* given;
}

test('an export is found whole, whatever its texts are', async () => {
  const verdict = await verifyExport(each([...lines, '']));
  expect(verdict).toEqual({ entries: lines.length, lastHash: JSON.parse(lines.at(-1) ?? '').hash });
  expect(lines).toHaveLength(5);
});

test.each([
  ['changed', () => lines.map((line, index) => (index === 2 ? line.replace('ana', 'eve') : line)), 3],
  ['left out', () => lines.filter((_, index) => index !== 1), 2],
  ['cut off at the beginning', () => lines.slice(1), 1],
  ['put in another order', () => [lines[1] ?? '', lines[0] ?? ''], 1],
  ['no JSON', () => [...lines, 'x'], 6],
  ['of another shape', () => ['null'], 1],
] as const)('%s: the line is found', async (_, given, brokenAt) => {
  expect(await verifyExport(each(given()))).toMatchObject({ brokenAt });
});
