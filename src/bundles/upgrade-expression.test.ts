import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileExpression, type ExpressionSight } from './upgrade-expression.ts';

const sight: ExpressionSight = {
  input: { MinSize: '3', cpu: 2048, ratio: 2, tags: ['a', 'b'], database: { size: 20 }, on: true },
  instance: { name: 'live', environment: 'production', service: 'orders' },
  env: { name: 'production', outputs: { VpcId: 'vpc-1' } },
};

function compiled(text: string) {
  const expression = compileExpression(text);
  if (!expression.ok) throw new Error(expression.problem.message);
  return expression.value;
}

describe('what an expression gives', () => {
  test.each([
    { text: 'int(input.MinSize)', value: 3 },
    { text: "input.cpu > 1024 ? 'large' : 'small'", value: 'large' },
    { text: 'input["database"].size + 1', value: 21 },
    {
      text: 'input.tags.map(tag, {"name": tag, "count": 1})',
      value: [
        { name: 'a', count: 1 },
        { name: 'b', count: 1 },
      ],
    },
    { text: 'input.tags.join(",")', value: 'a,b' },
    { text: 'has(input.absent) ? 1 : 2', value: 2 },
    { text: 'instance.name + "." + instance.environment', value: 'live.production' },
    { text: 'env.outputs.VpcId', value: 'vpc-1' },
    { text: 'string(input.cpu)', value: '2048' },
    { text: 'null', value: null },
  ])('$text', ({ text, value }) => {
    expect(compiled(text).evaluate(sight)).toEqual({ ok: true, value });
  });

  test('a whole number is one with a fraction where the schema says number', () => {
    const schema = { properties: { ratio: { type: 'number' } } } as const;
    expect(compiled('input.ratio * 1.5').evaluate(sight, schema)).toEqual({ ok: true, value: 3 });
    expect(compiled('input.ratio * 1.5').evaluate(sight)).toMatchObject({ refusal: { code: 'expression-failed' } });
  });

  test.each([
    { text: 'input.absent', reason: 'a member that is not there' },
    { text: 'int("many")', reason: 'a text that is no number' },
    { text: '9007199254740993', reason: 'a number that cannot be kept' },
    { text: 'input.cpu / 0', reason: 'a division by zero' },
    { text: '1.0 / 0.0', reason: 'infinity' },
    { text: 'type(1)', reason: 'no value of inputs' },
    { text: 'input.constructor', reason: 'a member of a prototype' },
    { text: 'input.__proto__', reason: 'a prototype' },
  ])('$text is refused: $reason', ({ text }) => {
    expect(compiled(text).evaluate(sight)).toMatchObject({ ok: false, refusal: { code: 'expression-failed' } });
  });
});

describe('what is no expression', () => {
  test.each([
    { text: '1 +', said: 'character 4' },
    { text: 'inptu.x', said: 'inptu' },
    { text: 'now()', said: 'calls now' },
    { text: "timestamp('2024-01-01T00:00:00Z').getHours()", said: 'calls getHours' },
    { text: "input.a.matches('(a+)+$')", said: 'calls matches' },
    { text: 'cel.bind(a, input.x, a + a)', said: 'calls bind' },
    { text: "b'abc'", said: 'bytes' },
    { text: '1u', said: 'unsigned' },
    { text: '1 + "a"', said: 'no CEL' },
    { text: `${'('.repeat(60)}1${')'.repeat(60)}`, said: 'no CEL' },
    { text: `input.a == "${'a'.repeat(3_000)}"`, said: 'characters' },
  ])('$text', ({ text, said }) => {
    const expression = compileExpression(text);
    expect(expression).toMatchObject({ ok: false });
    expect(expression.ok || expression.problem.message).toContain(said);
  });
});

test.each([
  { text: 'input.a + input.b.c', reads: [['a'], ['b', 'c']], readsAll: false },
  { text: 'has(input.a) ? input["b"] : 1', reads: [['b']], readsAll: false },
  { text: 'input.list.exists(x, x.y == input.z)', reads: [['list'], ['z']], readsAll: false },
  { text: 'input[input.name]', reads: [['name']], readsAll: true },
  { text: 'size(input)', reads: [], readsAll: true },
  { text: 'input.list[0].port', reads: [['list', '0', 'port']], readsAll: false },
  { text: 'env.name', reads: [], readsAll: false },
])('$text reads $reads', ({ text, reads, readsAll }) => {
  expect(compiled(text)).toMatchObject({ reads, readsAll });
});

describe('cost', () => {
  const list = Array.from({ length: 3_000 }, (_, index) => `item-${index}`);
  const large: ExpressionSight = { ...sight, input: { list } };

  test('a list inside of a list is refused before it is evaluated', () => {
    const text = 'input.list.map(a, input.list.map(b, input.list.map(c, a + b + c)))';
    expect(compiled(text).evaluate(large)).toMatchObject({ ok: false, refusal: { code: 'expression-too-costly' } });
    expect(compiled(text).evaluate({ ...large, input: { list: ['x'] } })).toMatchObject({ ok: true });
  });

  test('texts that double are refused', () => {
    const doubled = Array.from({ length: 9 }).reduce<string>(
      (inner) => `[${inner}].map(x, x + x)[0]`,
      "'xxxxxxxxxxxxxxxxxxxx'",
    );
    const many = `input.list.map(y, ${doubled})`;
    expect(compiled(many).evaluate(large)).toMatchObject({ ok: false, refusal: { code: 'expression-too-costly' } });
  });
});

test('the same inputs give the same, and never an exception', () => {
  const operators = fc.constantFrom('+', '-', '*', '/', '%', '==', '<', '&&', '||', 'in');
  const atoms = fc.constantFrom(
    'input.cpu',
    'input.MinSize',
    'input.tags',
    'input.on',
    '1',
    '1.5',
    '"a"',
    'null',
    '[1]',
    'input.nope',
  );
  const text = fc.tuple(atoms, operators, atoms, operators, atoms).map((parts) => parts.join(' '));
  fc.assert(
    fc.property(text, (source) => {
      const [one, two] = [compileExpression(source), compileExpression(source)];
      expect(one.ok).toBe(two.ok);
      if (one.ok && two.ok) expect(one.value.evaluate(sight)).toEqual(two.value.evaluate(sight));
    }),
  );
});
