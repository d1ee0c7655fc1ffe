import { describe, expect, test } from 'vitest';
import { namesRead, originIn, parseTemplate, renderTemplate } from './index.ts';

function render(text: string, context: Record<string, unknown> = {}, options = {}): string {
  const template = parseTemplate(text, 't.yaml');
  if (!template.ok) throw new Error(template.refusal.message);
  const rendered = renderTemplate(template.value, context, options);
  if (!rendered.ok) throw new Error(rendered.refusal.message);
  return rendered.value.text;
}

function refusal(text: string, context: Record<string, unknown> = {}, options = {}) {
  const template = parseTemplate(text, 't.yaml');
  const result = template.ok ? renderTemplate(template.value, context, options) : template;
  if (result.ok) throw new Error(`rendered: ${result.value.text.slice(0, 200)}`);
  return result.refusal;
}

describe('statements', () => {
  test.each([
    [
      'for, loop and else',
      '{% for x in [1, 2] %}{{ loop.index }}/{{ loop.length }}{{ x }}{% if not loop.last %},{% endif %}{% else %}none{% endfor %}{% for x in [] %}{% else %}none{% endfor %}',
      '1/21,2/22none',
    ],
    [
      'for with a filter',
      '{% for x in range(6) if x is odd %}{{ x }}{{ loop.last }} {% endfor %}',
      '1False 3False 5True ',
    ],
    ['for with unpacking', '{% for k, v in {"a": 1, "b": 2}.items() %}{{ k }}={{ v }};{% endfor %}', 'a=1;b=2;'],
    [
      'a recursive loop',
      '{% for x in [{"n": 1, "c": [{"n": 2, "c": []}]}] recursive %}{{ x.n }}({{ loop(x.c) }}){% endfor %}',
      '1(2())',
    ],
    ['a set inside a loop stays there', '{% set a = 1 %}{% for x in [1] %}{% set a = 2 %}{% endfor %}{{ a }}', '1'],
    ['a set inside an if goes on', '{% if true %}{% set a = 2 %}{% endif %}{{ a }}', '2'],
    [
      'a namespace',
      '{% set n = namespace(x=0) %}{% for i in [1, 2, 3] %}{% set n.x = n.x + i %}{% endfor %}{{ n.x }}',
      '6',
    ],
    ['a set block with a filter', '{% set a | upper %}abc{% endset %}{{ a }}', 'ABC'],
    ['tuple unpacking', "{% set a, b = 'x=y'.split('=') %}{{ b }}{{ a }}", 'yx'],
    [
      'a macro with defaults, varargs and kwargs',
      '{% macro m(a, b=2) %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1) }}{{ m(1, 3, 4, c=5) }}',
      "12(){}13(4,){'c': 5}",
    ],
    [
      'call with arguments',
      '{% macro m() %}[{{ caller(7) }}]{% endmacro %}{% call(x) m() %}{{ x }}!{% endcall %}',
      '[7!]',
    ],
    ['filter block', '{% filter upper | replace("A", "b") %}a{% endfilter %}', 'b'],
    ['with', '{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}', '3'],
    ['raw', '{% raw %}{{ x }}{% endraw %}', '{{ x }}'],
    ['comments', 'a{# {{ x }} #}b', 'ab'],
    ['white space control', 'a  {%- if true -%}  b  {%- endif -%}  c', 'abc'],
    ['one trailing newline is dropped, CRLF becomes LF', 'a\r\nb\r\n\n', 'a\nb\n'],
  ])('%s', (_, text, expected) => {
    expect(render(text)).toBe(expected);
  });

  test('include, import and inheritance, among the files of one bundle', () => {
    const files: Record<string, string> = {
      'part.j2': 'part {{ x }}',
      'macros.j2': '{% macro hi(n) %}hi {{ n }}{% endmacro %}{% set one = 1 %}',
      'base.j2': '<{% block a %}base{% endblock %}|{% block b %}b{% endblock %}>',
    };
    const load = (name: string) => files[name];
    expect(render("{% include 'part.j2' %}", { x: 1 }, { load })).toBe('part 1');
    expect(render("{% include 'no.j2' ignore missing %}ok", {}, { load })).toBe('ok');
    expect(render("{% import 'macros.j2' as m %}{{ m.hi('x') }}{{ m.one }}", {}, { load })).toBe('hi x1');
    expect(render("{% from 'macros.j2' import hi as hello %}{{ hello('y') }}", {}, { load })).toBe('hi y');
    expect(render("{% extends 'base.j2' %}{% block a %}[{{ super() }}]{% endblock %}", {}, { load })).toBe(
      '<[base]|b>',
    );
  });
});

describe('expressions print as in Python', () => {
  test.each([
    [
      '{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 4 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }}',
      '3 -4 2 3.5 2.0 1024 0.5',
    ],
    [
      '{{ 1e16 }} {{ 1.0 }} {{ 0.1 + 0.2 }} {{ 1e-5 }} {{ 123456789012345678901234567890 }}',
      '1e+16 1.0 0.30000000000000004 1e-05 123456789012345678901234567890',
    ],
    [
      '{{ true }} {{ none }} {{ [1, "a", 1.5, none] }} {{ (1,) }} {{ {"a": true} }}',
      "True None [1, 'a', 1.5, None] (1,) {'a': True}",
    ],
    ['{{ "it\'s" ~ 1 ~ true }} {{ ["it\'s"] }}', 'it\'s1True ["it\'s"]'],
    ['{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ "a" in "abc" }} {{ 3 not in [1, 2] }}', 'True False True True'],
    ['{{ "abcdef"[1:4] }} {{ "abcdef"[::-1] }} {{ [1, 2, 3][-1] }} {{ "🚦é"|length }}', 'bcd fedcba 3 2'],
    ['{{ "a" if false else "b" }} {{ not true or true and false }}', 'b False'],
    ['{{ "a" "b" }} {{ "%s-%05.1f" % ("x", 3.14159) }} {{ "{0}-{b:>4}".format(1, b=2) }}', 'ab x-003.1 1-   2'],
    ['{{ 1 == 1.0 == true }} {{ {1: "a"}[true] }}', 'True a'],
    [
      '{{ "a,b".split(",") }} {{ "x".join(["1", "2"]) }} {{ " a ".strip() }}|{{ "ab".center(5, "*") }}',
      "['a', 'b'] 1x2 a|**ab*",
    ],
    ['{{ {"b": 1, "a": "<\'&>"} | tojson }}', '{"a": "\\u003c\\u0027\\u0026\\u003e", "b": 1}'],
    [
      '{{ "a b c d e f g"|truncate(9, true, "zzz", 0) }} {{ "x"|default("y") }} {{ missing|default("y") }}',
      'a b c zzz x y',
    ],
    ['{{ [3, 1, 2]|sort|join(",") }} {{ [1, 2, 3]|sum }} {{ ["a", "B"]|map("upper")|list }}', "1,2,3 6 ['A', 'B']"],
    [
      '{{ [{"a": 1}, {"a": 2}]|selectattr("a", "gt", 1)|list }} {{ 42.5|round }} {{ "42"|int + 1 }}',
      "[{'a': 2}] 42.0 43",
    ],
    ['{{ x is defined }} {{ x is undefined }} {{ 4 is divisibleby 2 }} {{ "a" is string }}', 'False True True True'],
  ])('%s', (text, expected) => {
    expect(render(text)).toBe(expected);
  });
});

describe('F7: what does not exist fails before anything is deployed', () => {
  const context = {
    service_instance: { inputs: { port: 80 } },
    environment: { outputs: { ClusterName: 'c' } },
    service: { name: 's' },
  };
  test.each([
    {
      text: 'A: b\nB: {{ service_instance.inputs.prot }}',
      line: 2,
      column: 7,
      says: 'service_instance.inputs.prot',
      means: 'service_instance.inputs.port',
    },
    {
      text: 'B: {{ environment.outputs.ClusterArn }}',
      line: 1,
      column: 7,
      says: 'environment.outputs.ClusterArn',
      means: 'environment.outputs.ClusterName',
    },
    { text: 'C: {{ servce.name }}', line: 1, column: 7, says: "'servce' is undefined", means: 'service' },
    {
      text: 'D: {{ environment.outputs.Vpc }}',
      line: 1,
      column: 7,
      says: 'environment.outputs.Vpc',
      means: 'There is environment.outputs.ClusterName. Otherwise:',
    },
  ])('$says', ({ text, line, column, says, means }) => {
    const refused = refusal(text, context);
    expect(refused).toMatchObject({ code: 'template-undefined', position: { file: 't.yaml', line, column } });
    expect(refused.message).toContain(says);
    expect(refused.remedy).toContain(means);
  });

  test('default() and is defined still work', () => {
    const text =
      'D: {{ service_instance.inputs.extra | default("none") }}{% if service_instance.inputs.extra is defined %}E{% endif %}';
    expect(render(text, context)).toBe('D: none');
  });

  test('a failure names the inputs that were read for it', () => {
    const refused = refusal('{% set n = service_instance.inputs.port %}{{ n + "x" }}', context);
    expect(refused).toMatchObject({ code: 'template-runtime', inputs: ['service_instance.inputs.port'] });
  });
});

describe('F8: a hostile template is stopped', () => {
  const limits = { steps: 100_000, depth: 50, outputLength: 100_000, timeMs: 2_000 };
  test.each([
    {
      name: 'a constructor chain',
      text: "{{ ''.constructor.constructor('return process')().env }}",
      code: 'template-undefined',
    },
    { name: 'a class chain', text: "{{ ''.__class__.__mro__ }}", code: 'template-undefined' },
    { name: 'a prototype', text: '{{ {}.__proto__ }}', code: 'template-undefined' },
    { name: 'the globals of a function', text: '{{ range.__globals__ }}', code: 'template-undefined' },
    { name: 'attr', text: "{{ ''|attr('__class__') }}", code: 'template-undefined' },
    { name: 'format', text: "{{ '{0.__class__}'.format(1) }}", code: 'template-runtime' },
    { name: 'a huge range', text: '{% for i in range(999999999) %}x{% endfor %}', code: 'template-limit' },
    { name: 'endless output', text: '{% for i in range(90000) %}{{ "x" * 1000 }}{% endfor %}', code: 'template-limit' },
    {
      name: 'endless recursion of a macro',
      text: '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
      code: 'template-limit',
    },
    { name: 'a huge text', text: '{{ "x" * 999999999999 }}', code: 'template-limit' },
    { name: 'a huge width', text: '{{ "%999999999d" % 1 }}', code: 'template-limit' },
    { name: 'a huge format width', text: '{{ "{:999999999}".format(1) }}', code: 'template-limit' },
    { name: 'a huge centre', text: '{{ "x"|center(999999999) }}', code: 'template-limit' },
    { name: 'a huge power', text: '{{ 9 ** 9 ** 9 ** 9 ** 9 }}', code: 'template-runtime' },
    {
      name: 'a growing list',
      text: '{% set n = namespace(l=[1]) %}{% for i in range(60) %}{% set n.l = n.l + n.l %}{% endfor %}',
      code: 'template-limit',
    },
    {
      name: 'a growing replacement',
      text: '{% set n = namespace(s="aa") %}{% for i in range(60) %}{% set n.s = n.s|replace("a", "aaaa") %}{% endfor %}',
      code: 'template-limit',
    },
    { name: 'a file of the host', text: "{% include '/etc/passwd' %}", code: 'template-forbidden' },
    { name: 'deep brackets', text: `{{ ${'('.repeat(10_000)}1${')'.repeat(10_000)} }}`, code: 'template-syntax' },
    { name: 'a long chain', text: `{{ ${'1 + '.repeat(50_000)}1 }}`, code: 'template-syntax' },
    { name: 'deep blocks', text: '{% if 1 %}'.repeat(5_000), code: 'template-syntax' },
  ])('$name', ({ text, code }) => {
    expect(refusal(text, {}, { limits }).code).toBe(code);
  });

  test('an input that looks like a template is data', () => {
    expect(render('note: {{ note }}', { note: '{{ 7*7 }}' })).toBe('note: {{ 7*7 }}');
  });
});

test('the source map leads from a place in the output to the template and its inputs', () => {
  const template = parseTemplate('A: b\nB: {{ service.name }}x\n{% if true %}C: d{% endif %}', 't.yaml');
  const rendered = template.ok ? renderTemplate(template.value, { service: { name: 'shop' } }) : undefined;
  if (!rendered?.ok) throw new Error('not rendered');
  const { text, sourceMap } = rendered.value;
  expect(text).toBe('A: b\nB: shopx\nC: d');
  expect(originIn(text, sourceMap, 2, 5)).toEqual({
    position: { file: 't.yaml', line: 2, column: 7 },
    inputs: ['service.name'],
  });
  expect(originIn(text, sourceMap, 2, 8)).toEqual({ position: { file: 't.yaml', line: 2, column: 22 }, inputs: [] });
  expect(originIn(text, sourceMap, 3, 4)).toEqual({ position: { file: 't.yaml', line: 3, column: 17 }, inputs: [] });
  expect(originIn(text, sourceMap, 9, 1)).toBeUndefined();
});

describe('the names that a template reads', () => {
  const cases = [
    { text: '{{ a.b.c }}', reads: ['a.b.c'] },
    { text: "{{ a['b'].c }}", reads: ['a.b.c'] },
    {
      text: '{% for s in service_instances %}{{ s.name }}{% endfor %}',
      reads: ['service_instances', 'service_instances.*.name'],
    },
    { text: '{{ service_instances[0].outputs.X }}', reads: ['service_instances.*.outputs.X'] },
    { text: '{% set x = a.b %}{{ x.c }}', reads: ['a.b', 'a.b.c'] },
    { text: '{% if a.b is defined %}{{ a.b }}{% endif %}', reads: ['a.b?', 'a.b?'] },
    { text: '{{ a.b | default("x") }}', reads: ['a.b?'] },
    { text: '{% if a.b is not defined %}x{% else %}{{ a.b }}{% endif %}', reads: ['a.b?', 'a.b?'] },
    { text: '{% macro m(a) %}{{ a.x }}{{ b.y }}{% endmacro %}', reads: ['b.y'] },
    { text: '{{ a.split(";") }}', reads: ['a'] },
    { text: '{{ range(3) }}{% for k, v in d.items() %}{{ k }}{% endfor %}', reads: ['d'] },
  ];
  test.each(cases)('$text', ({ text, reads }) => {
    const template = parseTemplate(text, 't.yaml');
    const found = template.ok
      ? namesRead(template.value).map(({ path, optional }) => `${path.join('.')}${optional ? '?' : ''}`)
      : [];
    expect(found).toEqual(reads);
  });
});

describe('a text that is no template is refused at its place', () => {
  test.each([
    { text: 'a\n{{ x', line: 2, says: 'end of template' },
    { text: '{% if x %}', line: 1, says: 'endif' },
    { text: '{% nonsense %}', line: 1, says: 'nonsense' },
    { text: '{{ x | nofilter }}', line: 1, says: 'nofilter' },
    { text: '{{ x is notest }}', line: 1, says: 'notest' },
    { text: 'a\nb {{ 1 + }}', line: 2, says: 'unexpected' },
    { text: '{{ {1: 2 }', line: 1, says: '' },
    { text: '{% for x in y %}{% endif %}', line: 1, says: 'endfor' },
  ])('$text', ({ text, line, says }) => {
    const refused = refusal(text);
    expect(refused).toMatchObject({ code: 'template-syntax', position: { line } });
    expect(refused.message).toContain(says);
  });
});
