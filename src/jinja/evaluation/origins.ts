import { Dict, type Value } from '../python/values.ts';

/** Knows of the containers in a rendering's data by which dotted name they were given, e.g. `service_instance.inputs`. */
export class Origins {
  readonly #paths = new WeakMap<object, string>();

  /** Plain JSON data as a value: integral numbers are ints, others floats. */
  valueOf(data: unknown, path: string): Value {
    if (data === undefined || data === null) return null;
    if (typeof data === 'string' || typeof data === 'boolean' || typeof data === 'bigint') return data;
    if (typeof data === 'number') return Number.isInteger(data) ? BigInt(data) : data;
    const value = Array.isArray(data)
      ? data.map((item, index) => this.valueOf(item, `${path}.${index}`))
      : Dict.from(Object.entries(data).map(([key, member]) => [key, this.valueOf(member, `${path}.${key}`)] as const));
    this.#paths.set(value, path);
    return value;
  }

  /** undefined for single values and for what the template itself has made. */
  pathOf(value: Value | undefined): string | undefined {
    return Array.isArray(value) || value instanceof Dict ? this.#paths.get(value) : undefined;
  }
}
