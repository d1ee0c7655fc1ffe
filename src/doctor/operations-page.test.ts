import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findingCodes } from './finding.ts';

test('docs/operations.md explains every finding, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
  const table = page.slice(page.indexOf('| finding |'));
  const rows = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map((match) => match[1]);
  expect(rows.sort()).toEqual(Object.keys(findingCodes).sort());
});
