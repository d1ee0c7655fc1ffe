import { entries } from './entries.ts';

/** Every filter, test, method and operator on values of every kind: what a generator would meet only now and then. */

/** Expressions of every kind of value, ordinary and odd. */
export const values: readonly string[] = [
  'none',
  'true',
  'false',
  '0',
  '1',
  '-3',
  '7',
  '10**30',
  '0.0',
  '1.5',
  '-2.5',
  '1e16',
  '1e-7',
  '123456.789',
  '0.1+0.2',
  "''",
  "'a'",
  "'Abc dEf'",
  "'  x y '",
  "'12'",
  "'-3.7'",
  "'0x1f'",
  "'ßσΣ ǆ'",
  "'a,b,,c'",
  "'line1\\nline2\\r\\nline3'",
  "'é🚦x'",
  "'tab\\there'",
  "'it\\'s'",
  "'%s-%s'",
  "'{}-{}'",
  "'hello world foo bar baz qux quux corge grault garply waldo fred plugh'",
  "'http://example.com/a?b=c&d (www.foo.org) me@x.io'",
  '(\'<a href="x">T &amp; U</a>\'|safe)',
  "('<b>'|e)",
  '[]',
  '[1,2,3]',
  '[3,1,2]',
  "['b','A','c','a']",
  "[1,'a',none]",
  '[[1,2],[3,4]]',
  '[1.5,2,true]',
  '(1,2)',
  '(1,)',
  '()',
  "('x','y')",
  '{}',
  "{'a':1,'b':2}",
  "{'b':1,'A':2}",
  "{'b':1,2:'x',none:[1]}",
  "[{'a':1,'b':'x'},{'a':2,'b':'Y'},{'a':1,'b':'z'}]",
  'range(5)',
  'range(5,0,-2)',
  "{'a':1}.items()",
  "{'a':1,'c':3}.keys()",
  "{'a':1}.values()",
  "([1,2]|map('string'))",
  'nothing',
  "{'a':1}.zz",
  'namespace(a=1)',
  "joiner('-')",
  'cycler(1,2)',
  "('x' if false)",
];

/** What stands behind the name of each filter. */
const filterArguments: Readonly<Record<string, readonly string[]>> = {
  abs: [''],
  attr: ["('a')", "('upper')", '()', '(1)'],
  batch: ['(2)|list', "(2,'x')|list", '(0)|list', '()', "('a')|list", '(linecount=1)|list', '(2)'],
  capitalize: ['', '(1)'],
  center: ['', '(20)', '(-1)', "('x')", '(5.5)'],
  count: [''],
  d: ['', "('D')", "('D',true)"],
  default: ["('D')", '(boolean=true)', "(default_value='q')"],
  dictsort: ['', '(true)', "(by='value')", '(reverse=true)', "(false,'zz')"],
  e: [''],
  escape: [''],
  filesizeformat: ['', '(true)'],
  first: [''],
  float: ['', '(9)', "('x')"],
  forceescape: [''],
  format: ['', '(1)', "('a','b')", '(a=1)', '(1,a=2)'],
  groupby: ["('a')", "('b')", "('zz')", "('zz',default='q')", '(0)', "('b',case_sensitive=true)"],
  indent: ['', '(2)', '(2,true)', '(2,true,true)', "('>>')", '(first=true)', '(-1)', '(none)'],
  int: ['', '(5)', '(5,16)', '(base=2)', "(base='x')", '(1,0)', '(1,1)'],
  items: ['', '|list'],
  join: ['', "(',')", '(1)', "(',','a')", '(attribute=0)', "('<'|safe)"],
  last: [''],
  length: [''],
  list: [''],
  lower: [''],
  map: [
    "('upper')|list",
    "(attribute='a')|list",
    "(attribute='zz',default=1)|list",
    '|list',
    "('nofilter')|list",
    "('default','x')|list",
    "('int')|list",
    '(1)|list',
    "(attribute='a',q=1)|list",
    "('batch',2)|list",
  ],
  max: ['', '(true)', "(attribute='a')", "(attribute='zz')"],
  min: ['', '(true)', "(attribute='a')", "(attribute='b')"],
  nosuch: [''],
  pprint: [''],
  reject: ['|list', "('odd')|list", "('none')|list", "('eq',1)|list"],
  rejectattr: ["('a')|list", "('a','eq',1)|list", '|list'],
  replace: ["('a','X')", "('','-')", "('a','X',1)", "('a')", '(1,2)', "('b','<'|safe)", "('<','>')"],
  reverse: ['', '|list'],
  round: ['', '(1)', '(-1)', "(1,'ceil')", "(0,'floor')", "(2,'x')", '(none)', "(-1,'ceil')", "(method='floor')"],
  safe: [''],
  select: ['|list', "('odd')|list", "('string')|list", "('gt',1)|list", "('notest')|list", "('in',[1,2])|list"],
  selectattr: ["('a')|list", "('a','gt',1)|list", "('b','equalto','Y')|list", "('zz')|list", "('zz','defined')|list"],
  slice: ['(2)|list', "(3,'x')|list", '(0)|list', '(-1)|list', '()|list'],
  sort: [
    '',
    '(true)',
    '(case_sensitive=true)',
    "(attribute='a')",
    "(attribute='a,b')",
    "(attribute='zz')",
    '(attribute=0)',
  ],
  string: [''],
  striptags: [''],
  sum: ['', "('a')", '(start=5)', "(attribute='a',start=1)", "(start='')", '(start=[])', '(start=1.5)'],
  title: [''],
  tojson: ['', '(2)', '(indent=0)', "(indent='--')"],
  trim: ['', "('a')", '(1)', "('x ')"],
  truncate: [
    '',
    '(5)',
    '(5,true)',
    "(9,true,'..')",
    "(5,false,'..',0)",
    '(1)',
    "(12,end='')",
    '(5,true,leeway=-1)',
    '(10,leeway=2)',
  ],
  unique: ['|list', '(true)|list', "(attribute='a')|list"],
  upper: [''],
  urlencode: [''],
  urlize: [
    '',
    '(10)',
    '(none,true)',
    "(target='_blank')",
    "(rel='x y')",
    "(extra_schemes=['tel:'])",
    "(extra_schemes=['x'])",
  ],
  wordcount: [''],
  wordwrap: ['', '(10)', '(5,false)', "(7,true,'|')", '(0)', '(10,break_on_hyphens=false)'],
  xmlattr: ['', '(false)'],
};

const tests = entries(`
  odd; even; divisibleby 2; divisibleby(0); divisibleby('x'); divisibleby(1.5); defined; undefined; filter; test;
  none; boolean; false; true; integer; float; lower; upper; string; mapping; number; sequence; iterable; callable;
  sameas none; sameas(1); sameas true; escaped; in [1,2]; in 'abc'; in {'a':1}; in 5; eq 1; equalto none; ne 1;
  ne 'a'; gt 1; greaterthan 1; ge 1; lt 1; lessthan 3; le 1; le [1]; odd(1); defined(1); eq; not odd; not none;
  nosuch
`);

/** Those that change their owner are shown with it. */
const methods = entries(`
  capitalize(); casefold(); center(9); center(9,'*'); center(9,'ab'); count('a'); count(''); count('a',1);
  count('a',1,2); endswith('c'); endswith(('c','x')); endswith(1); expandtabs(); expandtabs(4); expandtabs(0);
  find('b'); find(''); find('a',1); find('',99); format(1,2); format(); format(a=1); format_map({'a':1}); index('a');
  index(1); isalnum(); isalpha(); isascii(); isdecimal(); isdigit(); isidentifier(); islower(); isnumeric();
  isprintable(); isspace(); istitle(); isupper(); join(['x','y']); join('ab'); join([1]); join(5); ljust(5);
  ljust(5,'.'); lower(); lstrip(); lstrip('aA'); partition('b'); partition(''); removeprefix('a'); removesuffix('c');
  removesuffix(''); replace('a','b'); replace('a','b',1); replace('','.'); replace('','.',2);
  replace(old='a',new='b'); rfind('a'); rindex('a'); rjust(5); rpartition(','); rsplit(); rsplit(',',1);
  rsplit(none,1); rstrip(); split(); split(','); split(',',1); split(none,1); split(maxsplit=1); split('');
  split(sep=','); splitlines(); splitlines(true); startswith('a'); startswith('',3); startswith('b',1); strip();
  strip('a '); swapcase(); title(); translate({97:'X',98:none,99:100}); translate([]); maketrans('ab','xy');
  maketrans('ab','xy','c'); maketrans({'a':1}); upper(); zfill(6); zfill(-1); append(1); clear(); copy();
  extend([1]); insert(0,9); pop(); pop(0); pop('a'); pop('zz',0); remove(1); reverse(); sort(); sort(reverse=true);
  count(1); index(3); index(1,1); get('a'); get('zz'); get('zz',5); items(); keys(); values(); popitem();
  setdefault('a',3); setdefault('q',3); update(z=1); update([['k','v']]); update(5); fromkeys('ab'); real; imag;
  numerator; denominator; bit_length(); bit_count(); conjugate(); as_integer_ratio(); start; stop; step; striptags();
  unescape(); nope; nope(); 0; a; next(); current; reset(); sep; used
`);

/** Places in which a value, which stands for `V`, can be used. */
const shapes: readonly string[] = [
  '{{ V }}',
  '{{ [V] }}',
  '{{ V ~ "" }}',
  '{{ -V }}',
  '{{ +V }}',
  '{{ not V }}',
  '{{ V and 1 }}',
  '{{ V or 1 }}',
  '{{ 1 if V else 2 }}',
  '{% for x in V %}[{{ x }}]{% else %}E{% endfor %}',
  '{% for x in V %}[{{ loop.index }}{{ loop.last }}{{ loop.length }}{{ loop.previtem is defined }}{{ loop.nextitem|default("n") }}]{% endfor %}',
  '{% for x in V %}{{ loop.revindex }}{{ loop.changed(x) }}{{ loop.cycle("p", "q") }}{% endfor %}',
  '{{ V[0] }}',
  '{{ V[-1] }}',
  '{{ V["a"] }}',
  '{{ V[1:] }}',
  '{{ V[::-1] }}',
  '{{ V[:2] }}',
  '{{ V[5:1:-2] }}',
  '{{ V[none:none] }}',
  '{{ V["x"] is defined }}',
  '{{ V[[]] }}',
  '{{ V.a }}',
  '{{ V["a"].b }}',
  '{% set a, b = V %}{{ a }}{{ b }}',
  '{% set (a, b), c = V, 1 %}{{ a }}{{ b }}',
  '{{ "%s" % V }}',
  '{{ "%r" % V }}',
  '{{ "%d" % V }}',
  '{{ "%5.2f|" % V }}',
  '{{ "%x" % V }}',
  '{{ "%c" % V }}',
  '{{ "%s %s" % V }}',
  '{{ "%(a)s" % V }}',
  '{{ "%-8s|" % (V,) }}',
  '{{ "%08.3f" % V }}',
  '{{ "%+d" % V }}',
  '{{ "%e" % V }}',
  '{{ "%G" % V }}',
  '{{ "%#x" % V }}',
  '{{ "%5d|%-5d|%05d" % (V, V, V) }}',
  '{{ "%*d" % (5, V) }}',
  '{{ "%.*f" % (2, V) }}',
  '{{ "%i %u" % (V, V) }}',
  '{{ "%a" % (V,) }}',
  '{{ "a%sb%%" % V }}',
  '{{ "{}".format(V) }}',
  '{{ "{!r}".format(V) }}',
  '{{ "{!a}".format(V) }}',
  '{{ "{!s:>6}".format(V) }}',
  '{{ "{:>8}".format(V) }}',
  '{{ "{:08.2f}".format(V) }}',
  '{{ "{:,}".format(V) }}',
  '{{ "{:d}".format(V) }}',
  '{{ "{:+}".format(V) }}',
  '{{ "{:x}".format(V) }}',
  '{{ "{:e}".format(V) }}',
  '{{ "{:%}".format(V) }}',
  '{{ "{:.3}".format(V) }}',
  '{{ "{:^9}".format(V) }}',
  '{{ "{:s}".format(V) }}',
  '{{ "{:_}".format(V) }}',
  '{{ "{0[a]}".format(V) }}',
  '{{ "{0[0]}".format(V) }}',
  '{{ "{0.a}".format(V) }}',
  '{{ "{:g}".format(V) }}',
  '{{ "{:n}".format(V) }}',
  '{{ "{:c}".format(V) }}',
  '{{ "{:#x}".format(V) }}',
  '{{ "{:010,}".format(V) }}',
  '{{ ("<%s>"|safe) % V }}',
  '{{ ("<{}>"|safe).format(V) }}',
  '{{ ("<"|safe) + V }}',
  '{{ V + ("<"|safe) }}',
  '{{ ("<"|safe).join(V) }}',
  '{{ {V: 1} }}',
  '{{ dict(V) }}',
  '{{ dict(**V) }}',
  '{{ namespace(V) }}',
  '{{ V() }}',
  '{{ V(1) }}',
  '{{ [1, V]|sort }}',
  '{{ [V, V]|unique|list }}',
  '{{ [V]|join("-") }}',
  '{{ [V, 1]|max }}',
  '{{ V is defined and V }}',
  '{{ V|list|length }}',
  '{{ V == V }}',
  '{{ [V] == [V] }}',
  '{{ V in [V] }}',
  '{{ "a" in V }}',
  '{{ 1 in V }}',
  '{{ {"k": V}|tojson }}',
  '{{ {"k": V}|pprint }}',
  '{{ V|reverse|first }}',
  '{{ V|default("d")|upper }}',
  '{{ V.items()|list }}',
  '{% filter replace(V, "z") %}abc1{% endfilter %}',
  '{% autoescape true %}{% set v = V %}{{ v }}{{ v ~ "<" }}{{ [v, "<"]|join("&") }}{% endautoescape %}',
  '{% include V %}',
  '{% import V as m %}',
  '{% with a = V %}{{ a }}{% endwith %}',
  '{% call V() %}x{% endcall %}',
  '{% macro m(x=V) %}{{ x }}{% endmacro %}{{ m() }}{{ m(1) }}',
  '{% for k, v in V %}{{ k }}{{ v }}{% endfor %}',
  '{% for k, v in V.items() %}{{ k }}{{ v }}{% endfor %}',
  '{% for k, v in V|dictsort %}{{ k }}{{ v }}{% endfor %}',
  '{% for g, l in V|groupby("a") %}{{ g }}{{ l }}{% endfor %}',
  '{% for g in V|groupby("a") %}{{ g.grouper }}{{ g.list }}{{ g }}{% endfor %}',
];

const operators = [
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  '**',
  '~',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not in',
  'and',
  'or',
];

const changing = /^(?:append|clear|extend|insert|pop|remove|reverse|sort|setdefault|update)/;

/** Templates by what they try. */
export const operationTables: Readonly<Record<string, () => Iterable<string>>> = {
  filters: function* () {
    for (const [name, ways] of Object.entries(filterArguments)) {
      for (const way of ways) for (const value of values) yield `{{ ${value}|${name}${way} }}`;
    }
  },
  tests: function* () {
    for (const test of tests) for (const value of values) yield `{{ ${value} is ${test} }}`;
  },
  methods: function* () {
    for (const method of methods) {
      for (const value of values) {
        yield changing.test(method) ? `{% set v = ${value} %}{{ v.${method} }}{{ v }}` : `{{ (${value}).${method} }}`;
      }
    }
  },
  shapes: function* () {
    for (const shape of shapes) for (const value of values) yield shape.replaceAll('V', `(${value})`);
  },
  operators: function* () {
    const operands = values.filter((_, index) => index % 2 === 0);
    for (const operator of operators) {
      for (const left of values) for (const right of operands) yield `{{ (${left}) ${operator} (${right}) }}`;
    }
  },
};
