import { cidrBlocks } from './cidr-blocks.ts';
import { dynamicReferencesIn } from './dynamic-references.ts';
import type { Evaluation } from './evaluation.ts';
import { isPseudoParameter, noValueName, pseudoParameter } from './pseudo-parameters.ts';
import { subParts } from './sub-text.ts';
import {
  type EvaluatedValue,
  intrinsicOf,
  isEvaluatedList,
  isScalar,
  isTemplateList,
  isTemplateObject,
  isUnknown,
  objectFrom,
  scalarText,
  type TemplateObject,
  type TemplateValue,
  UnknownValue,
} from './template-value.ts';
import { languageExtensionsTransform } from './transforms.ts';
import { concatenation, isWhollyKnown, unknownCall } from './unknown-expressions.ts';

/** What `Ref: AWS::NoValue` gives: the entry that holds it is left out. */
export const noValue = Symbol('AWS::NoValue');
export type MaybeValue = EvaluatedValue | typeof noValue;

/** Evaluates intrinsic functions wherever they stand in `value`. Whatever cannot be known becomes an UnknownValue. */
export function evaluateValue(evaluation: Evaluation, value: TemplateValue): MaybeValue {
  if (typeof value === 'string') return evaluateText(evaluation, value);
  if (isScalar(value)) return value;
  if (isTemplateList(value)) return evaluateList(evaluation, value);
  const call = intrinsicOf(value);
  return call ? evaluateCall(evaluation, call.name, call.argument, value) : evaluateObject(evaluation, value);
}

function evaluateList(evaluation: Evaluation, list: readonly TemplateValue[]): readonly EvaluatedValue[] {
  const items: EvaluatedValue[] = [];
  for (const item of list) {
    const value = evaluateValue(evaluation, item);
    if (value !== noValue) items.push(value);
  }
  return items;
}

function evaluateObject(evaluation: Evaluation, object: TemplateObject): EvaluatedValue {
  const entries: [string, EvaluatedValue][] = [];
  for (const [key, member] of Object.entries(object)) {
    const value = evaluateValue(evaluation, member);
    if (value !== noValue) entries.push([key, value]);
  }
  return objectFrom(entries);
}

/** Dynamic references stay text unless the resolver knows what they stand for. */
function evaluateText(evaluation: Evaluation, text: string): EvaluatedValue {
  const resolve = evaluation.context.resolve?.dynamicReference;
  const references = resolve ? dynamicReferencesIn(text) : [];
  if (!resolve || references.length === 0) return text;
  const pieces: (string | UnknownValue)[] = [];
  let end = 0;
  for (const reference of references) {
    const start = text.indexOf(reference.text, end);
    pieces.push(text.slice(end, start), resolve(reference) ?? reference.text);
    end = start + reference.text.length;
  }
  return concatenation([...pieces, text.slice(end)]);
}

type IntrinsicFunction = (evaluation: Evaluation, argument: TemplateValue, call: TemplateObject) => MaybeValue;

function evaluateCall(evaluation: Evaluation, name: string, argument: TemplateValue, call: TemplateObject): MaybeValue {
  const evaluate = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (evaluate) return evaluate(evaluation, argument, call);
  if (name === 'Fn::Transform' || name.startsWith('Fn::ForEach')) {
    const message = `${name} is not expanded here; only the service itself can run it.`;
    return evaluation.refuse(message, call, name, 'stack-template-unsupported');
  }
  return evaluation.refuse(`Template error: ${name} is not an intrinsic function that can be used here.`, call, name);
}

const functions: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (evaluation, argument, call) => {
    if (typeof argument === 'string') return reference(evaluation, argument, 'Ref', call, 'Ref');
    return evaluation.refuse('Template error: every Ref object must have a single String value.', call, 'Ref');
  },
  'Fn::GetAtt': getAtt,
  'Fn::Sub': sub,
  'Fn::Join': join,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::FindInMap': findInMap,
  'Fn::If': ifElse,
  'Fn::Base64': base64,
  'Fn::Cidr': cidr,
  'Fn::GetAZs': getAzs,
  'Fn::ImportValue': importValue,
  'Fn::Length': length,
  'Fn::ToJsonString': toJsonString,
};

function reference(
  evaluation: Evaluation,
  name: string,
  through: 'Ref' | 'Fn::Sub',
  at: object,
  key: string,
): MaybeValue {
  if (name === noValueName) return noValue;
  const parameter = evaluation.context.parameters.get(name);
  if (parameter) return parameter.value;
  if (isPseudoParameter(name)) return pseudoParameter(evaluation.context.pseudo, name) ?? unknownCall('Ref', name);
  if (evaluation.hasResource(name)) {
    evaluation.references.push({ logicalId: name, through });
    return (
      evaluation.context.resolve?.ref?.(name) ?? new UnknownValue(objectFrom([['Ref', name]]), [{ logicalId: name }])
    );
  }
  // A declared parameter without a value: the caller evaluates before values are given.
  if (evaluation.template.parameters.has(name)) return unknownCall('Ref', name);
  return refuseUnresolved(evaluation, name, at, key);
}

/** Also for a resource that is declared, but turned off by its condition. */
function refuseUnresolved(evaluation: Evaluation, name: string, at: object, key: string): UnknownValue {
  const message = `Template format error: Unresolved resource dependencies [${name}] in the ${evaluation.block} block of the template`;
  return evaluation.refuse(message, at, key, 'stack-template-invalid');
}

function attribute(
  evaluation: Evaluation,
  logicalId: string,
  name: string,
  through: 'Fn::GetAtt' | 'Fn::Sub',
  at: object,
  key: string,
): EvaluatedValue {
  if (!evaluation.template.resources.has(logicalId)) {
    const message = `Template error: instance of ${through} references undefined resource ${logicalId}`;
    return evaluation.refuse(message, at, key, 'stack-template-invalid');
  }
  if (!evaluation.hasResource(logicalId)) return refuseUnresolved(evaluation, logicalId, at, key);
  evaluation.references.push({ logicalId, attribute: name, through });
  const getAttribute = evaluation.context.resolve?.getAtt;
  if (!getAttribute) {
    return new UnknownValue(objectFrom([['Fn::GetAtt', [logicalId, name]]]), [{ logicalId, attribute: name }]);
  }
  const value = getAttribute(logicalId, name);
  if (value !== undefined) return value;
  const message = `Template error: resource ${logicalId} does not support attribute type ${name} in Fn::GetAtt`;
  return evaluation.refuse(message, at, key, 'stack-template-invalid');
}

function getAtt(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  const [logicalId, name] = isTemplateList(argument) ? argument : [];
  const attributeName = name === undefined ? undefined : known(evaluation, name);
  if (typeof logicalId !== 'string' || typeof attributeName !== 'string' || logicalId === '' || attributeName === '') {
    const message =
      'Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute';
    return evaluation.refuse(message, call, 'Fn::GetAtt');
  }
  return attribute(evaluation, logicalId, attributeName, 'Fn::GetAtt', call, 'Fn::GetAtt');
}

function sub(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  const [text, mapping] = isTemplateList(argument) ? argument : [argument];
  const wellFormed = typeof text === 'string' && (mapping === undefined || isTemplateObject(mapping));
  if (!wellFormed || (isTemplateList(argument) && argument.length > 2)) {
    const message =
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string";
    return evaluation.refuse(message, call, 'Fn::Sub');
  }
  const parts = subParts(text);
  if (!parts) {
    const message =
      'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons';
    return evaluation.refuse(message, call, 'Fn::Sub');
  }
  const pieces = parts.map((part) =>
    'text' in part ? evaluateText(evaluation, part.text) : subVariable(evaluation, part.name, mapping, call),
  );
  return concatenation(pieces.map((piece) => textPiece(evaluation, piece, 'Fn::Sub', call)));
}

function subVariable(
  evaluation: Evaluation,
  name: string,
  mapping: TemplateObject | undefined,
  call: TemplateObject,
): EvaluatedValue {
  const own = mapping?.[name];
  const value = own === undefined ? outerVariable(evaluation, name, call) : evaluateValue(evaluation, own);
  return value === noValue ? '' : value;
}

function outerVariable(evaluation: Evaluation, name: string, call: TemplateObject): MaybeValue {
  const dot = name.indexOf('.');
  if (dot < 0) return reference(evaluation, name, 'Fn::Sub', call, 'Fn::Sub');
  return attribute(evaluation, name.slice(0, dot), name.slice(dot + 1), 'Fn::Sub', call, 'Fn::Sub');
}

/** A value inside a text. A list inside a text is what the service refuses. */
function textPiece(
  evaluation: Evaluation,
  value: EvaluatedValue,
  name: string,
  call: TemplateObject,
): string | UnknownValue {
  if (isScalar(value)) return scalarText(value);
  if (isUnknown(value)) return value;
  if (name === 'Fn::Sub' && isEvaluatedList(value) && value.every((item) => isScalar(item) || isUnknown(item))) {
    return joinPieces(value as readonly (string | UnknownValue)[], ',');
  }
  const message = `Template error: ${name} can only put texts together; one of its parts is a list or an object`;
  return evaluation.refuse(message, call, name);
}

function join(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  const [delimiter, listed] = isTemplateList(argument) ? argument : [];
  const list = listed === undefined ? undefined : known(evaluation, listed);
  const complete = isTemplateList(argument) && argument.length === 2 && typeof delimiter === 'string';
  if (!complete || !(isEvaluatedList(list) || isUnknown(list))) {
    const message =
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.';
    return evaluation.refuse(message, call, 'Fn::Join');
  }
  if (isUnknown(list)) return unknownCall('Fn::Join', delimiter, list);
  return joinPieces(
    list.map((item) => textPiece(evaluation, item, 'Fn::Join', call)),
    delimiter,
  );
}

function joinPieces(pieces: readonly (string | UnknownValue)[], delimiter: string): string | UnknownValue {
  return concatenation(pieces.flatMap((piece, index) => (index === 0 ? [piece] : [delimiter, piece])));
}

function select(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  const [indexValue, listed] = isTemplateList(argument) && argument.length === 2 ? argument : [];
  const index = indexValue === undefined ? undefined : known(evaluation, indexValue);
  const list = listed === undefined ? undefined : known(evaluation, listed);
  const number = isScalar(index) && /^\d+$/.test(scalarText(index)) ? Number(index) : undefined;
  if ((number === undefined && !isUnknown(index)) || !(isEvaluatedList(list) || isUnknown(list))) {
    const message =
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list';
    return evaluation.refuse(message, call, 'Fn::Select');
  }
  if (number === undefined || isUnknown(list)) return unknownCall('Fn::Select', index!, list);
  const chosen = list[number];
  if (chosen !== undefined) return chosen;
  return evaluation.refuse(
    `Template error: Fn::Select cannot select nonexistent value at index ${number}`,
    call,
    'Fn::Select',
  );
}

function split(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  const [delimiter, source] = isTemplateList(argument) && argument.length === 2 ? argument : [];
  const text = source === undefined ? undefined : known(evaluation, source);
  if (typeof delimiter !== 'string' || delimiter === '' || !(isScalar(text) || isUnknown(text))) {
    const message =
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.';
    return evaluation.refuse(message, call, 'Fn::Split');
  }
  return isUnknown(text) ? unknownCall('Fn::Split', delimiter, text) : scalarText(text).split(delimiter);
}

function findInMap(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): MaybeValue {
  const parts = isTemplateList(argument) ? argument : [];
  const keys = parts.slice(0, 3).map((part) => known(evaluation, part));
  if (keys.length !== 3 || parts.length > 4 || !keys.every((key) => isScalar(key) || isUnknown(key))) {
    const message =
      'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value';
    return evaluation.refuse(message, call, 'Fn::FindInMap');
  }
  if (!keys.every(isScalar)) return unknownCall('Fn::FindInMap', ...keys);
  const [mapName = '', key = '', attributeName = ''] = keys.map(scalarText);
  const map = evaluation.template.mappings[mapName];
  const attributes = isTemplateObject(map) ? map[key] : undefined;
  const found = isTemplateObject(attributes) ? attributes[attributeName] : undefined;
  if (found !== undefined) return evaluateValue(evaluation, found);
  const fallback = mapDefault(evaluation, parts[3]);
  if (fallback !== undefined) return evaluateValue(evaluation, fallback);
  const message =
    map === undefined
      ? `Template error: Mapping named '${mapName}' is not present in the 'Mappings' section of template.`
      : `Template error: Unable to get mapping for ${mapName}::${key}::${attributeName}`;
  return evaluation.refuse(message, call, 'Fn::FindInMap');
}

/** A default value is part of AWS::LanguageExtensions. */
function mapDefault(evaluation: Evaluation, options: TemplateValue | undefined): TemplateValue | undefined {
  if (!usesLanguageExtensions(evaluation) || !isTemplateObject(options)) return undefined;
  return options.DefaultValue;
}

function ifElse(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): MaybeValue {
  const [condition, whenTrue, whenFalse] = isTemplateList(argument) && argument.length === 3 ? argument : [];
  if (typeof condition !== 'string' || whenTrue === undefined || whenFalse === undefined) {
    return evaluation.refuse('Template error: Fn::If requires a list argument with three elements', call, 'Fn::If');
  }
  const truth = evaluation.truths.get(condition);
  if (truth === undefined) {
    const message = `Template error: unresolved condition dependency ${condition} in Fn::If`;
    return evaluation.refuse(message, call, 'Fn::If', 'stack-template-invalid');
  }
  if (!isUnknown(truth)) return evaluateValue(evaluation, truth ? whenTrue : whenFalse);
  const branches = [whenTrue, whenFalse].map((branch) => {
    const value = evaluateValue(evaluation, branch);
    return value === noValue ? objectFrom<EvaluatedValue>([['Ref', noValueName]]) : value;
  });
  return unknownCall('Fn::If', truth, ...branches);
}

function base64(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  const text = known(evaluation, argument);
  if (isUnknown(text)) return unknownCall('Fn::Base64', text);
  if (isScalar(text)) return Buffer.from(scalarText(text)).toString('base64');
  return evaluation.refuse(
    'Template error: every Fn::Base64 object must have a String-typed value.',
    call,
    'Fn::Base64',
  );
}

function cidr(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  const parts = isTemplateList(argument) ? argument.map((part) => known(evaluation, part)) : [];
  if (parts.length < 2 || parts.length > 3 || !parts.every((part) => isScalar(part) || isUnknown(part))) {
    const message =
      'Template error: every Fn::Cidr object requires an IP address block, a count and optionally the number of subnet bits';
    return evaluation.refuse(message, call, 'Fn::Cidr');
  }
  if (!parts.every(isScalar)) return unknownCall('Fn::Cidr', ...parts);
  const [block = '', count = '', bits] = parts.map(scalarText);
  const hostBits = bits ?? (block.includes(':') ? '64' : '8');
  const blocks =
    /^\d+$/.test(count) && /^\d+$/.test(hostBits) ? cidrBlocks(block, Number(count), Number(hostBits)) : undefined;
  if (blocks) return blocks;
  const message = `Template error: Fn::Cidr cannot make ${count} blocks with ${hostBits} subnet bits from ${block}`;
  return evaluation.refuse(message, call, 'Fn::Cidr');
}

function getAzs(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  const asked = known(evaluation, argument);
  const region = asked === '' ? pseudoParameter(evaluation.context.pseudo, 'AWS::Region') : asked;
  if (region === undefined) return unknownCall('Fn::GetAZs', '');
  if (isUnknown(region)) return unknownCall('Fn::GetAZs', region);
  if (typeof region !== 'string') {
    return evaluation.refuse(
      'Template error: every Fn::GetAZs object must have a String-typed value.',
      call,
      'Fn::GetAZs',
    );
  }
  return evaluation.context.resolve?.azs?.(region) ?? unknownCall('Fn::GetAZs', region);
}

function importValue(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  const name = known(evaluation, argument);
  if (isUnknown(name)) return unknownCall('Fn::ImportValue', name);
  if (!isScalar(name)) {
    const message =
      'Template error: the attribute in Fn::ImportValue must be a string or a function that returns a string';
    return evaluation.refuse(message, call, 'Fn::ImportValue');
  }
  const imported = evaluation.context.resolve?.importValue;
  if (!imported) return unknownCall('Fn::ImportValue', scalarText(name));
  return (
    imported(scalarText(name)) ??
    evaluation.refuse(`No export named ${scalarText(name)} found.`, call, 'Fn::ImportValue')
  );
}

function length(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  if (!usesLanguageExtensions(evaluation)) return refuseExtension(evaluation, 'Fn::Length', call);
  const list = known(evaluation, argument);
  if (isUnknown(list)) return unknownCall('Fn::Length', list);
  if (isEvaluatedList(list)) return list.length;
  return evaluation.refuse('Template error: every Fn::Length object requires a list.', call, 'Fn::Length');
}

function toJsonString(evaluation: Evaluation, argument: TemplateValue, call: TemplateObject): EvaluatedValue {
  if (!usesLanguageExtensions(evaluation)) return refuseExtension(evaluation, 'Fn::ToJsonString', call);
  const value = known(evaluation, argument);
  return isWhollyKnown(value) ? JSON.stringify(value) : unknownCall('Fn::ToJsonString', value);
}

function refuseExtension(evaluation: Evaluation, name: string, call: TemplateObject): UnknownValue {
  const message = `Template error: ${name} needs Transform: ${languageExtensionsTransform}`;
  return evaluation.refuse(message, call, name, 'stack-template-invalid');
}

function usesLanguageExtensions(evaluation: Evaluation): boolean {
  return evaluation.template.transforms.includes(languageExtensionsTransform);
}

/** The value of an argument; AWS::NoValue counts as an empty text. */
function known(evaluation: Evaluation, value: TemplateValue): EvaluatedValue {
  const evaluated = evaluateValue(evaluation, value);
  return evaluated === noValue ? '' : evaluated;
}
