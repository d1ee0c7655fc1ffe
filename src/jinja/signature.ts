import { fail, isNumber, isText, type Keywords, textOf, typeName, type Value } from './values.ts';

/** The arguments of a call by the names of their parameters, checked as Python would. */
export class Call {
  readonly #name: string;
  readonly #values: ReadonlyMap<string, Value>;

  /** @param parameters in order; a trailing `?` marks one that may be left out */
  constructor(name: string, parameters: readonly string[], args: readonly Value[], keywords: Keywords) {
    this.#name = name;
    const names = parameters.map((parameter) => parameter.replace('?', ''));
    const values = new Map<string, Value>();
    if (args.length > names.length) {
      fail(`${name}() takes at most ${names.length} argument${names.length === 1 ? '' : 's'} (${args.length} given)`);
    }
    for (const [index, value] of args.entries()) values.set(names[index] as string, value);
    for (const [keyword, value] of keywords) {
      if (!names.includes(keyword)) fail(`${name}() got an unexpected keyword argument '${keyword}'`);
      if (values.has(keyword)) fail(`${name}() got multiple values for argument '${keyword}'`);
      values.set(keyword, value);
    }
    for (const parameter of parameters) {
      if (!parameter.endsWith('?') && !values.has(parameter))
        fail(`${name}() missing required argument: '${parameter}'`);
    }
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  value(name: string, usual: Value = null): Value {
    const value = this.#values.get(name);
    return value === undefined ? usual : value;
  }

  text(name: string, usual?: string): string {
    const value = this.#values.get(name);
    if (value === undefined && usual !== undefined) return usual;
    if (value !== undefined && isText(value)) return textOf(value);
    return fail(`${this.#name}() argument '${name}' must be str, not ${typeName(value ?? null)}`);
  }

  /** null where None was given, or nothing. */
  optionalText(name: string): string | null {
    return this.value(name) === null ? null : this.text(name);
  }

  integer(name: string, usual?: number): number {
    const value = this.#values.get(name);
    if (value === undefined && usual !== undefined) return usual;
    if (typeof value === 'bigint' || typeof value === 'boolean') {
      const integer = Number(value);
      return Number.isSafeInteger(integer) ? integer : fail(`${this.#name}() argument '${name}' is too large`);
    }
    return fail(`'${typeName(value ?? null)}' object cannot be interpreted as an integer`);
  }

  number(name: string, usual?: number): number {
    const value = this.#values.get(name);
    if (value === undefined && usual !== undefined) return usual;
    return value !== undefined && isNumber(value)
      ? Number(value)
      : fail(`must be real number, not ${typeName(value ?? null)}`);
  }
}
