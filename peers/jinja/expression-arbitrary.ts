import fc, { type Arbitrary } from 'fast-check';
import { entries } from './entries.ts';

/** Expressions of every kind, most of which can be evaluated in the context of `sample-arbitrary.ts`. */

export const pick = (...items: readonly string[]): Arbitrary<string> => fc.constantFrom(...items);

/** `text` with each `$` replaced by what one of the parts gives. */
export function fill(text: string, ...parts: readonly Arbitrary<string>[]): Arbitrary<string> {
  return fc.tuple(...parts).map((values) => {
    let index = 0;
    return text.replaceAll('$', () => values[index++] ?? '');
  });
}

const integers = pick(...entries('0; 1; 2; 3; -1; 7; 10; 255; 1000; 0x1F; 0b101; 1_000; 10**20'));
const floats = pick(...entries('0.5; 1.5; -2.5; 1e3; 1.25e-5; 3.0; 1e16; 123456.75'));
const texts = pick(
  ...entries(`
    ''; 'a'; 'Abc dEf'; "it's"; '  x y '; '12'; '-3.5'; 'a,b,,c'; 'x\\ny\\tz'; 'é🚦ß'; '<b>&"'; '%s=%d'; '{}-{0}';
    '{a}{b!r:>5}'; 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen';
    'http://a.org/x?y=1 (www.b.com), me@c.net'; '\\x41\\u00e9\\101\\q'; 'a' 'b'
  `),
);

/** A generator, which would print its address, is always used up. */
const filters = pick(
  ...entries(`
    abs; attr("a"); attr("upper"); batch(2)|list; batch(3, "-")|first; capitalize; center; center(9); count; d; d("D");
    d("D", true); default("x", boolean=true); dictsort; dictsort(by="value"); dictsort(true, "key", true); e; escape;
    filesizeformat; filesizeformat(true); first; float; float(1); forceescape; format(1); format("p", 2);
    format(a=1, b="z"); groupby("a"); groupby("b", default="q"); groupby(0); indent; indent(2, true);
    indent("> ", blank=true); int; int(9); int(base=16); items|join(","); join; join(", "); join("-", attribute="a");
    last; length; list; lower; map("upper")|list; map("int")|length; map(attribute="a")|list;
    map(attribute="b", default="?")|join; map("default", "y")|first; map("join", "/")|list; max; max(attribute="a"); min;
    min(true); pprint; reject|list; reject("odd")|list; reject("none")|first; rejectattr("a")|list;
    rejectattr("a", "eq", 1)|join; replace("a", "X"); replace("", "."); replace("x", "<", 1); reverse|list; round;
    round(1); round(-1); round(1, "ceil"); round(0, "floor"); safe; select|list; select("odd")|join(","); select("string")|list;
    select("gt", 1)|first; selectattr("a")|list; selectattr("a", "ge", 2)|list|last; slice(2)|list; slice(3, 0)|list; sort;
    sort(true); sort(attribute="a"); sort(attribute="a,b", reverse=true); sort(case_sensitive=true); string; striptags; sum;
    sum(attribute="a"); sum(start=10); title; tojson; tojson(2); trim; trim("a "); truncate(9); truncate(9, true, "..");
    truncate(12, false, "", 0); unique|list; unique(true, "a")|list; upper; urlencode; urlize; urlize(8, true); wordcount;
    wordwrap(10); wordwrap(7, false, "|"); xmlattr
  `),
);

const tests = pick(
  ...entries(`
    defined; undefined; none; boolean; true; false; integer; float; number; string; mapping; sequence; iterable; callable;
    escaped; lower; upper; odd; even; divisibleby 3; divisibleby(2); sameas none; sameas true; eq 1; ne 1; gt 1; ge 2; lt 2;
    le(3); in [1, "a", none]; in "abc"; filter; test; not defined; not none; not in [1]; equalto "a"; greaterthan 0; lessthan 5
  `),
);

const methods = pick(
  ...entries(`
    upper(); lower(); title(); capitalize(); swapcase(); casefold(); strip(); strip("a "); lstrip(); rstrip("c"); split();
    split(","); split(none, 1); rsplit(",", 1); splitlines(); partition(","); rpartition("b"); join(["p", "q"]); join("xy");
    replace("a", "b"); replace("", "-", 2); find("b"); rfind("a"); index("a"); count("a"); count(1); startswith("a");
    endswith(("c", "f")); center(7, "*"); ljust(5, "."); rjust(6); zfill(5); expandtabs(4); isdigit(); isalpha(); isupper();
    istitle(); isspace(); isidentifier(); removeprefix("a"); removesuffix("c"); format(1, 2); format(a=1, b=2);
    format_map({"a": 1, "b": 2}); translate({97: "Z"}); items(); keys(); values(); get("a"); get("q", 5); pop("a", none);
    setdefault("n", 1); update(a=5); copy(); append(4); extend([5]); insert(0, 9); pop(); remove(1); reverse(); sort();
    clear(); index(1); bit_length(); as_integer_ratio(); real; imag; nope; nope(); a; b; a.b; 0; grouper; list
  `),
);

const specials = pick(
  ...entries(`
    n; s; xs; d; nest; missing; d.missing; loop.index; loop.last; loop.revindex; loop.previtem|default(0); loop.nextitem;
    loop.depth; varargs; kwargs
  `),
);

type Expressions = Record<'integer' | 'float' | 'text' | 'list' | 'dict' | 'flag' | 'any' | 'wild', string>;

export const expressions = fc.letrec<Expressions>((tie) => {
  const depth = { depthSize: 'xsmall', withCrossShrink: true } as const;
  const [integer, float, text] = [tie('integer'), tie('float'), tie('text')];
  const [list, dict, flag, any] = [tie('list'), tie('dict'), tie('flag'), tie('any')];
  return {
    integer: fc.oneof(
      depth,
      integers,
      pick('n', 'n', 'xs|length', 'd.a', 'ds[0].a', 'a', 'x'),
      fill('($ $ $)', integer, pick('+', '-', '*', '//', '%'), integer),
      fill('($)|length', list),
      fill('($)|int', text),
      fill('($)|abs', integer),
      fill('-$', integer),
      fill('($).count("a")', text),
      fill('($ if $ else $)', integer, flag, integer),
    ),
    float: fc.oneof(
      depth,
      floats,
      pick('f'),
      fill('($ $ $)', float, pick('+', '-', '*', '/', '//', '%'), integer),
      fill('($)|round($)', float, pick('', '1', '2', '-1')),
      fill('$ / $', integer, pick('2', '3', '7', '8')),
    ),
    text: fc.oneof(
      depth,
      texts,
      pick('s', 't', 'd.b', 'ds[1].b', 'a', 'b', 'ys[0]'),
      fill('($ ~ $)', any, any),
      fill('($ + $)', text, text),
      fill('($ * $)', text, pick('0', '2', '3')),
      fill(
        '($)[$:$]',
        pick('s', 't', 'd.b', 'a', 's ~ t', 's|upper', 'ys|join'),
        pick('', '1', '-2'),
        pick('', '3', '-1'),
      ),
      fill(
        '($)|$',
        text,
        pick('upper', 'lower', 'title', 'trim', 'e', 'safe', 'center(12)', 'truncate(6, true)', 'indent(2)'),
      ),
      fill('($)|join($)', list, texts),
      fill('"%s|%r" % ($, $)', any, any),
      fill('"%5.1f|%-6d|%04x" % ($, $, $)', float, integer, integer),
      fill('"{:>8}|{!r}".format($, $)', text, any),
      fill('"{:08.3f}|{:,}|{:#x}".format($, $, $)', float, integer, integer),
      fill('($)|tojson', any),
      fill('($)|pprint', any),
    ),
    list: fc.oneof(
      depth,
      pick(
        ...entries(`
          xs; ys; ds; []; [3, 1, 2]; ["b", "A", "c"]; [1, none, "x"]; (1, 2); range(4); range(5, 0, -2); d.items();
          d.keys()|list; [[1, 2], [3, 4]]; nest.l
        `),
      ),
      fill('[$, $]', any, any),
      fill('($, $)', any, any),
      fill('(($)|list + ($)|list)', list, list),
      fill('($).split($)', text, pick('', '","', '" "')),
      fill(
        '($)|$|list',
        list,
        pick('map("string")', 'select', 'reject("none")', 'unique', 'batch(2)', 'slice(2)', 'reverse'),
      ),
      fill('($)|$', list, pick('sort', 'list', 'sort(reverse=true)')),
      fill(
        'ds|$',
        pick('selectattr("a", "gt", 1)|list', 'map(attribute="b")|list', 'groupby("a")', 'sort(attribute="b")'),
      ),
      fill('($)[$:]', pick('xs', 'ys', 'ds', 'nest.l', 'xs + ys', 'xs|sort', 's.split()'), pick('1', '-1', 'n')),
    ),
    dict: fc.oneof(
      depth,
      pick('d', 'nest', 'ds[0]', '{}', '{"a": 1}', '{"b": 2, "A": [1]}', '{1: "one", none: 2, "k": true}', 'dict(p=1)'),
      fill('{"k": $, $: $}', any, text, any),
      fill('dict($, z=$)', dict, any),
    ),
    flag: fc.oneof(
      depth,
      pick('true', 'false', 'flag', 'none', 'a is defined', 'x is undefined', 'b is none', 'missing is defined'),
      fill('$ $ $', integer, pick('<', '<=', '==', '!=', '>', '>='), integer),
      fill('$ $ $', text, pick('==', '!=', '<', 'in', 'not in'), text),
      fill('$ < $ <= $', integer, integer, integer),
      fill('$ in $', any, list),
      fill('not $', flag),
      fill('($ $ $)', flag, pick('and', 'or'), flag),
      fill('($) is $', any, tests),
    ),
    any: fc.oneof(
      depth,
      pick(...entries('n; s; xs; d; flag; nothing; f; none; a; b; c; x; nest.d.e; missing|default(n)')),
      integer,
      float,
      text,
      list,
      dict,
      flag,
      tie('wild'),
    ),
    wild: fc.oneof(
      depth,
      specials,
      fill('($)|$', any, filters),
      fill('($)|$|$', any, filters, filters),
      fill('($).$', any, methods),
      fill('($ $ $)', any, pick('+', '-', '*', '/', '//', '%', '~', '==', '<', 'in', 'and', 'or'), any),
      fill('$[$]', pick('d', 'xs', 's', 'ds', 'nest', '(1, 2)', '{1: 2}'), any),
      // slices of constants that have none are undefined to Jinja, and fail when they are variables
      fill(
        '($)[$:$:$]',
        pick('n', 's', 'xs', 'd', 'f', 'nest', 'a', 'x', 'missing', 'nothing', 'd.items()', 'xs|list'),
        pick('', '1', '-1', 'none'),
        pick('', '2', '-1'),
        pick('', '-1', '2'),
      ),
      fill(
        '$($)',
        pick(...entries('m; k; range; dict; caller; loop.cycle; loop.changed; loop; ns.f; super; self.one')),
        any,
      ),
      fill('$($).$', pick('cycler', 'namespace'), any, pick('current', 'next()', 'reset()', 'a')),
      fill('m($, y=$)', any, any),
      fill('m(*$, **$)', list, dict),
      fill('$ if $', any, flag),
      fill('ns.$', pick('p', 'q', 'zz')),
      fill('$ ** $', any, pick('2', '-1', '0.5')),
    ),
  };
});
