import { accept, type Result } from '../errors/index.ts';
import { matchesAllowedPattern } from './allowed-pattern.ts';
import { type StackRefusal, stackRefusal } from './stack-refusal.ts';
import { type ParameterDeclaration, positionIn, type StackTemplate } from './stack-template.ts';
import { UnknownValue } from './template-value.ts';

/** A parameter with the value it has for one stack. */
export interface ParameterValue {
  readonly name: string;
  readonly type: string;
  /** What `Ref` gives: text, a list of texts for list types, unknown for an SSM parameter that could not be read. */
  readonly value: string | readonly string[] | UnknownValue;
  /** As given, or the default. For an SSM parameter type this is the name of the SSM parameter. */
  readonly text: string;
  readonly source: 'given' | 'default';
  readonly noEcho: boolean;
}

export type ParameterValues = ReadonlyMap<string, ParameterValue>;

export interface ParameterOptions {
  /** Value of an SSM parameter by name, as text; undefined if it does not exist. Without it such values are unknown. */
  readonly ssm?: (name: string) => string | undefined;
}

/** What `NoEcho` parameters look like in every answer. Source: CloudFormation user guide, "Parameters". */
export const noEchoMask = '****';

/** Most bytes of a value. Source: CloudFormation quotas. */
const valueBytesMax = 4096;

/**
 * Gives every declared parameter its value: the given text, else the default; checks type and constraints.
 * `UsePreviousValue` is the caller's: give the previous text.
 * @refuses stack-parameter-invalid with the service's messages
 */
export function resolveParameters(
  template: StackTemplate,
  given: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
  options: ParameterOptions = {},
): Result<ParameterValues, StackRefusal> {
  const texts = given instanceof Map ? given : new Map(Object.entries(given));
  const declarations = [...template.parameters.values()];
  const unknown = [...texts.keys()].filter((name) => !template.parameters.has(name));
  if (unknown.length > 0) return refuseNames(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const missing = missingParameters(template, texts);
  if (missing) return { ok: false, refusal: missing };
  const values = new Map<string, ParameterValue>();
  for (const declaration of declarations) {
    const resolved = resolveParameter(template, declaration, texts.get(declaration.name), options);
    if (!resolved.ok) return resolved;
    values.set(declaration.name, resolved.value);
  }
  return accept(values);
}

/** Declared parameters that are not given and have no default, as the service refuses them. */
export function missingParameters(
  template: StackTemplate,
  given: ReadonlyMap<string, string>,
): StackRefusal | undefined {
  const names = [...template.parameters.values()]
    .filter(({ name, default: text }) => !given.has(name) && text === undefined)
    .map(({ name }) => name);
  if (names.length === 0) return undefined;
  const position = positionIn(template, ['Parameters', names[0]!]);
  return stackRefusal('stack-parameter-invalid', `Parameters: [${names.join(', ')}] must have values`, position);
}

function refuseNames(message: string): { ok: false; refusal: StackRefusal } {
  return { ok: false, refusal: stackRefusal('stack-parameter-invalid', message) };
}

function resolveParameter(
  template: StackTemplate,
  declaration: ParameterDeclaration,
  given: string | undefined,
  options: ParameterOptions,
): Result<ParameterValue, StackRefusal> {
  const text = given ?? declaration.default ?? '';
  const broken = brokenConstraint(declaration, text);
  if (broken) {
    const position = positionIn(template, ['Parameters', declaration.name]);
    return { ok: false, refusal: stackRefusal('stack-parameter-invalid', broken, position) };
  }
  const { name, type, noEcho } = declaration;
  const source = given === undefined ? 'default' : 'given';
  const ssmType = ssmValueType(type);
  if (ssmType === undefined) return accept({ name, type, value: typedValue(type, text), text, source, noEcho });
  const value = ssmValue(ssmType, text, options);
  if (value !== undefined) return accept({ name, type, value, text, source, noEcho });
  return refuseNames(
    `Parameters [${text}] referenced by template not found in SSM. Unable to fetch parameters [${text}] from parameter store for this account.`,
  );
}

/** The type between the brackets of `AWS::SSM::Parameter::Value<…>`. */
function ssmValueType(type: string): string | undefined {
  return /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];
}

function ssmValue(type: string, name: string, options: ParameterOptions): ParameterValue['value'] | undefined {
  if (!options.ssm) return new UnknownValue(`{{resolve:ssm:${name}}}`, []);
  const text = options.ssm(name);
  return text === undefined ? undefined : typedValue(type, text);
}

export function isListType(type: string): boolean {
  const valueType = ssmValueType(type) ?? type;
  return valueType === 'CommaDelimitedList' || valueType.startsWith('List<');
}

/** Items of a list lose the blanks around them. Source: CloudFormation user guide, "CommaDelimitedList". */
function typedValue(type: string, text: string): string | readonly string[] {
  if (!isListType(type)) return text;
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

/** The service's message for the first constraint that `text` breaks. */
function brokenConstraint(declaration: ParameterDeclaration, text: string): string | undefined {
  const rule = constraintRule(declaration, text);
  if (!rule) return undefined;
  const { name, constraintDescription } = declaration;
  if (!constraintDescription) return `Parameter '${name}' ${rule}`;
  return `Parameter ${name} failed to satisfy constraint: ${constraintDescription}`;
}

function constraintRule(declaration: ParameterDeclaration, text: string): string | undefined {
  const { type, allowedValues, allowedPattern, minLength, maxLength } = declaration;
  if (Buffer.byteLength(text) > valueBytesMax) return `must contain at most ${valueBytesMax} bytes`;
  const items = isListType(type) ? (typedValue(type, text) as readonly string[]) : [text];
  if (allowedValues && !items.every((item) => isAllowed(declaration, allowedValues, item))) {
    return allowedValues.length > 0 ? `must be one of AllowedValues` : undefined;
  }
  if (isNumberType(type)) {
    const broken = items.map((item) => numberRule(declaration, item)).find((rule) => rule !== undefined);
    if (broken) return broken;
  }
  const matches = allowedPattern === undefined ? [] : items.map((item) => matchesAllowedPattern(allowedPattern, item));
  if (matches.includes('too-slow')) return `cannot be compared with pattern ${allowedPattern} in reasonable time`;
  if (matches.includes(false)) return `must match pattern ${allowedPattern}`;
  if (minLength !== undefined && text.length < minLength) return `must contain at least ${minLength} characters`;
  if (maxLength !== undefined && text.length > maxLength) return `must contain at most ${maxLength} characters`;
  return undefined;
}

function isNumberType(type: string): boolean {
  return type === 'Number' || type === 'List<Number>';
}

/** `10` is allowed where `10.0` is listed, for a number. */
function isAllowed(declaration: ParameterDeclaration, allowed: readonly string[], item: string): boolean {
  if (allowed.includes(item)) return true;
  return (
    isNumberType(declaration.type) && item.trim() !== '' && allowed.some((value) => Number(value) === Number(item))
  );
}

function numberRule({ minValue, maxValue }: ParameterDeclaration, text: string): string | undefined {
  if (!/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(text)) return 'must be a number';
  const number = Number(text);
  if (minValue !== undefined && number < minValue) return `must be a number not less than ${minValue}`;
  if (maxValue !== undefined && number > maxValue) return `must be a number not greater than ${maxValue}`;
  return undefined;
}
