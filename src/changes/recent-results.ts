/** Results that were worked out lately, by a key; what was not asked for the longest is let go first. */
export class RecentResults<Value> {
  readonly #kept = new Map<string, Value>();
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  has(key: string): boolean {
    return this.#kept.has(key);
  }

  of(key: string, work: () => Value): Value {
    const known = this.#kept.has(key);
    const value = known ? (this.#kept.get(key) as Value) : work();
    this.#kept.delete(key);
    this.#kept.set(key, value);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > this.#countMax && !oldest.done) this.#kept.delete(oldest.value);
    return value;
  }
}
