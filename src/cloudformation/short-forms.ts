import type { SourcePositions } from './source-positions.ts';
import {
  isTemplateList,
  isTemplateObject,
  objectFrom,
  type TemplateObject,
  type TemplateValue,
} from './template-value.ts';

/**
 * YAML tags that stand for an intrinsic function, and the function in long form.
 * Source: CloudFormation user guide, "Intrinsic function reference".
 */
const longForms: Readonly<Record<string, string>> = objectFrom([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...[
    ...['And', 'Base64', 'Cidr', 'Contains', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join'],
    ...['Length', 'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform'],
  ].map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
]);

/** The long form of a YAML tag; undefined for a tag that is not a function. */
export function longFormOf(tag: string): string | undefined {
  return longForms[tag];
}

/** The object that calls `name` with `argument`, standing at `offset`. */
export function callFunction(
  name: string,
  argument: TemplateValue,
  offset: number,
  positions: SourcePositions,
): TemplateObject {
  const call = objectFrom([[name, argument]]);
  positions.note(call, name, offset);
  return normaliseCall(call, positions);
}

/**
 * `Fn::GetAtt` has two spellings, `Resource.Attribute` and a list. Both become the list of two; an attribute may
 * hold dots itself (`Outputs.Url`), so only the first dot separates.
 */
export function normaliseCall(object: TemplateObject, positions: SourcePositions): TemplateObject {
  const argument = object['Fn::GetAtt'];
  if (argument === undefined || isTemplateObject(argument)) return object;
  const offset = positions.offsetOf(object, 'Fn::GetAtt') ?? 0;
  const parts = getAttParts(argument);
  if (!parts) return object;
  parts.forEach((_, index) => {
    positions.note(parts, index, offset);
  });
  const call = objectFrom([...Object.entries(object).filter(([key]) => key !== 'Fn::GetAtt'), ['Fn::GetAtt', parts]]);
  positions.inherit(call, object);
  return call;
}

function getAttParts(argument: TemplateValue): readonly TemplateValue[] | undefined {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.');
    return dot < 0 ? [argument] : [argument.slice(0, dot), argument.slice(dot + 1)];
  }
  if (!isTemplateList(argument) || argument.length <= 2) return undefined;
  const [logicalId, ...attribute] = argument.filter((part) => typeof part === 'string');
  return logicalId === undefined ? undefined : [logicalId, attribute.join('.')];
}
