import { nearestName } from '../../identifiers/index.ts';
import { itemOf } from '../python/items.ts';
import { getAttribute, getItem, namesIn } from '../python/members.ts';
import { Dict, isInteger, isText, textOf, Undefined, type Value } from '../python/values.ts';
import type { Evaluate, PathPart } from './expressions.ts';
import type { Place } from './place.ts';
import type { Rendering, Scope } from './rendering-state.ts';

/** `a.b['c']` is looked up in one go, so that what is noted as read is the whole name, not each of its beginnings. */
export function compilePath(
  { root, parts }: { readonly root: string; readonly parts: readonly PathPart[] },
  { source }: Place,
  offset: number,
): Evaluate {
  return (scope) => {
    const { rendering } = scope;
    rendering.meter.step();
    rendering.at(source, offset);
    const variable = scope.find(root);
    if (!variable && !rendering.globals.has(root)) return member(rendering, undefinedName(scope, root, parts), parts);
    const { value, reads } = variable ?? (rendering.globals.get(root) as NonNullable<typeof variable>);
    for (const read of reads) rendering.reads.add(read);
    return member(rendering, value, parts);
  };
}

/** Follows the parts of a path, and notes as read what it ends at. */
function member(rendering: Rendering, root: Value, parts: readonly PathPart[]): Value {
  let [owner, value]: [Value | undefined, Value] = [undefined, root];
  for (const [index, { key, isDotted }] of parts.entries()) {
    owner = value;
    value = isDotted ? getAttribute(owner, key as string) : getItem(owner, key, rendering);
    if (value instanceof Undefined) {
      value = undefinedMember(rendering, owner, value, key, parts.slice(index + 1));
    }
  }
  noteRead(rendering, owner, parts.at(-1)?.key ?? '', value);
  return value;
}

/** The member of a value that is no path, noted as read; where it does not exist, with its whole name. */
export function findMember(rendering: Rendering, owner: Value, key: Value, value: Value): Value {
  const name = isText(key) ? textOf(key) : isInteger(key) ? BigInt(key) : undefined;
  if (name === undefined) return value;
  noteRead(rendering, owner, name, value);
  return value instanceof Undefined ? undefinedMember(rendering, owner, value, name, []) : value;
}

function noteRead(rendering: Rendering, owner: Value | undefined, key: string | bigint, value: Value): void {
  const own = rendering.origins.pathOf(value);
  if (own !== undefined) {
    rendering.reads.add(own);
    return;
  }
  const path = rendering.origins.pathOf(owner);
  // what is found in a container of the data but no member of it is a method
  if (path !== undefined && owner !== undefined && isMember(owner, key, value)) rendering.reads.add(`${path}.${key}`);
}

function isMember(owner: Value, key: string | bigint, value: Value): boolean {
  return value instanceof Undefined || (owner instanceof Dict ? owner.get(key) === value : typeof key === 'bigint');
}

function undefinedName(scope: Scope, name: string, parts: readonly PathPart[]): Undefined {
  const suggestion = () => {
    const names = [...scope.all().keys(), ...scope.rendering.globals.keys()];
    const nearest = nearestName(name, names);
    return nearest && followed(nearest, scope.find(nearest)?.value, parts);
  };
  return new Undefined(`'${name}' is undefined`, { asked: { path: undefined, suggestion } });
}

/** The same undefined value, which now knows its whole name and what stands beside it. */
function undefinedMember(
  rendering: Rendering,
  owner: Value,
  value: Undefined,
  key: string | bigint,
  rest: readonly PathPart[],
): Undefined {
  const path = rendering.origins.pathOf(owner);
  const prefix = path === undefined ? '' : `${path}.`;
  const suggestion = () => {
    const nearest = nearestName(String(key), namesIn(owner));
    return nearest && followed(prefix + nearest, itemOf(owner, nearest), rest);
  };
  const offered = () => (path === undefined ? [] : namesIn(owner).map((name) => prefix + name));
  const whole = path === undefined ? undefined : [prefix + key, ...rest.map((part) => part.key)].join('.');
  return new Undefined(value.message, { asked: { path: whole, suggestion, offered } });
}

/** A suggested name with the rest of what was asked for, as far as that exists. */
function followed(path: string, start: Value | undefined, rest: readonly PathPart[]): string {
  let [known, value] = [path, start];
  for (const { key } of rest) {
    value = value === undefined ? undefined : itemOf(value, key);
    if (value === undefined) return known;
    known = `${known}.${key}`;
  }
  return known;
}
