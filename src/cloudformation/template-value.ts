/**
 * Data of a template after parsing: JSON without null (the service allows none), intrinsic functions in long form.
 * Objects have no prototype, so a key such as `constructor` is only a key.
 */
export type TemplateValue = string | number | boolean | readonly TemplateValue[] | TemplateObject;
export interface TemplateObject {
  readonly [key: string]: TemplateValue;
}

/** Data of a template after evaluation: no intrinsic functions are left, what cannot be known yet is an UnknownValue. */
export type EvaluatedValue = string | number | boolean | UnknownValue | readonly EvaluatedValue[] | EvaluatedObject;
export interface EvaluatedObject {
  readonly [key: string]: EvaluatedValue;
}

/** A resource that an unknown value hangs on: `Ref` without, `Fn::GetAtt` with an attribute. */
export interface ResourceRead {
  readonly logicalId: string;
  readonly attribute?: string;
}

/**
 * A value that cannot be known before something else exists, e.g. the ARN of a queue still to be created.
 * It keeps the expression that would give it, with everything known filled in and `Fn::Sub` written as `Fn::Join`, so
 * that the same value spelled otherwise has the same expression. Equal expressions are equal values; different
 * expressions may or may not be.
 */
export class UnknownValue {
  readonly expression: TemplateValue;
  /** Resources the value hangs on, each once. */
  readonly reads: readonly ResourceRead[];

  constructor(expression: TemplateValue, reads: readonly ResourceRead[]) {
    this.expression = expression;
    this.reads = reads;
  }

  toJSON(): TemplateValue {
    return this.expression;
  }
}

export function isUnknown(value: unknown): value is UnknownValue {
  return value instanceof UnknownValue;
}

export function isTemplateObject(value: TemplateValue | undefined): value is TemplateObject {
  return typeof value === 'object' && !Array.isArray(value);
}

export function isTemplateList(value: TemplateValue | undefined): value is readonly TemplateValue[] {
  return Array.isArray(value);
}

export function isEvaluatedObject(value: EvaluatedValue | undefined): value is EvaluatedObject {
  return typeof value === 'object' && !Array.isArray(value) && !isUnknown(value);
}

export function isEvaluatedList(value: EvaluatedValue | undefined): value is readonly EvaluatedValue[] {
  return Array.isArray(value);
}

/** An object without a prototype, from its entries in order. */
export function objectFrom<Value>(entries: Iterable<readonly [string, Value]>): { readonly [key: string]: Value } {
  const made: { [key: string]: Value } = Object.create(null);
  for (const [key, value] of entries) made[key] = value;
  return made;
}

/** The one-key object that calls an intrinsic function, taken apart; undefined for any other value. */
export function intrinsicOf(
  value: TemplateValue,
): { readonly name: string; readonly argument: TemplateValue } | undefined {
  if (!isTemplateObject(value)) return undefined;
  const keys = Object.keys(value);
  const name = keys[0];
  if (keys.length !== 1 || name === undefined) return undefined;
  if (name !== 'Ref' && !name.startsWith('Fn::')) return undefined;
  return { name, argument: value[name]! };
}

/** Text of a scalar as the service hands it on: `true`, `80`. */
export function scalarText(value: string | number | boolean): string {
  return typeof value === 'string' ? value : String(value);
}

/** A value as it is shown in a message. Objects have no prototype, so that String() fails on them. */
export function describeValue(value: TemplateValue | undefined): string {
  return isScalar(value) ? scalarText(value) : (JSON.stringify(value) ?? 'undefined');
}

export function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
