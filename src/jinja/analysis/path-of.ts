import { globals } from '../filters/globals.ts';
import type { CallExpression, Expression, FilterExpression, HyphenatedExpression } from '../syntax/syntax-tree.ts';
import { type Bindings, distinct, itemsOf, membersOf, type Path } from './bindings.ts';

/** Names that stand for something of the language at certain places. */
const specialNames = new Set(['loop', 'caller', 'varargs', 'kwargs', 'super', 'self']);

/** Filters that give the same value, or the same items. */
const keepingFilters = new Set([
  'default',
  'd',
  'list',
  'sort',
  'select',
  'reject',
  'selectattr',
  'rejectattr',
  'unique',
  'reverse',
  'trim',
  'safe',
  'string',
]);
/** Filters that give one of the items. */
const choosingFilters = new Set(['first', 'last', 'random', 'min', 'max']);

/** The inputs that an expression can be, seen through what the template has bound; [] for anything made here. */
export function pathsOf(node: Expression, scope: Bindings): Path[] {
  switch (node.kind) {
    case 'name':
      return isMade(node.name, scope) ? [...(scope.find(node.name)?.paths ?? [])] : [[node.name]];
    case 'attribute':
      return membersOf(pathsOf(node.owner, scope), node.name);
    case 'item':
      return membersOf(pathsOf(node.owner, scope), memberName(node.key));
    case 'slice':
      return pathsOf(node.owner, scope);
    case 'filter':
      return pathsOfFilter(node, scope);
    case 'call':
      return pathsOfCall(node, scope);
    case 'and':
    case 'or':
      return distinct([...pathsOf(node.left, scope), ...pathsOf(node.right, scope)]);
    case 'condition':
      return distinct([node.whenTrue, node.otherwise].flatMap((each) => (each ? pathsOf(each, scope) : [])));
    case 'hyphenated':
      return pathsOf(eitherReading(node, scope), scope);
    default:
      return [];
  }
}

/** Whether a name is not one of the data. */
export function isMade(name: string, scope: Bindings): boolean {
  return scope.find(name) !== undefined || globals.has(name) || specialNames.has(name);
}

/** The part of a path that an index or a key makes. */
function memberName(key: Expression): string {
  return key.kind === 'constant' && typeof key.value === 'string' ? key.value : '*';
}

function pathsOfFilter(node: FilterExpression, scope: Bindings): Path[] {
  const paths = pathsOf(node.target, scope);
  if (keepingFilters.has(node.name)) return paths;
  if (choosingFilters.has(node.name)) return itemsOf(paths);
  if (node.name !== 'map') return [];
  const attribute = attributeArgument(node);
  // the items of what map gives are the members of the items
  return attribute === undefined ? [] : paths.map((path) => [...path, '*', ...attribute].slice(0));
}

/** `attribute='a.b'` of map, sum and others: the names on the way. */
export function attributeArgument(node: FilterExpression): Path | undefined {
  const { keywords, positional } = node.arguments;
  const isFirst = ['selectattr', 'rejectattr', 'groupby'].includes(node.name);
  const given = keywords.find(({ name }) => name === 'attribute')?.value ?? (isFirst ? positional[0] : undefined);
  if (given?.kind !== 'constant' || typeof given.value !== 'string') return undefined;
  return given.value.split('.').map((part) => (/^\d+$/.test(part) ? '*' : part));
}

/** `x.get('name')`, `x.values()`, `x.copy()`. */
function pathsOfCall({ callee, arguments: args }: CallExpression, scope: Bindings): Path[] {
  if (callee.kind !== 'attribute') return [];
  const [key] = args.positional;
  if (callee.name === 'get' && key) return membersOf(pathsOf(callee.owner, scope), memberName(key));
  return callee.name === 'copy' || callee.name === 'values' ? pathsOf(callee.owner, scope) : [];
}

/** What a loop over an expression goes through: the paths of an item, and of its parts where it is a pair. */
export function pathsOfItems(node: Expression, scope: Bindings): { item: Path[]; parts?: readonly Path[][] } {
  const pairs = pairsOwner(node);
  if (pairs) return { item: [], parts: [[], itemsOf(pathsOf(pairs, scope))] };
  if (node.kind === 'list' || node.kind === 'tuple') {
    return { item: distinct(node.items.flatMap((item) => pathsOf(item, scope))) };
  }
  if (node.kind === 'filter' && node.name === 'map') return { item: pathsOfFilter(node, scope) };
  return { item: itemsOf(pathsOf(node, scope)) };
}

/** The dict whose keys and values an expression gives in pairs. */
function pairsOwner(node: Expression): Expression | undefined {
  if (node.kind === 'filter' && (node.name === 'items' || node.name === 'dictsort')) return node.target;
  return node.kind === 'call' && node.callee.kind === 'attribute' && node.callee.name === 'items'
    ? node.callee.owner
    : undefined;
}

/** `outputs.my-output`: a name with a hyphen, unless what follows the hyphen is known to be something else. */
export function eitherReading(node: HyphenatedExpression, scope: Bindings): Expression {
  const isLiteral = node.candidates.every(({ name }) => {
    const [, ...parts] = name.split('-');
    const words = parts.filter((part) => !/^\d/.test(part));
    return words.length > 0 && words.every((word) => !isMade(word, scope));
  });
  return isLiteral ? node.literal : node.plain;
}
