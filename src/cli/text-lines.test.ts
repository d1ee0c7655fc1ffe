import { expect, test } from 'vitest';
import { textLines } from './text-lines.ts';

async function* pieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

const entries = ['{"target":"a\u2028b\u2029c\u0085d"}', '', '{"target":"é𐍈"}'];

test.each([1, 3, 1000])('lines end at line feeds alone, wherever the pieces of %i bytes end', async (size) => {
  for (const text of [entries.join('\n'), `${entries.join('\n')}\n`]) {
    expect(await all(textLines(pieces(text, size), { unended: 'taken' }))).toEqual(entries);
  }
});

test('a line that was cut off is left out where it would be no line', async () => {
  const given = textLines(pieces('{}\n{"cut', 4), { unended: 'left-out' });
  expect(await all(given)).toEqual(['{}']);
});

test('nothing has no lines', async () => {
  expect(await all(textLines(pieces('', 1), { unended: 'taken' }))).toEqual([]);
});
