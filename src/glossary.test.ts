import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const glossary = readFileSync(join(root, 'docs', 'glossary.md'), 'utf8');
const rows = [...glossary.matchAll(/^\| (?!word \|)([^|-][^|]*) \| ([^|]+) \| ?([^|]*)\|$/gm)].map(
  ([, word = '', meaning = '', where = '']) => ({ word, meaning, where: where.trim() }),
);

test('no word is explained twice', () => {
  const words = rows.flatMap(({ word }) => word.split(', '));
  expect(words.length).toBeGreaterThan(0);
  expect(words).toEqual([...new Set(words)]);
});

test('what the glossary finds in the code is exported there', () => {
  const named = rows.flatMap(({ word, where }) => {
    const [, name = '', path = ''] = /^`(\w+)` in `([^`]+)`/.exec(where) ?? [];
    return name ? [{ word, name, path }] : [];
  });
  expect(named.length).toBeGreaterThan(0);
  const missing = named.filter(({ name, path }) => {
    if (!existsSync(join(root, path))) return true;
    const text = readFileSync(join(root, path), 'utf8');
    return !new RegExp(`export (?:async )?(?:type|interface|class|function|const) ${name}\\b`).test(text);
  });
  expect(missing).toEqual([]);
});
