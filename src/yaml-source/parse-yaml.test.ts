import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseYaml } from './parse-yaml.ts';
import { yamlAsWritten, yamlAt, yamlData } from './yaml-node.ts';

function data(text: string): unknown {
  const parsed = parseYaml(text, 'a.yaml');
  if (!parsed.ok) throw new Error(parsed.refusal.message);
  return JSON.parse(JSON.stringify(yamlData(parsed.value)));
}

describe('what is read', () => {
  test.each([
    { name: 'an empty file', text: '', value: null },
    {
      name: 'the core schema',
      text: 'a: yes\nb: true\nc: 1.5\nd: ~\ne: on',
      value: { a: 'yes', b: true, c: 1.5, d: null, e: 'on' },
    },
    {
      name: 'honest aliases',
      text: 'a: &x {k: v}\nb: [*x, *x]',
      value: { a: { k: 'v' }, b: [{ k: 'v' }, { k: 'v' }] },
    },
    {
      name: 'F5: merge: own keys win',
      text: 'a: &x {k: v, l: m}\nb: {<<: *x, k: own}',
      value: { a: { k: 'v', l: 'm' }, b: { k: 'own', l: 'm' } },
    },
    {
      name: 'F5: merge of a list: earlier maps win',
      text: 'a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc: {<<: [*x, *y]}',
      value: { a: { k: 1 }, b: { k: 2, l: 3 }, c: { k: 1, l: 3 } },
    },
    {
      name: 'an anchor given anew: each alias means the one before it',
      text: 'a: &x 1\nb: &m [*x]\nc: &x 2\nd: *m\ne: *x',
      value: { a: 1, b: [1], c: 2, d: [1], e: 2 },
    },
    {
      name: 'a quoted << is a key like any other',
      text: 'a: {"<<": 1}',
      value: { a: { '<<': 1 } },
    },
    {
      name: 'YAML 1.2, even where the file says 1.1',
      text: '%YAML 1.1\n---\na: yes\nb: 010\nc: {<<: {d: off}}',
      value: { a: 'yes', b: 10, c: { d: 'off' } },
    },
    {
      name: 'a key named like a prototype is a key',
      text: '__proto__: 1\nconstructor: 2',
      value: JSON.parse('{"__proto__": 1, "constructor": 2}'),
    },
  ])('$name', ({ text, value }) => {
    expect(data(text)).toEqual(value);
  });

  test('F4: numbers keep the characters that were written', () => {
    const parsed = parseYaml('a: 012345670123\nb: 90071992547409931234\nc: 1e10\nd: 12:30:45', 'a.yaml');
    const source = (key: string) => {
      const node = parsed.ok ? yamlAt(parsed.value, [key]) : undefined;
      return node?.kind === 'scalar' ? node.source : undefined;
    };
    expect(['a', 'b', 'c', 'd'].map(source)).toEqual(['012345670123', '90071992547409931234', '1e10', '12:30:45']);
  });
});

describe('what is refused', () => {
  const bomb = [
    'a0: &a0 {leaf: x, twig: x}',
    ...Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(8).fill(`*a${n}`).join(', ')}]`),
  ];
  test.each([
    {
      name: 'F5: duplicate keys, with both lines',
      text: 'a: 1\nb: 2\na: 3',
      code: 'yaml-duplicate-key',
      says: 'lines 1 and 3',
      line: 3,
    },
    {
      name: 'F5: two merge keys',
      text: 'x: &x {a: 1}\ny:\n  <<: *x\n  <<: *x',
      code: 'yaml-duplicate-key',
      says: 'lines 3 and 4',
      line: 4,
    },
    { name: 'broken flow', text: 'a: [1, 2\nb: 3', code: 'yaml-syntax', says: 'not valid YAML', line: 2 },
    { name: 'an alias without anchor', text: 'a: *nobody', code: 'yaml-syntax', says: 'nobody', line: 1 },
    {
      name: 'an alias inside of what it stands for',
      text: 'a: &x [1, *x]',
      code: 'yaml-syntax',
      says: 'inside of what it stands for',
      line: 1,
    },
    {
      name: 'more than one document',
      text: 'a: 1\n---\nb: 2',
      code: 'yaml-syntax',
      says: 'multiple documents; the second begins here',
      line: 2,
    },
    {
      name: 'F5: a list after << that has no maps',
      text: 'a: &x [1, 2]\nb:\n  <<: *x',
      code: 'yaml-syntax',
      says: 'needs a map, or a list of maps',
      line: 1,
    },
    {
      name: 'F3: an alias bomb',
      text: bomb.join('\n'),
      code: 'yaml-limit',
      says: 'expands to more than',
      line: undefined,
    },
    { name: 'brackets without end', text: '['.repeat(100_000), code: 'yaml-limit', says: 'nested', line: 1 },
    { name: 'dashes without end', text: '- '.repeat(50_000), code: 'yaml-limit', says: 'nested', line: 1 },
    { name: 'a file that is too large', text: 'x'.repeat(1_000_001), code: 'yaml-limit', says: 'bytes', line: 1 },
    { name: 'errors without end', text: '"'.repeat(100_000), code: 'yaml-syntax', says: 'not valid YAML', line: 1 },
  ])('$name', ({ text, code, says, line }) => {
    const parsed = parseYaml(text, 'a.yaml');
    expect(parsed).toMatchObject({
      ok: false,
      refusal: { code, position: { file: 'a.yaml', ...(line ? { line } : {}) } },
    });
    expect(parsed.ok || parsed.refusal.message).toContain(says);
  });

  // the parser comes to the end of its stack, of some texts without saying so
  test.each([1_000, 1_500, 2_000, 3_000, 5_000, 10_000])('%i question marks', (count) => {
    const parsed = parseYaml(`a: x\n${'? '.repeat(count)}`, 'a.yaml');
    expect(parsed).toMatchObject({ ok: false, refusal: { code: 'yaml-limit', position: { file: 'a.yaml' } } });
  });

  test('F3: 200 honest aliases to one small map are accepted', () => {
    const text = `tags: &tags {team: x, cost: y}\n${Array.from({ length: 200 }, (_, n) => `r${n}: {tags: *tags}`).join('\n')}`;
    expect(parseYaml(text, 'a.yaml').ok).toBe(true);
  });
});

test('whatever the text, the answer is a tree or a refusal with a position in the file', () => {
  const piece = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '&x',
    '*x',
    '<<',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '|',
    '>',
    '#',
    '!t',
    '%',
    '\t',
    '?',
    '---',
    '...',
    '0',
    'é',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const parsed = parseYaml(pieces.join(''), 'a.yaml');
      if (!parsed.ok) expect(parsed.refusal.position.line).toBeGreaterThan(0);
    }),
    { numRuns: 500 },
  );
});

test.each([
  {
    name: 'other spacing, order of keys, comments',
    left: '{a: 1, b: [x]}',
    right: 'b:\n- "x" # same\na: 1',
    same: true,
  },
  { name: 'F4: a number in other characters', left: 'a: 012345670123', right: 'a: 12345670123', same: false },
  { name: 'a number and a text', left: 'a: 80', right: 'a: "80"', same: false },
])('compared as written: $name', ({ left, right, same }) => {
  const [one, other] = [left, right].map((text) => parseYaml(text, 'a.yaml'));
  const asWritten = (parsed: typeof one) => parsed?.ok && yamlAsWritten(parsed.value);
  if (same) expect(asWritten(one)).toEqual(asWritten(other));
  else expect(asWritten(one)).not.toEqual(asWritten(other));
});
