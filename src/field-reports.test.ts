import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');

interface Row {
  readonly number: string;
  readonly files: readonly string[];
}

const rows = [...readFileSync(join(root, 'docs', 'field-reports.md'), 'utf8').matchAll(/^\| (F\d+) \|(.*)\|$/gm)].map(
  ([, number = '', cells = '']): Row => ({
    number,
    files: [...cells.matchAll(/`([^`]+\.test\.ts)`/g)].map((match) => match[1] ?? ''),
  }),
);

/** The numbers in the titles of a file's tests: after `test(` and its kin, and in the names of its cases. */
function numbersIn(path: string): Set<string> {
  const text = readFileSync(join(root, path), 'utf8');
  const titles = text.matchAll(
    /(?:\b(?:test|describe)(?:\.\w+)?\(|\]\)\(|\bcases\)\(|\b(?:name|reason):)\s*(['"`])((?:(?!\1).)*)\1/g,
  );
  return new Set([...titles].flatMap((title) => title[2]?.match(/\bF\d+\b/g) ?? []));
}

test('there are reports, in their order, none twice', () => {
  const numbers = rows.map(({ number }) => Number(number.slice(1)));
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers).toEqual([...new Set(numbers)].sort((left, right) => left - right));
});

describe('the tests that docs/field-reports.md names for a report carry its number in a title', () => {
  test.each(rows)('$number', ({ number, files }) => {
    expect(files, 'a report has a test').not.toEqual([]);
    expect(
      files.filter((path) => !existsSync(join(root, path))),
      'files that are not there',
    ).toEqual([]);
    expect(
      files.filter((path) => !numbersIn(path).has(number)),
      `files without a title that has ${number}`,
    ).toEqual([]);
  });
});

test('a report that a test tries is in the list', () => {
  const listed = new Set(rows.map(({ number }) => number));
  const tried = globSync(['src/**/*.test.ts', 'journeys/*.test.ts'], { cwd: root }).flatMap((path) =>
    [...numbersIn(path)].filter((number) => !listed.has(number)).map((number) => `${number} in ${path}`),
  );
  expect(tried, 'add a row to docs/field-reports.md').toEqual([]);
});
