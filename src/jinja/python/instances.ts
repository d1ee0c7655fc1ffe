import type { Evaluator } from './evaluator.ts';
import { repr } from './printing.ts';
import { BuiltinFunction, type Dict, fail, Instance, Tuple, type Value } from './values.ts';

/** `namespace(...)`: the one value whose attributes a template may set. */
export class Namespace extends Instance {
  readonly typeName = 'Namespace';
  override readonly module = 'jinja2.utils';
  readonly #members: Dict;
  constructor(members: Dict) {
    super();
    this.#members = members;
  }

  override member(name: string): Value | undefined {
    return this.#members.get(name);
  }

  set(name: string, value: Value): void {
    this.#members.set(name, value);
  }

  override shown(evaluator: Evaluator): string {
    return `<Namespace ${repr(this.#members, evaluator)}>`;
  }
}

/** `cycler(...)`: gives its items one after the other, over and over. */
export class Cycler extends Instance {
  readonly typeName = 'Cycler';
  override readonly module = 'jinja2.utils';
  readonly #items: readonly Value[];
  #at = 0;
  constructor(items: readonly Value[]) {
    super();
    this.#items = items;
  }

  override member(name: string): Value | undefined {
    switch (name) {
      case 'current':
        return this.#items[this.#at];
      case 'items':
        return new Tuple(this.#items);
      case 'pos':
        return BigInt(this.#at);
      case 'next':
        return withoutArguments('next', () => this.#next());
      case 'reset':
        return withoutArguments('reset', () => {
          this.#at = 0;
          return null;
        });
      default:
        return undefined;
    }
  }

  #next(): Value {
    const current = this.#items[this.#at] as Value;
    this.#at = (this.#at + 1) % this.#items.length;
    return current;
  }
}

/** `joiner(sep)`: nothing the first time it is called, the separator after that. */
export class Joiner extends Instance {
  readonly typeName = 'Joiner';
  override readonly module = 'jinja2.utils';
  readonly #separator: Value;
  #used = false;
  constructor(separator: Value) {
    super();
    this.#separator = separator;
  }

  override member(name: string): Value | undefined {
    if (name === 'sep') return this.#separator;
    return name === 'used' ? this.#used : undefined;
  }

  override call(args: readonly Value[], keywords: ReadonlyMap<string, Value>): Value {
    if (args.length + keywords.size > 0) return fail('Joiner.__call__() takes no arguments');
    if (this.#used) return this.#separator;
    this.#used = true;
    return '';
  }
}

/** A method that takes nothing. */
export function withoutArguments(name: string, body: () => Value): BuiltinFunction {
  return new BuiltinFunction(
    name,
    (args, keywords) => (args.length + keywords.size > 0 ? fail(`${name}() takes no arguments`) : body()),
    'method',
  );
}
