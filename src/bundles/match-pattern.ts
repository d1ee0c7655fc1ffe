import { createContext, Script } from 'node:vm';

/**
 * How much longer patterns may be tried, shared by all values that are checked together. A pattern of a template and a
 * value of a user meet here, and neither is trusted: backtracking can take longer than anybody lives.
 */
export class PatternBudget {
  #milliseconds: number;

  constructor(milliseconds = 500) {
    this.#milliseconds = milliseconds;
  }

  /**
   * Whether a pattern is found anywhere in a text, as OpenAPI demands: patterns are not anchored. `stopped`: it could
   * not be decided within the budget.
   */
  matches(pattern: string, text: string): boolean | 'stopped' {
    const expression = compiled(pattern);
    if (attemptsMax(pattern, text.length) <= harmlessAttempts) return expression.test(text);
    if (this.#milliseconds < 1) return 'stopped';
    const start = performance.now();
    try {
      return testWithin(expression, text, Math.ceil(this.#milliseconds));
    } finally {
      this.#milliseconds -= performance.now() - start;
    }
  }
}

/**
 * A regular expression of ECMAScript, as OpenAPI demands; with what authors bring along from Java and Python, where it
 * has an equal: flags in front (`(?i)`), the ends of the text (`\A`, `\Z`, `\z`), named groups (`(?P<name>`).
 * Throws a SyntaxError for what is none.
 */
export function compilePattern(pattern: string): RegExp {
  const [, before = '', flags = '', rest = pattern] = /^(\^?)\(\?([ims]+)\)([\s\S]*)$/.exec(pattern) ?? [];
  const translated = (before + rest).replace(/\\[\s\S]|\(\?P</g, (piece) => equals[piece] ?? piece);
  return new RegExp(translated, [...new Set(flags)].join(''));
}

const equals: Readonly<Record<string, string>> = { '\\A': '^', '\\Z': '$', '\\z': '$', '(?P<': '(?<' };

const expressions = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  let expression = expressions.get(pattern);
  if (!expression) {
    if (expressions.size > 5_000) expressions.clear();
    expression = compilePattern(pattern);
    expressions.set(pattern, expression);
  }
  return expression;
}

const harmlessAttempts = 1_000_000;

/**
 * A bound of the ways in which a pattern can be tried on a text: the product of what each quantifier leaves open, and of
 * where the match may begin. Groups repeated without a small fixed number count as without bound; that is far too much
 * for most, and harmless: they are matched all the same, only under a watch.
 */
function attemptsMax(pattern: string, length: number): number {
  const plain = pattern.replace(/\\./gs, 'x').replace(/\[(?:[^\]])*\]/g, 'x');
  const expanded = plain.replace(/(\([^()]*\))\{(\d)\}/g, (_, group: string, times) => group.repeat(Number(times)));
  if (/\)[*+{]|\(\?[=!<]/.test(expanded)) return Number.POSITIVE_INFINITY;
  let attempts = length + 1;
  for (const [quantifier, from, , to] of expanded.matchAll(/[*+?]|\{(\d+)(,(\d*))?\}/g)) {
    if (quantifier === '?') attempts *= 2;
    else if (from === undefined || (quantifier.includes(',') && !to)) attempts *= length + 1;
    else attempts *= Math.min(length, Number(to ?? from) - Number(from)) + 1;
  }
  return attempts * expanded.split('|').length;
}

const room = createContext(Object.create(null));
const attempt = new Script('expression.test(text)');

/** Tests in a context of its own: the engine ends it when the time is over, in the middle of a match. */
function testWithin(expression: RegExp, text: string, timeout: number): boolean | 'stopped' {
  Object.assign(room, { expression, text });
  try {
    return attempt.runInContext(room, { timeout }) as boolean;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'stopped';
    throw error;
  }
}
