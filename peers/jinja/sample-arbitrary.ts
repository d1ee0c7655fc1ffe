import fc, { type Arbitrary } from 'fast-check';
import { entries } from './entries.ts';
import { expressions, fill, pick } from './expression-arbitrary.ts';
import type { Sample } from './jinja-peer.ts';

/** Templates of every statement, with what they are given. */

const { any, flag, list } = expressions;
const variables = pick('a', 'b', 'c', 'x');
const macros = pick('m', 'k');
const targets = fc.oneof(variables, fill('$, $', variables, variables), fill('($, $)', variables, variables));
const data = pick(
  't',
  ' ',
  '\n',
  ' \n ',
  'some text ',
  '<p>',
  '{.',
  '}',
  '\n\n',
  '# c\n',
  '%',
  'é',
  '\t',
  '{ {.',
  "'",
  '#}',
  '\r\n',
);
const open = pick('{%', '{%', '{%', '{%-', '{%+');
const close = pick('%}', '%}', '%}', '-%}', '+%}');

/** `{% text %}`, with and without white space control. */
const tag = (inside: string, ...parts: readonly Arbitrary<string>[]) => fill(`$ ${inside} $`, open, ...parts, close);
const join = (...parts: readonly Arbitrary<string>[]) => fc.tuple(...parts).map((each) => each.join(''));

const output = fc.oneof(
  fill('{{ $ }}', any),
  fill('{{$ $ $}}', pick('-', '+', ''), any, pick('-', '')),
  fill('{{ $, $ }}', any, any),
);

const simple = fc.oneof(
  { weight: 4, arbitrary: data },
  { weight: 6, arbitrary: output },
  { weight: 2, arbitrary: tag('set $ = $', variables, any) },
  { weight: 1, arbitrary: tag('set $ = $', targets, fill('$, $', any, any)) },
  { weight: 1, arbitrary: tag('set ns.$ = $', pick('p', 'q'), any) },
  { weight: 1, arbitrary: tag('print $, $', any, any) },
  { weight: 1, arbitrary: fill('$ raw $${{ x }}{% y %}$ endraw $', open, pick('%}', '-%}'), data, open, close) },
  { weight: 1, arbitrary: fill('{#$ comment {{ x }} $#}', pick('', '-', '+'), pick('', '-', '+')) },
  {
    weight: 2,
    arbitrary: fill('{{ $($) }}', macros, pick('', '1', '1, 2', 'x=3', 'n, y=s', '1, 2, 3, z=4', '*xs', '**{"x": 1}')),
  },
  {
    weight: 1,
    arbitrary: tag(
      'include $$',
      pick(...entries('"part"; "part"; "part"; ["none", "part"]; "macros"; "macros"; "macros"; "none"; "bad"')),
      pick('', ' ignore missing', ' with context', ' ignore missing with context'),
    ),
  },
  {
    weight: 1,
    arbitrary: join(
      tag('import "macros" as $$', pick('a', 'a', 'x'), pick('', ' with context', ' without context')),
      fill('{{ $ }}', pick(...entries('a.one(1); a.one("p", q=1); a.two; a; a._hidden; a.three; x.two'))),
    ),
  },
  {
    weight: 1,
    arbitrary: join(
      tag(
        'from "macros" import $$',
        pick('one', 'one as a, two as b', 'zero as x', 'two, one as m'),
        pick('', ' with context'),
      ),
      fill('{{ $ }}', pick(...entries('one(2); one is defined; a; x; m(n); two is defined'))),
    ),
  },
);

type Statements = Record<'statement' | 'body', string>;

const statements = fc.letrec<Statements>((tie) => {
  const body = tie('body');
  return {
    body: fc
      .array(tie('statement'), { maxLength: 4, depthIdentifier: 'body', size: 'small' })
      .map((each) => each.join('')),
    statement: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 22, arbitrary: simple },
      { weight: 1, arbitrary: join(tag('if $', flag), body, tag('endif')) },
      {
        weight: 2,
        arbitrary: join(tag('if $', flag), body, tag('elif $', any), body, tag('else'), body, tag('endif')),
      },
      { weight: 2, arbitrary: join(tag('for $ in $', variables, list), body, tag('endfor')) },
      {
        weight: 1,
        arbitrary: join(
          tag(
            'for $ in $',
            fc.oneof(fill('$, $', variables, variables), fill('($, $)', variables, variables)),
            pick(...entries('d.items(); [[1, 2], [3, 4]]; ds|groupby("a"); d|dictsort; d|items; xs; ys; nest.items()')),
          ),
          body,
          tag('endfor'),
        ),
      },
      {
        weight: 1,
        arbitrary: join(tag('for $ in $ if $', variables, list, flag), body, tag('else'), body, tag('endfor')),
      },
      {
        weight: 1,
        arbitrary: join(
          tag('for x in $ recursive', pick('[[1, [2]], [3]]', 'nest.l', '[]')),
          body,
          fill('{{ $ }}', pick('loop(x) if x is sequence else x', 'loop.depth', 'loop(x)', 'loop.depth0')),
          body,
          tag('endfor'),
        ),
      },
      {
        weight: 1,
        arbitrary: join(
          tag('set $$', variables, pick('', ' | upper', ' | trim | length', ' | replace("t", "s")')),
          body,
          tag('endset'),
        ),
      },
      { weight: 1, arbitrary: join(tag('with $ = $', variables, any), body, tag('endwith')) },
      { weight: 1, arbitrary: join(tag('with $ = $, $ = $', variables, any, variables, any), body, tag('endwith')) },
      {
        weight: 2,
        arbitrary: join(
          tag('macro $($)', macros, pick('', 'x', 'x, y=1', 'a=x, x=2', 'x, caller=none')),
          body,
          pick(
            '',
            '{{ varargs }}',
            '{{ kwargs }}',
            '{{ caller() }}',
            '{{ caller(x) }}',
            '{{ x }}{{ y }}',
            '{{ m.name }}{{ m.arguments }}{{ m.catch_kwargs }}{{ m.caller }}',
          ),
          tag('endmacro'),
        ),
      },
      {
        weight: 1,
        arbitrary: join(
          tag('call$ $($)', pick('', '(x)', '(x, y=2)'), macros, pick('', '1', 'x=2')),
          body,
          tag('endcall'),
        ),
      },
      {
        weight: 1,
        arbitrary: join(
          tag(
            'filter $',
            pick(
              ...entries('upper; trim; replace("t", "T")|title; indent(2); e; length; truncate(5, true); wordcount'),
            ),
          ),
          body,
          tag('endfilter'),
        ),
      },
      { weight: 1, arbitrary: join(tag('autoescape $', pick('true', 'true', 'false')), body, tag('endautoescape')) },
    ),
  };
});

/** What stands outside of everything else. */
const outermost = fc.oneof(
  { weight: 40, arbitrary: statements.statement },
  {
    weight: 2,
    arbitrary: join(
      tag('block $$', pick(...entries('one; two; three; four; b1; b2; b3; b4; b5; b6')), pick('', ' scoped', '')),
      statements.body,
      tag('endblock'),
    ),
  },
  {
    weight: 1,
    arbitrary: join(
      tag('block $$', pick('two', 'five', 'six'), pick('', ' scoped')),
      statements.body,
      fill('{{ $ }}', pick('super()', 'self.one()', 'super.super()', 'n', 'n', 'super is defined')),
      tag('endblock'),
    ),
  },
  {
    weight: 1,
    arbitrary: fill('{% block $ required %} {% endblock $ %}', pick('one', 'seven'), pick('', 'one')),
  },
  // inside of anything that collects output, Jinja makes a generator of it, which it then cannot print
  { weight: 1, arbitrary: tag('include $ without context', pick('"part"', '"macros"', '"none"')) },
  { weight: 1, arbitrary: fill('{% if $ %}{% extends "base" %}{% endif %}', flag) },
  { weight: 1, arbitrary: tag('extends $', pick('"base"', '"part"', '"none"')) },
);

/** What is no template. */
const wrong = fc.oneof(
  tag(
    '$',
    pick(
      ...entries('endif; else; nonsense; set; for x in; if; set a.b = 1; set 1 = 2; block 1; import "macros"; extends'),
    ),
  ),
  fill('{{ $ $ }}', any, any),
  fill(
    '{{ $ }}',
    pick(
      '',
      ...entries(`
        ); (1; 1 +; a b; a|; a is; a is nosuch; a|nosuch; {1; [1,; "; 'a; a[; a.; f(a=1, 2); **a; @; a is odd is even; not;
        a if; 1_; 1.; a..b
      `),
    ),
  ),
  pick(
    ...entries(`
      {#; {% raw %}; {{; {%; {% if 1 %}; {% for loop in xs %}{% endfor %}; {% macro m(a, a) %}{% endmacro %};
      {% block a-b %}{% endblock %}
    `),
  ),
);

const setUp = '{% set ns = namespace(p=1, q="z") %}{% set a, b = 1, "b" %}{% set c = [1, "c"] %}{% set x = {"a": 1} %}';
const macroSetUp =
  '{% macro m(x=0, y="Y") %}[{{ x }}|{{ y }}{{ varargs }}{{ kwargs }}]{% endmacro %}' +
  '{% macro k() %}{{ varargs }}{{ kwargs }}{{ caller is defined }}{% endmacro %}';

const start = join(
  pick('', '', '', '', '', '{% extends "base" %}'),
  pick(setUp, setUp, setUp, setUp, '{% set ns = namespace() %}{% set a = "A" %}{% set x = 2 %}', ''),
  pick(macroSetUp, macroSetUp, macroSetUp, ''),
);

const whole = fc.array(outermost, { maxLength: 8, size: 'medium' }).map((each) => each.join(''));
const body = fc.oneof({ weight: 20, arbitrary: whole }, { weight: 1, arbitrary: join(whole, wrong, whole) });

const oddText = fc.oneof(
  pick(
    '',
    'a',
    'Abc',
    'x y  z',
    'a,b',
    '<i>',
    "it's",
    '"q"',
    'é',
    '🚦',
    '{{ 7*7 }}',
    'line\nend',
    '12',
    ' 3 ',
    '%d',
    'ǆ',
    'ΑΣ',
  ),
  fc.string({ maxLength: 6 }),
);

/** No float has an integral value: JSON does not tell it from an int. */
const context = fc.record({
  n: fc.integer({ min: -3, max: 12 }),
  f: fc.constantFrom(0.5, -1.25, 2.75, 1e-7, 1234567.5),
  s: oddText,
  t: oddText,
  flag: fc.boolean(),
  nothing: fc.constant(null),
  xs: fc.array(fc.integer({ min: -2, max: 9 }), { maxLength: 4 }),
  ys: fc.array(oddText, { maxLength: 3 }),
  d: fc.record({ a: fc.integer({ min: 0, max: 4 }), b: oddText }),
  ds: fc.array(fc.record({ a: fc.integer({ min: 0, max: 3 }), b: oddText }), { minLength: 2, maxLength: 4 }),
  nest: fc.constant({ a: { b: [1, { c: 'deep' }] }, l: [[1], [2, [3]]], d: { e: 'E' } }),
});

const files = {
  macros:
    '{% macro one(x, q=2) %}<{{ x }}{{ q }}{{ n is defined }}>{% endmacro %}' +
    '{% set two = 22 %}{% set _hidden = 1 %}text',
  base: 'base[{% block one %}1{{ a }}{% endblock %}|{% block two scoped %}2{% endblock %}]{{ x is defined }}',
  bad: '{% if %}',
};

export const sampleArbitrary: Arbitrary<Sample> = fc
  .record({ start, body, part: statements.body, context })
  .map((sample) => ({
    template: sample.start + sample.body,
    context: sample.context,
    files: { ...files, part: sample.part },
  }));
