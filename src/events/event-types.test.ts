import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventTypes } from './event-types.ts';

const src = join(import.meta.dirname, '..');
/** What is put together there of the kind of a template. */
const ofTemplates = eventTypes.filter((type) => / Template /.test(type));
/** Sent by one who tries his webhook, to that alone. */
const test_ = 'Deuteron Webhook Test';

test('the types are those that triggers tell of', () => {
  const schema = readFileSync(join(src, 'database', 'golden', 'schema.txt'), 'utf8');
  const told = [...schema.matchAll(/'((?:AWS Proton|Deuteron) [A-Z][A-Za-z -]+)'/g)].map(([, type]) => type);
  expect([...new Set([...told, ...ofTemplates])].sort()).toEqual([...eventTypes]);
});

test('the types are those that are documented', () => {
  const page = readFileSync(join(src, '..', 'docs', 'events.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (?:`[a-z.]+`)? ?\| ((?:AWS Proton|Deuteron) [^|]+?) \|/gm)].map(
    ([, type]) => type,
  );
  expect(rows.filter((type) => type !== test_).sort()).toEqual([...eventTypes]);
});
