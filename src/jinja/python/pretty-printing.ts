import { splitLines, textLength, whiteSpace } from './characters.ts';
import { compare } from './comparison.ts';
import type { Evaluator } from './evaluator.ts';
import { repr, reprText } from './printing.ts';
import { Dict, TemplateFailure, Tuple, typeName, type Value } from './values.ts';

const widthMax = 80;

/** Python's pprint.pformat(value): containers that are too long for a line take a line for each item, keys are sorted. */
export function prettyPrinted(value: Value, evaluator: Evaluator): string {
  return new PrettyPrinter(evaluator).format(value, 0, 0, 0);
}

type Container = Value[] | Tuple | Dict;

function isContainer(value: Value): value is Container {
  return Array.isArray(value) || (value instanceof Tuple && value.constructor === Tuple) || value instanceof Dict;
}

class PrettyPrinter {
  readonly #evaluator: Evaluator;
  readonly #open: Value[] = [];

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** @param indent where it begins. @param allowance what still has to go behind it on its line */
  format(value: Value, indent: number, allowance: number, level: number): string {
    if (isContainer(value) && this.#open.includes(value)) return recursion(value);
    const plain = this.#plain(value);
    this.#evaluator.meter.text(plain.length);
    if (textLength(plain) <= widthMax - indent - allowance) return plain;
    if (typeof value === 'string') return value === '' ? plain : this.#text(value, indent, allowance, level + 1);
    if (!isContainer(value)) return plain;
    this.#open.push(value);
    const text = this.#container(value, indent, allowance, level + 1);
    this.#open.pop();
    return text;
  }

  #container(value: Container, indent: number, allowance: number, level: number): string {
    if (value instanceof Dict) {
      const members = this.#members(value).map(([key, member], index, all) => {
        const shown = this.#plain(key);
        const behind = index === all.length - 1 ? allowance + 1 : 1;
        return `${shown}: ${this.format(member, indent + 1 + textLength(shown) + 2, behind, level)}`;
      });
      return `{${members.join(`,\n${' '.repeat(indent + 1)}`)}}`;
    }
    const items = Array.isArray(value) ? value : value.items;
    const [opener, closer] = Array.isArray(value) ? ['[', ']'] : ['(', items.length === 1 ? ',)' : ')'];
    const shown = items.map((item, index) =>
      this.format(item, indent + 1, index === items.length - 1 ? allowance + closer.length : 1, level),
    );
    return `${opener}${shown.join(`,\n${' '.repeat(indent + 1)}`)}${closer}`;
  }

  /** The form on one line: repr() with sorted keys. */
  #plain(value: Value): string {
    if (!isContainer(value)) return repr(value, this.#evaluator);
    if (this.#open.includes(value)) return recursion(value);
    this.#evaluator.meter.step();
    this.#open.push(value);
    const text = this.#plainContainer(value);
    this.#open.pop();
    this.#evaluator.meter.text(text.length);
    return text;
  }

  #plainContainer(value: Container): string {
    if (value instanceof Dict) {
      return `{${this.#members(value)
        .map(([key, member]) => `${this.#plain(key)}: ${this.#plain(member)}`)
        .join(', ')}}`;
    }
    const items = (Array.isArray(value) ? value : value.items).map((item) => this.#plain(item)).join(', ');
    if (Array.isArray(value)) return `[${items}]`;
    return value.items.length === 1 ? `(${items},)` : `(${items})`;
  }

  #members(dict: Dict): (readonly [Value, Value])[] {
    return [...dict.entries()].sort(([left], [right]) => this.#order(left, right));
  }

  /** Keys that Python does not order are ordered by their types. */
  #order(left: Value, right: Value): number {
    try {
      return compare(left, right, '<', this.#evaluator.meter);
    } catch (error) {
      if (!(error instanceof TemplateFailure) || error.code !== 'template-runtime') throw error;
      const [a, b] = [typeName(left), typeName(right)];
      return a < b ? -1 : a > b ? 1 : 0;
    }
  }

  /** A long text becomes several literals, one below the other. */
  #text(text: string, start: number, allowanceOutside: number, level: number): string {
    const isWhole = level === 1;
    const indent = isWhole ? start + 1 : start;
    const allowance = isWhole ? allowanceOutside + 1 : allowanceOutside;
    const width = widthMax - indent;
    const lines = splitLines(text, true);
    const chunks = lines.flatMap((line, index) => {
      const isLast = index === lines.length - 1;
      const whole = reprText(line);
      if (textLength(whole) <= (isLast ? width - allowance : width)) return [whole];
      return brokenLine(line, width, isLast ? allowance : 0);
    });
    if (chunks.length === 1) return reprText(lines.at(-1) ?? '');
    const joined = chunks.join(`\n${' '.repeat(indent)}`);
    return isWhole ? `(${joined})` : joined;
  }
}

function recursion(value: Value): string {
  return `<Recursion on ${typeName(value)}>`;
}

/** A line in pieces that end behind white space. */
function brokenLine(line: string, width: number, allowance: number): string[] {
  const parts =
    line.match(
      new RegExp(`(?:(?!${whiteSpace.source})[\\s\\S])+(?:${whiteSpace.source})*|(?:${whiteSpace.source})+`, 'g'),
    ) ?? [];
  const chunks: string[] = [];
  let current = '';
  for (const [index, part] of parts.entries()) {
    const room = index === parts.length - 1 ? width - allowance : width;
    if (textLength(reprText(current + part)) > room) {
      if (current !== '') chunks.push(reprText(current));
      current = part;
    } else current += part;
  }
  if (current !== '') chunks.push(reprText(current));
  return chunks;
}
