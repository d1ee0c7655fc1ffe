import fc, { type Arbitrary } from 'fast-check';
import { oddKeys, oddNumbers, oddTexts } from './odd-values.ts';
import { isTreeList, isTreeMap, type Tree } from './tree.ts';

/** What becomes of one place in a tree. */
type TreeEdit = (tree: Tree, place: Place) => Tree;

interface Place {
  readonly size: number;
  readonly odd: Tree;
  readonly key: string;
  /** Another part of the same tree. */
  readonly other: Tree;
}

const edits = {
  replace: (_, { odd }) => odd,
  asText: (tree) => (typeof tree === 'object' ? 'text' : String(tree)),
  inList: (tree) => [tree],
  inMap: (tree, { key }) => ({ entries: [[key, tree]] }),
  nothing: () => null,
  empty: (tree) => (isTreeList(tree) ? [] : { entries: [] }),
  other: (_, { other }) => other,
  deep: (tree, { size, key }) => {
    let nested = tree;
    for (let depth = 0; depth < Math.min(size, depthMax); depth += 1)
      nested = size % 2 === 0 ? [nested] : { entries: [[key, nested]] };
    return nested;
  },
  many: (tree, { size }) => Array.from({ length: size }, () => tree),
  manyKeys: (tree, { size, key }) => ({
    entries: Array.from({ length: size }, (_, index) => [`${key}${index}`, tree]),
  }),
  addKey: (tree, { key, odd }) => (isTreeMap(tree) ? { entries: [...tree.entries, [key, odd]] } : odd),
  renameKey: (tree, { key, size }) => changedEntry(tree, size, ([, value]) => [[key, value]]),
  repeatKey: (tree, { size }) => changedEntry(tree, size, (entry) => [entry, entry]),
  dropKey: (tree, { size }) => changedEntry(tree, size, () => []),
  reverse: (tree) =>
    isTreeMap(tree) ? { entries: tree.entries.toReversed() } : isTreeList(tree) ? tree.toReversed() : tree,
} satisfies Record<string, TreeEdit>;

type Entry = readonly [string, Tree];

function changedEntry(tree: Tree, at: number, change: (entry: Entry) => readonly Entry[]): Tree {
  if (!isTreeMap(tree) || tree.entries.length === 0) return tree;
  const chosen = at % tree.entries.length;
  return { entries: tree.entries.flatMap((entry, index) => (index === chosen ? change(entry) : [entry])) };
}

/** Places of a tree are counted in the order in which they are written. */
const placesMax = 0xffff;
const nodesMax = 20_000;
/** Characters of all keys and texts. */
const lengthMax = 400_000;
/** Of one edit: readers have lower limits, and what writes the tree down is recursive itself. */
const depthMax = 400;

/** A valid document after up to four edits. Shrinks towards fewer, and to the document as it is. */
export function editedTree(trees: readonly Tree[], words: readonly string[] = []): Arbitrary<Tree> {
  return fc.tuple(fc.constantFrom(...trees), fc.array(treeEdit(words), { maxLength: 4 })).map(([tree, all]) =>
    all.reduce((edited, edit) => {
      const next = edit(edited);
      return sizeOf(next) > nodesMax || lengthOf(next) > lengthMax ? edited : next;
    }, tree),
  );
}

function treeEdit(words: readonly string[]): Arbitrary<(tree: Tree) => Tree> {
  const text = words.length > 0 ? fc.constantFrom(...oddTexts, ...words, ...words) : fc.constantFrom(...oddTexts);
  const odd: Arbitrary<Tree> = fc.oneof(
    text,
    fc.constantFrom<Tree>(...oddNumbers, true, false, null, [], { entries: [] }),
  );
  return fc
    .record({
      name: fc.constantFrom('replace', 'renameKey', 'addKey', ...(Object.keys(edits) as (keyof typeof edits)[])),
      at: fc.nat(placesMax),
      otherAt: fc.nat(placesMax),
      size: fc.oneof({ weight: 9, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.nat(3_000) }),
      key: fc.oneof(fc.constantFrom(...oddKeys), text),
      odd,
    })
    .map(({ name, at, otherAt, size, key, odd: value }) => (tree: Tree) => {
      const count = sizeOf(tree);
      const other = nodeAt(tree, otherAt % count);
      const edit: TreeEdit = edits[name as keyof typeof edits];
      return changedAt(tree, at % count, (node) => edit(node, { size, key, odd: value, other }));
    });
}

function childrenOf(tree: Tree): readonly Tree[] {
  if (isTreeMap(tree)) return tree.entries.map(([, value]) => value);
  return isTreeList(tree) ? tree : [];
}

function sizeOf(tree: Tree): number {
  return childrenOf(tree).reduce<number>((size, child) => size + sizeOf(child), 1);
}

function lengthOf(tree: Tree): number {
  if (typeof tree === 'string') return tree.length;
  const keys = isTreeMap(tree) ? tree.entries.reduce((length, [key]) => length + key.length, 0) : 0;
  return childrenOf(tree).reduce<number>((length, child) => length + lengthOf(child), keys);
}

function nodeAt(tree: Tree, at: number): Tree {
  if (at === 0) return tree;
  let left = at - 1;
  for (const child of childrenOf(tree)) {
    const size = sizeOf(child);
    if (left < size) return nodeAt(child, left);
    left -= size;
  }
  return null;
}

function changedAt(tree: Tree, at: number, change: (tree: Tree) => Tree): Tree {
  if (at === 0) return change(tree);
  let left = at - 1;
  const within = (child: Tree): Tree => {
    const size = sizeOf(child);
    const isThere = left >= 0 && left < size;
    const changed = isThere ? changedAt(child, left, change) : child;
    left -= size;
    return changed;
  };
  if (isTreeMap(tree)) return { entries: tree.entries.map(([key, value]) => [key, within(value)]) };
  return isTreeList(tree) ? tree.map(within) : tree;
}
