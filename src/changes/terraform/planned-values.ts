import { type EvaluatedObject, type EvaluatedValue, isUnknown, UnknownValue } from '../../cloudformation/index.ts';

/** Deeper values are refused: no resource has them. */
const depthMax = 60;

/** Says that a plan is deeper than anything that a provider could have written. */
export class PlanTooDeep extends Error {}

/**
 * Values of one plan. What is sensitive becomes an expression that is equal for equal values and tells nothing; what is
 * known only after the apply becomes an expression of its place.
 */
export class PlannedValues {
  readonly #secrets = new Map<string, number>();

  /** Texts that were marked as sensitive. */
  get secrets(): readonly string[] {
    return [...this.#secrets.keys()].flatMap((text) => {
      const value: unknown = JSON.parse(text);
      return typeof value === 'string' ? [value] : [];
    });
  }

  /** The value with what is sensitive and unknown in it; undefined: nothing is written there. */
  value(known: unknown, sensitive: unknown, unknown: unknown, place: string, depth = 0): EvaluatedValue | undefined {
    if (depth > depthMax) throw new PlanTooDeep();
    if (unknown === true) return new UnknownValue({ 'known after apply': place }, []);
    if (sensitive === true) return this.#hidden(known, depth);
    if (Array.isArray(known) || Array.isArray(unknown)) return this.#list(known, sensitive, unknown, place, depth);
    if (isRecord(known) || isRecord(unknown)) return this.#object(known, sensitive, unknown, place, depth);
    return isScalar(known) ? known : undefined;
  }

  #list(known: unknown, sensitive: unknown, unknown: unknown, place: string, depth: number) {
    const [items, open] = [listOf(known), listOf(unknown)];
    const made = Array.from({ length: Math.max(items.length, open.length) }, (_, index) =>
      this.value(items[index], itemOf(sensitive, index), open[index], `${place}[${index}]`, depth + 1),
    ).filter((item) => item !== undefined);
    return made.length > 0 ? made : undefined;
  }

  #object(known: unknown, sensitive: unknown, unknown: unknown, place: string, depth: number) {
    const [members, open] = [recordOf(known), recordOf(unknown)];
    const made: Record<string, EvaluatedValue> = Object.create(null); // no attribute is inherited, whatever its name is
    for (const name of new Set([...Object.keys(members), ...Object.keys(open)])) {
      const value = this.value(members[name], itemOf(sensitive, name), open[name], `${place}.${name}`, depth + 1);
      if (value !== undefined) made[name] = value;
    }
    return Object.keys(made).length > 0 ? (made as EvaluatedObject) : undefined;
  }

  #hidden(known: unknown, depth: number): EvaluatedValue | undefined {
    if (known === undefined || known === null) return undefined;
    if (Array.isArray(known) || isRecord(known)) {
      for (const member of Object.values(known)) {
        if (depth > depthMax) throw new PlanTooDeep();
        this.#hidden(member, depth + 1);
      }
    }
    const text = JSON.stringify(known);
    if (!this.#secrets.has(text)) this.#secrets.set(text, this.#secrets.size + 1);
    return new UnknownValue({ [sensitiveKey]: this.#secrets.get(text)! }, []);
  }
}

const sensitiveKey = 'sensitive value';

/** Whether a value stands for one that is never shown. */
export function isSensitive(value: EvaluatedValue | undefined): boolean {
  return isUnknown(value) && typeof value.expression === 'object' && sensitiveKey in value.expression;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function itemOf(marks: unknown, key: string | number): unknown {
  if (marks === true) return true;
  if (Array.isArray(marks)) return marks[Number(key)];
  return isRecord(marks) && Object.hasOwn(marks, key) ? marks[key] : undefined;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
