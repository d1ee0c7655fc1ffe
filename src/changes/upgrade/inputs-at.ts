import type { Pointer } from '../../bundles/index.ts';

/** Inputs as data. Maps have no prototype, so that a name like `__proto__` is one like any other. */
export type InputData = Record<string, unknown>;

export function copyOf<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(copyOf) as Value;
  if (!isMap(value)) return value;
  const copy: InputData = Object.create(null);
  for (const [key, member] of Object.entries(value)) copy[key] = copyOf(member);
  return copy as Value;
}

export function isMap(value: unknown): value is InputData {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What lies at the end of the way; `undefined` when nothing does, since inputs have no such value. */
export function valueAt(inputs: unknown, pointer: Pointer): unknown {
  return pointer.reduce<unknown>((value, part) => {
    if (Array.isArray(value)) return isIndex(part) ? value[Number(part)] : undefined;
    return isMap(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }, inputs);
}

/** Sets a value, and makes the maps on the way to it. Answers what is in the way, if something is. */
export function setAt(inputs: InputData, pointer: Pointer, value: unknown): string | undefined {
  const last = pointer.at(-1) ?? '';
  let here: unknown = inputs;
  for (const part of pointer.slice(0, -1)) {
    if (isMap(here) && !Object.hasOwn(here, part)) here[part] = Object.create(null);
    here = valueAt(here, [part]);
  }
  if (isMap(here)) here[last] = value;
  else if (Array.isArray(here) && isIndex(last) && Number(last) < here.length) here[Number(last)] = value;
  else return 'what lies around it is no map';
  return undefined;
}

export function removeAt(inputs: unknown, pointer: Pointer): void {
  const around = valueAt(inputs, pointer.slice(0, -1));
  const last = pointer.at(-1) ?? '';
  if (isMap(around)) delete around[last];
  else if (Array.isArray(around) && isIndex(last)) around.splice(Number(last), 1);
}

function isIndex(part: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(part);
}
