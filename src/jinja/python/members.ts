import { nearestName } from '../../identifiers/index.ts';
import { dictMethods, listMethods, rangeMethods, tupleMethods } from './container-methods.ts';
import type { Evaluator } from './evaluator.ts';
import { itemOf } from './items.ts';
import { markupMethods } from './markup-methods.ts';
import type { Method } from './method.ts';
import { floatMethods, integerMethods, numberAttribute } from './number-methods.ts';
import { repr } from './printing.ts';
import { strMethods } from './str-methods.ts';
import {
  BuiltinFunction,
  Dict,
  defined,
  GroupTuple,
  Instance,
  isInteger,
  isText,
  Markup,
  ownerName,
  Range,
  Tuple,
  textOf,
  Undefined,
  type Value,
} from './values.ts';

/** `owner.name`: an attribute, else an item. There are no attributes but those named in this folder. */
export function getAttribute(owner: Value, name: string): Value {
  const attribute = attributeOf(defined(owner), name);
  if (attribute !== undefined) return attribute;
  const item = owner instanceof Dict || owner instanceof Instance ? itemOf(owner, name) : undefined;
  return item === undefined ? missing(owner, name) : item;
}

/** `owner[key]`: an item, else, for a str, an attribute. */
export function getItem(owner: Value, key: Value, evaluator: Evaluator): Value {
  if (isText(owner)) evaluator.meter.text(0, textOf(owner).length);
  const item = itemOf(defined(owner), key);
  if (item !== undefined) return item;
  if (!isText(key)) return new Undefined(`${ownerName(owner)} has no element ${repr(key, evaluator)}`);
  const attribute = attributeOf(owner, textOf(key));
  return attribute === undefined ? missing(owner, textOf(key)) : attribute;
}

function missing(owner: Value, name: string): Undefined {
  const suggestion = () => nearestName(name, namesIn(owner));
  return new Undefined(`'${ownerName(owner)}' has no attribute '${name}'`, { asked: { path: undefined, suggestion } });
}

/** The names by which members of a value can be asked for. */
export function namesIn(owner: Value): string[] {
  return owner instanceof Dict ? Array.from(owner.keys()).filter(isText).map(textOf) : [];
}

/** An attribute as Python has it: a method, or a member of the few values that have members. */
export function attributeOf(owner: Value, name: string): Value | undefined {
  if (owner instanceof Instance) return owner.member(name);
  const method = methodOf(owner, name);
  if (method) return new BuiltinFunction(name, (args, keywords, evaluator) => method(owner, args, keywords, evaluator));
  return attributeOfData(owner, name);
}

function attributeOfData(owner: Value, name: string): Value | undefined {
  if (owner instanceof GroupTuple) return owner.member(name);
  if (typeof owner === 'number' || isInteger(owner)) return numberAttribute(owner, name);
  if (!(owner instanceof Range)) return undefined;
  if (name === 'start') return owner.start;
  if (name === 'stop') return owner.stop;
  return name === 'step' ? owner.step : undefined;
}

/** The method that a value has by this name, if it has one. */
export function methodOf(owner: Value, name: string): Method<Value> | undefined {
  return methodsOf(owner)?.get(name) as Method<Value> | undefined;
}

function methodsOf(owner: Value): ReadonlyMap<string, Method<never>> | undefined {
  if (typeof owner === 'string') return strMethods;
  if (owner instanceof Dict) return dictMethods;
  if (Array.isArray(owner)) return listMethods;
  if (owner instanceof Tuple) return tupleMethods;
  if (owner instanceof Markup) return markupMethods;
  if (owner instanceof Range) return rangeMethods;
  if (isInteger(owner)) return integerMethods;
  return typeof owner === 'number' ? floatMethods : undefined;
}
