import { truthy } from './iteration.ts';
import { fail, isInteger, isText, type Keywords, textOf, typeName, type Value } from './values.ts';

/** The parameters of a function. */
export interface Signature {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly required: number;
  /** How many cannot be given by name. */
  readonly positionalOnly: number;
}

/**
 * @param parameters in order; a trailing `?` marks one that may be left out, a lone `/` that those before it cannot be
 * given by name
 */
export function signature(name: string, parameters: readonly string[]): Signature {
  const slash = parameters.indexOf('/');
  const named = parameters.filter((parameter) => parameter !== '/');
  return {
    name,
    parameters: named.map((parameter) => parameter.replace('?', '')),
    required: named.filter((parameter) => !parameter.endsWith('?')).length,
    positionalOnly: Math.max(0, slash),
  };
}

/** The arguments of one call, by the names of their parameters, bound as Python binds them. */
export class Call {
  readonly #signature: Signature;
  readonly #values: (Value | undefined)[];

  constructor(signature: Signature, args: readonly Value[], keywords: Keywords) {
    const { name, parameters, required, positionalOnly } = signature;
    this.#signature = signature;
    if (args.length > parameters.length) {
      const takes = `${parameters.length} argument${parameters.length === 1 ? '' : 's'}`;
      fail(`${name}() takes at most ${takes} (${args.length} given)`);
    }
    const values: (Value | undefined)[] = [...args];
    for (const [keyword, value] of keywords) {
      const index = parameters.indexOf(keyword, positionalOnly);
      if (index < 0) fail(`${name}() got an unexpected keyword argument '${keyword}'`);
      if (values[index] !== undefined) fail(`${name}() got multiple values for argument '${keyword}'`);
      values[index] = value;
    }
    for (let index = 0; index < required; index += 1) {
      if (values[index] === undefined) fail(`${name}() missing required argument: '${parameters[index]}'`);
    }
    this.#values = values;
  }

  /** undefined where nothing was given. */
  given(name: string): Value | undefined {
    return this.#values[this.#signature.parameters.indexOf(name)];
  }

  has(name: string): boolean {
    return this.given(name) !== undefined;
  }

  value(name: string, usual: Value = null): Value {
    const value = this.given(name);
    return value === undefined ? usual : value;
  }

  flag(name: string, usual = false): boolean {
    const value = this.given(name);
    return value === undefined ? usual : truthy(value);
  }

  text(name: string, usual?: string): string {
    const value = this.given(name);
    if (value === undefined && usual !== undefined) return usual;
    if (value !== undefined && isText(value)) return textOf(value);
    return fail(`${this.#signature.name}() argument '${name}' must be str, not ${typeName(value ?? null)}`);
  }

  /** null where None was given, or nothing. */
  optionalText(name: string): string | null {
    return (this.given(name) ?? null) === null ? null : this.text(name);
  }

  integer(name: string, usual?: number): number {
    const value = this.given(name);
    if (value === undefined && usual !== undefined) return usual;
    if (value === undefined || !isInteger(value)) {
      return fail(`'${typeName(value ?? null)}' object cannot be interpreted as an integer`);
    }
    const integer = Number(value);
    return Number.isSafeInteger(integer) ? integer : fail(`${this.#signature.name}() argument '${name}' is too large`);
  }
}
