import { type EvaluatedValue, isEvaluatedList, isEvaluatedObject, isUnknown } from '../cloudformation/index.ts';

/** A value at a path: undefined where nothing is written, an UnknownValue where it, or what holds it, is not known. */
export interface PropertyReading {
  /** With the indexes of lists. */
  readonly path: string;
  readonly value: EvaluatedValue | undefined;
}

/** All values at a path. @param path `/` between names; `*` stands for each item of a list, or for its one item; digits for one of them */
export function readProperty(tree: EvaluatedValue | undefined, path: string): readonly PropertyReading[] {
  return readSteps(tree, path.split('/'), '');
}

function readSteps(value: EvaluatedValue | undefined, steps: readonly string[], at: string): PropertyReading[] {
  const [step, ...rest] = steps;
  if (step === undefined || isUnknown(value)) return [{ path: at, value }];
  if (step === '*') {
    if (value === undefined) return [];
    const items = isEvaluatedList(value) ? value : [value];
    return items.flatMap((item, index) => readSteps(item, rest, join(at, index)));
  }
  const member = isEvaluatedObject(value) ? value[step] : isEvaluatedList(value) ? value[Number(step)] : undefined;
  return readSteps(member, rest, join(at, step));
}

function join(at: string, step: string | number): string {
  return at === '' ? String(step) : `${at}/${step}`;
}

/** The one value at a path without `*`. */
export function readOne(tree: EvaluatedValue | undefined, path: string): EvaluatedValue | undefined {
  return readProperty(tree, path)[0]?.value;
}

export function asList(value: EvaluatedValue | undefined): readonly EvaluatedValue[] {
  if (value === undefined) return [];
  return isEvaluatedList(value) ? value : [value];
}

/** Whether something is written; undefined: a condition that is not decided yet says so. */
export function isWritten(value: EvaluatedValue | undefined): boolean | undefined {
  if (value === undefined) return false;
  if (!isUnknown(value)) return value !== '';
  const { expression } = value;
  return typeof expression === 'object' && Object.hasOwn(expression, 'Fn::If') ? undefined : true;
}

/** Every text in a tree, with its path. */
export function* textsIn(value: EvaluatedValue, at = ''): Generator<{ readonly path: string; readonly text: string }> {
  if (typeof value === 'string') yield { path: at, text: value };
  else if (isEvaluatedList(value)) for (const [index, item] of value.entries()) yield* textsIn(item, join(at, index));
  else if (isEvaluatedObject(value))
    for (const [name, member] of Object.entries(value)) yield* textsIn(member, join(at, name));
}
