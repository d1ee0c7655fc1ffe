import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

/** What a parameter of a rail may be, and what it is where nobody says. */
export type ParameterRule =
  | { readonly kind: 'texts'; readonly about: string; readonly usual?: readonly string[] }
  | { readonly kind: 'numbers'; readonly about: string; readonly usual: readonly number[] }
  | { readonly kind: 'number'; readonly about: string; readonly usual?: number }
  | { readonly kind: 'text'; readonly about: string; readonly usual?: string };

/** Values by name; all that a rail has, those that are usual filled in. */
export type Parameters = Readonly<Record<string, ParameterValue>>;
export type ParameterValue = string | number | readonly string[] | readonly number[];

const itemsMax = 500;
const textMax = 60_000;

export type ParameterRefusal = Refusal<'guard-rail-parameter-wrong'>;

/** @param given as JSON. @refuses what the rail has not, a value of another kind, and one that is needed and not given */
export function readParameters(
  rail: string,
  rules: Readonly<Record<string, ParameterRule>>,
  given: Readonly<Record<string, unknown>>,
): Result<Parameters, ParameterRefusal> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) return wrong(rail, `has no parameter '${name}'`, rules);
  }
  const read: Record<string, ParameterValue> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const value = Object.hasOwn(given, name) ? given[name] : rule.usual;
    if (value === undefined) return wrong(rail, `needs the parameter '${name}'`, rules);
    if (!fits(rule, value)) return wrong(rail, `takes ${kinds[rule.kind]} as '${name}'`, rules);
    read[name] = value as ParameterValue;
  }
  return accept(read);
}

const kinds = {
  texts: `a list of at most ${itemsMax} texts`,
  numbers: `a list of at most ${itemsMax} numbers from 0`,
  number: 'a whole number from 0',
  text: `a text of at most ${textMax} characters`,
} as const satisfies Record<ParameterRule['kind'], string>;

function fits({ kind }: ParameterRule, value: unknown): boolean {
  const isText = (each: unknown) => typeof each === 'string' && each !== '' && each.length <= textMax;
  const isCount = (each: unknown) => Number.isSafeInteger(each) && (each as number) >= 0;
  const isList = (item: (each: unknown) => boolean) =>
    Array.isArray(value) && value.length <= itemsMax && value.every(item);
  switch (kind) {
    case 'texts':
      return isList((each) => isText(each) && (each as string).length <= 500);
    case 'numbers':
      return isList(isCount);
    case 'number':
      return isCount(value);
    case 'text':
      return isText(value);
  }
}

function wrong(
  rail: string,
  what: string,
  rules: Readonly<Record<string, ParameterRule>>,
): Result<never, ParameterRefusal> {
  const names = Object.entries(rules).map(([name, { about }]) => `${name} (${about})`);
  return refuse({
    kind: 'invalid',
    code: 'guard-rail-parameter-wrong',
    message: `The guard rail ${rail} ${what}.`,
    remedy: names.length > 0 ? `Its parameters: ${names.join('; ')}.` : 'It takes no parameters.',
  });
}

export function textsOf(parameters: Parameters, name: string): readonly string[] {
  const value = parameters[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function numbersOf(parameters: Parameters, name: string): readonly number[] {
  const value = parameters[name];
  return Array.isArray(value) ? value.map(Number) : [];
}

export function numberOf(parameters: Parameters, name: string): number {
  return Number(parameters[name]);
}

export function textOf(parameters: Parameters, name: string): string {
  const value = parameters[name];
  return typeof value === 'string' ? value : '';
}
