import type { Answer } from './jinja-peer.ts';

interface ExplainedDifference {
  readonly what: string;
  readonly reason: string;
  /** A template that shows it. */
  readonly example: string;
  applies(ours: Answer, theirs: Answer): boolean;
}

const says = (answer: Answer, pattern: RegExp) => 'failed' in answer && pattern.test(answer.message);
const prints = (answer: Answer, pattern: RegExp) => 'text' in answer && pattern.test(answer.text);

/** Where we mean to differ from Python's Jinja2, or cannot do as it does. Everything else is a defect. */
export const explainedDifferences: readonly ExplainedDifference[] = [
  {
    what: 'objects that have no printed form of their own',
    reason: 'CPython prints what it is and where it lies in memory; a rendering of ours is repeatable',
    example: '{{ cycler(1) }}',
    applies: (ours, theirs) =>
      'text' in ours &&
      'text' in theirs &&
      /gener.tor|reverse|iter.tor|joiner|cycler|uiltin/i.test(ours.text.replaceAll('-', '')),
  },
  {
    what: 'how many words such a form has',
    reason: 'the same',
    example: '{{ cycler(1)|wordcount }}',
    applies: (ours, theirs) => prints(ours, /^[24]$/) && prints(theirs, /^[56]$/),
  },
  {
    what: 'sets',
    reason: 'keys() - x makes a set, whose order is not defined; there is no set in a template of ours',
    example: "{{ {'a': 1}.keys() - ['a'] }}",
    applies: (ours, theirs) =>
      says(ours, /operand type\(s\) for -: .*dict_(?:keys|items)/) ||
      ('failed' in ours && prints(theirs, /^\{[^:]*\}$/)),
  },
  {
    what: 'constants that are infinite or not a number',
    reason: 'Jinja writes them into the Python code it makes as the unknown names inf and nan',
    example: '{% set x = 1e999 %}{{ x }}',
    applies: (_ours, theirs) => says(theirs, /^NameError: name '(?:inf|nan)'/),
  },
  {
    what: 'constant expressions that fail',
    reason: 'Jinja works them out beforehand, and fails even where they are never reached',
    example: "{% if false %}{% set x = 1 ~ {}['a'] %}{% endif %}",
    applies: (_ours, theirs) => 'failed' in theirs && theirs.failed === 'compiling',
  },
  {
    what: 'complex numbers',
    reason: 'a root of a negative number is complex in Python; nothing in a template could use it',
    example: '{{ (-2) ** 0.5 }}',
    applies: (ours) => says(ours, /complex numbers are not supported/),
  },
  {
    what: 'ranges of more than 100,000 numbers',
    reason: "refused, as in Jinja's own sandbox",
    example: '{{ range(10 ** 6)|length }}',
    applies: (ours) => says(ours, /Range too big/),
  },
  {
    what: 'lipsum',
    reason: 'it makes random text, and a rendering is repeatable',
    example: '{{ lipsum() }}',
    applies: (ours) => says(ours, /lipsum/),
  },
  {
    what: 'names that are set further on',
    reason:
      'Jinja hides a name of the context from an inner loop or macro when the template or block around sets it behind ' +
      'that; ours reads it',
    example: '{% for i in [1] %}{{ dict is defined }}{% endfor %}{% set dict = 1 %}',
    applies: (_ours, theirs) => (theirs.hidden ?? []).length > 0,
  },
  {
    what: 'names in the filters of a set block',
    reason: 'Jinja forgets to look for them and fails on its own assertion',
    example: "{% set a | replace('t', range) %}{% endset %}",
    applies: (_ours, theirs) => says(theirs, /^AssertionError: Tried to resolve a name/),
  },
];
