import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readUsualYaml } from './read-usual-yaml.ts';
import { readAnyYaml } from './read-yaml-syntax.ts';
import type { YamlSyntax } from './yaml-syntax.ts';

const root = resolve(import.meta.dirname, '../..');

function yamlFilesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yaml'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8'));
}

const written = [...yamlFilesBelow('examples'), ...yamlFilesBelow('mutations/cases')];

/** Whatever the quick reader reads, the full one reads the same: tree, tags, texts and offsets. */
function expectAgreement(text: string): YamlSyntax | undefined {
  const usual = readUsualYaml(text);
  if (usual) expect({ text, root: usual }).toEqual({ text, ...readAnyYaml(text) });
  return usual;
}

test('files that people wrote are read the same, and nearly all of them at once', () => {
  const read = written.filter((text) => expectAgreement(text) !== undefined);
  expect(read.length).toBeGreaterThan(written.length * 0.95);
});

describe('what is read at once', () => {
  test.each([
    { name: 'maps, and a list in the column of its key', text: 'a:\n  b: c\nd:\n- e\n- f\n' },
    { name: 'a map in the line of a dash', text: '- a: 1\n  b:\n    - c\n-   d: 2\n    e: 3\n- - f\n  - g\n' },
    {
      name: 'tags before scalars, flows and blocks',
      text: 'a: !Ref B\nc: !If [d, !Ref e, {f: !Sub "g"}]\nh: !Join\n  - x\n',
    },
    { name: 'flows over lines, with comments', text: 'a: [b, # c\n  "d", {e: f,\n   "g":h},\n  ]\ni: {}\n' },
    { name: 'quotes and escapes', text: `"a b": 'it''s'\n'c': "\\"d\\" \\\\ \\n \\u00e9"\ne: "# no comment"\n` },
    { name: 'colons, dashes and hashes inside of texts', text: 'a::b: c:d#e\nf: -1\ng: --h\ni: http://j # k\n' },
    { name: 'block texts', text: 'a: |\n  b\n\n    c # d\n\n\ne: >-\n  f\n  g\nh:\n  - |-\n    i\n# j\nk: l\n' },
    { name: 'a document mark, comments and blank lines', text: '---\n# a\n\nb: c\n   # d\n\n  \ne: f' },
    { name: 'a flow as the whole document', text: '{a: [1, 2],\n"b": {c: d}}\n' },
    {
      name: 'keys that mean something elsewhere, and keys that stand twice',
      text: '<<: a\nnull: b\n1: c\na: d\na: e\n',
    },
  ])('$name', ({ text }) => {
    expect(expectAgreement(text)).toBeDefined();
  });
});

describe('what is left to the full reader', () => {
  test.each([
    { name: 'nothing', text: '' },
    { name: 'a scalar alone', text: 'a' },
    { name: 'an empty value', text: 'a:\nb: c' },
    { name: 'an empty item', text: '- a\n-\n' },
    { name: 'an empty value in a flow', text: 'a: {b: , c}' },
    { name: 'a text over lines', text: 'a: b\n  c\n' },
    { name: 'a quoted text over lines', text: 'a: "b\n  c"\n' },
    { name: 'an anchor', text: 'a: &b c' },
    { name: 'an alias', text: 'a: *b' },
    { name: 'a tag of YAML itself', text: 'a: !!str 1' },
    { name: 'a map in the value of a map', text: 'a: b: c' },
    { name: 'a pair in a list', text: 'a: [b: c]' },
    { name: 'a tab', text: 'a:\n\tb: c' },
    { name: 'another line break', text: 'a: b\r\nc: d' },
    { name: 'two documents', text: 'a: b\n---\nc: d' },
    { name: 'a flow that is not indented', text: 'a: [b,\nc]' },
    { name: 'a flow without an end', text: 'a: [b' },
    { name: 'something behind a text', text: 'a: "b" c' },
    { name: 'a line that stands nowhere', text: 'a:\n    b: c\n  d: e' },
    { name: 'an explicit key', text: '? a\n: b' },
    { name: 'a text folded over a blank line', text: 'a: >\n  b\n\n  c\n' },
    { name: 'a block text that keeps its end', text: 'a: |+\n  b\n\n' },
    { name: 'an escape of a byte', text: 'a: "\\x41"' },
    { name: 'too many brackets', text: `a: ${'['.repeat(100)}${']'.repeat(100)}` },
  ])('$name', ({ text }) => {
    expect(readUsualYaml(text)).toBeUndefined();
  });
});

const piece = fc.constantFrom(
  ...[
    'a',
    'b:',
    'c: ',
    'd',
    ' ',
    '  ',
    '\n',
    '\n',
    '\n  ',
    '\n    ',
    '- ',
    '-',
    '"e"',
    "'f'",
    '"',
    "'",
    ': ',
    ':',
    ', ',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '[g, h]',
    '{i: j}',
    '!Ref ',
    '!Sub\n',
    '!',
    '|\n',
    '|-\n',
    '>\n',
    '# k',
    ' # l',
    '<<: ',
    '1',
    '~',
  ],
  ...['---\n', '&m ', '*m', '?', '? ', '%', '@', '`', '\\n', '\\', '${n}', 'é', '😀', '\t', '\r\n', '\u00a0', '\u0085'],
);

test('texts put together from marks of YAML are read the same, or left to the full reader', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      expectAgreement(pieces.join(''));
    }),
    { numRuns: 10_000 },
  );
});

test('files with something cut out and something put in are read the same, or left to the full reader', () => {
  const short = written.filter((text) => text.length < 4_000);
  const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(6), put: piece });
  fc.assert(
    fc.property(fc.constantFrom(...short), fc.array(edit, { minLength: 1, maxLength: 3 }), (text, edits) => {
      let edited = text;
      for (const { at, cut, put } of edits) {
        const from = Math.floor(at * edited.length);
        edited = edited.slice(0, from) + put + edited.slice(from + cut);
      }
      expectAgreement(edited);
    }),
    { numRuns: 1_000 },
  );
});

/** Values, and for each a way to write it that is chosen at random. */
type Tree = string | readonly Tree[] | { readonly [key: string]: Tree };
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.stringMatching(/^[-A-Za-z0-9:#/.${}]{1,9}$/)),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[A-Za-z][-A-Za-z0-9:]{0,6}$/), tie('tree'), { maxKeys: 4 }),
  ),
}));

function writtenAs(value: Tree, indent: number, chosen: () => number): string {
  const margin = ' '.repeat(indent);
  if (typeof value === 'string') {
    const forms = [
      JSON.stringify(value),
      `'${value.replaceAll("'", "''")}'`,
      value,
      `|\n${margin} ${value}`,
      `!Sub ${value}`,
    ];
    return forms[chosen() % forms.length]!;
  }
  if (chosen() % 4 === 0) return JSON.stringify(value);
  const inner = indent + 1 + (chosen() % 3);
  const before = `\n${' '.repeat(inner)}`;
  if (Array.isArray(value)) return value.map((item) => `${before}- ${writtenAs(item, inner, chosen)}`).join('') || '[]';
  const members = Object.entries(value).map(
    ([key, member]) =>
      `${before}${chosen() % 5 === 0 ? JSON.stringify(key) : key}: ${writtenAs(member, inner, chosen)}`,
  );
  return members.join('') || '{}';
}

test('documents written in many ways are read the same, or left to the full reader', () => {
  let read = 0;
  fc.assert(
    fc.property(tree, fc.infiniteStream(fc.nat(59)), (value, choices) => {
      const text = `Root: ${writtenAs(value, 0, () => choices.next().value)}\nNext: x\n`;
      if (expectAgreement(text)) read += 1;
    }),
    { numRuns: 2_000 },
  );
  expect(read).toBeGreaterThan(200);
});
