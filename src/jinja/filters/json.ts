import { compare } from '../python/comparison.ts';
import type { Evaluator } from '../python/evaluator.ts';
import { reprFloat } from '../python/floats.ts';
import { integerText } from '../python/printing.ts';
import { Dict, fail, isInteger, isText, Tuple, textOf, typeName, type Value } from '../python/values.ts';

/** Python's json.dumps with sorted keys, ASCII only. @param indent white space for each level; undefined for one line */
export function jsonOf(value: Value, indent: string | undefined, evaluator: Evaluator): string {
  return new JsonWriter(indent, evaluator).value(value, 0);
}

class JsonWriter {
  readonly #indent: string | undefined;
  readonly #evaluator: Evaluator;
  readonly #open: Value[] = [];

  constructor(indent: string | undefined, evaluator: Evaluator) {
    this.#indent = indent;
    this.#evaluator = evaluator;
  }

  value(value: Value, level: number): string {
    if (value === null) return 'null';
    if (typeof value === 'boolean') return String(value);
    if (typeof value === 'bigint') return integerText(value);
    if (typeof value === 'number') return floatText(value);
    if (isText(value)) return jsonText(textOf(value));
    if (this.#open.includes(value)) return fail('Circular reference detected');
    this.#evaluator.meter.step();
    this.#open.push(value);
    const text = this.#container(value, level);
    this.#open.pop();
    return text;
  }

  #container(value: Value, level: number): string {
    if (Array.isArray(value) || value instanceof Tuple) {
      const items = Array.isArray(value) ? value : value.items;
      return this.#wrapped(
        '[',
        items.map((item) => this.value(item, level + 1)),
        ']',
        level,
      );
    }
    if (!(value instanceof Dict)) return fail(`Object of type ${typeName(value)} is not JSON serializable`);
    const members = [...value.entries()]
      .sort(([left], [right]) => compare(left, right, '<', this.#evaluator.meter))
      .map(([key, member]) => `${jsonText(keyText(key))}: ${this.value(member, level + 1)}`);
    return this.#wrapped('{', members, '}', level);
  }

  #wrapped(opener: string, parts: readonly string[], closer: string, level: number): string {
    if (parts.length === 0) return opener + closer;
    const { meter } = this.#evaluator;
    const length = parts.reduce((sum, part) => sum + part.length + 2, 2);
    if (this.#indent === undefined) {
      meter.text(length);
      return `${opener}${parts.join(', ')}${closer}`;
    }
    meter.text(length + this.#indent.length * (level + 1) * (parts.length + 1));
    const inner = `\n${this.#indent.repeat(level + 1)}`;
    return `${opener}${inner}${parts.join(`,${inner}`)}\n${this.#indent.repeat(level)}${closer}`;
  }
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? reprFloat(value) : value > 0 ? 'Infinity' : '-Infinity';
}

function keyText(key: Value): string {
  if (isText(key)) return textOf(key);
  if (key === null) return 'null';
  if (typeof key === 'boolean') return String(key);
  if (typeof key === 'number') return floatText(key);
  if (isInteger(key)) return integerText(BigInt(key));
  return fail(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

function jsonText(text: string): string {
  return `"${text.replace(
    /["\\\0-\x1f\x80-\uffff]/g,
    (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}"`;
}
