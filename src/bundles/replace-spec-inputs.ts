import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  parseDocument,
  type Scalar,
  stringify,
  visit,
  YAMLMap,
} from 'yaml';
import type { Pointer } from './json-pointer.ts';

/** A part of a spec that has inputs of its own. */
export type SpecPart =
  | { readonly kind: 'environment' }
  | { readonly kind: 'instance'; readonly instance: string }
  | { readonly kind: 'pipeline' };

export interface InputsReplacement {
  /** Carried out first, in order, so that what is moved keeps its form. */
  readonly moves: readonly { readonly from: Pointer; readonly to: Pointer }[];
  /** What the text says once they are carried out. */
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/**
 * The spec with other inputs for one of its parts. What stays the same keeps its comments, order and spelling; so does
 * what was moved.
 */
export function replaceSpecInputs(text: string, part: SpecPart, { moves, before, after }: InputsReplacement): string {
  if (moves.length === 0 && isDeepStrictEqual(plain(before), plain(after))) return text;
  // every value as the characters that were written: what is not replaced comes back as it was
  const document = parseDocument(text, { schema: 'failsafe' });
  const holder = holderOf(document, part);
  if (!holder) throw new Error('the spec has no such part, though its inputs were read');
  const [map, key] = holder;
  const inputs = map.get(key, true);
  if (!isMap(inputs) || hasSharing(inputs)) map.set(key, nodeOf(after));
  else {
    for (const { from, to } of moves) move(inputs, from, to);
    reconcile(inputs, before, after);
  }
  return document.toString({ lineWidth: 0 });
}

/** The map that the inputs of a part lie in, and their name there. */
function holderOf(document: Document.Parsed, part: SpecPart): readonly [YAMLMap, string] | undefined {
  const root = document.contents;
  if (!isMap(root)) return undefined;
  if (part.kind === 'environment') return [root, 'spec'];
  if (part.kind === 'pipeline') return [root, 'pipeline'];
  const list = root.get('instances', true);
  const instance = isSeq(list)
    ? list.items.find((item) => isMap(item) && item.get('name') === part.instance)
    : undefined;
  return isMap(instance) ? [instance, 'spec'] : undefined;
}

/** Aliases and merge keys: one text for several values cannot be changed for one of them. */
function hasSharing(node: Node): boolean {
  let found = false;
  visit(node, {
    Alias: () => {
      found = true;
    },
    Pair: (_, pair) => {
      if (isScalar(pair.key) && pair.key.value === '<<') found = true;
    },
    Node: (_, each) => {
      if ('anchor' in each && each.anchor) found = true;
    },
  });
  return found;
}

function move(inputs: YAMLMap, from: Pointer, to: Pointer): void {
  const source = inputs.getIn(from.slice(0, -1), true) ?? inputs;
  const around = from.length === 1 ? inputs : source;
  if (!isMap(around)) return;
  const pair = around.items.find((each) => keyOf(each) === from.at(-1));
  if (!pair) return;
  const isBeside = from.length === to.length && from.slice(0, -1).every((part, index) => part === to[index]);
  if (isBeside && isScalar(pair.key)) {
    pair.key.value = to.at(-1);
    return;
  }
  around.items.splice(around.items.indexOf(pair), 1);
  let here: YAMLMap = inputs;
  for (const part of to.slice(0, -1)) {
    const next: unknown = here.get(part, true);
    if (isMap(next)) here = next;
    else {
      const made = new YAMLMap();
      here.set(part, made);
      here = made;
    }
  }
  if (isScalar(pair.key)) pair.key.value = to.at(-1);
  here.items.push(pair);
}

function reconcile(
  node: YAMLMap,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): void {
  node.items = node.items.filter((pair) => Object.hasOwn(after, keyOf(pair)));
  for (const [key, value] of Object.entries(after)) {
    const was = Object.hasOwn(before, key) ? before[key] : undefined;
    const there = node.get(key, true) as Node | undefined;
    if (there !== undefined && isDeepStrictEqual(plain(was), plain(value))) continue;
    if (isMap(there) && isRecord(was) && isRecord(value)) reconcile(there, was, value);
    else replace(node, key, there, value);
  }
}

function replace(map: YAMLMap, key: string, there: Node | undefined, value: unknown): void {
  const made = nodeOf(value);
  if (there && !isCollection(there) && isScalar(made)) made.comment = there.comment;
  const pair = map.items.find((each) => keyOf(each) === key);
  if (pair) pair.value = made;
  else map.items.push(new Pair(nodeOf(key), made));
}

function keyOf({ key }: { readonly key: unknown }): string {
  return String(isScalar(key) ? key.value : key);
}

/** A value as YAML that reads back as itself, quoted where it must be, also for readers that take `yes` for true. */
function nodeOf(value: unknown): Scalar | YAMLMap {
  return parseDocument(stringify(value, { version: '1.1' }), { schema: 'failsafe' }).contents as Scalar | YAMLMap;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without the differences between maps that have a prototype and those that have none. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null));
}
