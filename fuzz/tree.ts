import { isMap, isScalar, isSeq, parseDocument } from 'yaml';

/**
 * A document as a tree in which a map is a list of entries: so that a key may be there twice, or be called __proto__.
 */
export type Tree = null | boolean | number | string | readonly Tree[] | TreeMap;
export interface TreeMap {
  readonly entries: readonly (readonly [key: string, value: Tree])[];
}

export function isTreeMap(tree: Tree): tree is TreeMap {
  return typeof tree === 'object' && tree !== null && 'entries' in tree && !Array.isArray(tree);
}

export function isTreeList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

/** CloudFormation's short forms become long ones: `!Ref A` is `{Ref: A}`. */
export function treeOfYaml(text: string): Tree {
  return treeOfNode(parseDocument(text, { logLevel: 'error' }).contents);
}

function treeOfNode(node: unknown): Tree {
  const tag = (node as { tag?: string } | null)?.tag ?? '';
  const value = untagged(node);
  if (!tag.startsWith('!') || tag.startsWith('!!')) return value;
  const name = tag.slice(1);
  const long = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  return { entries: [[long, name === 'GetAtt' && typeof value === 'string' ? value.split('.') : value]] };
}

function untagged(node: unknown): Tree {
  if (isMap(node)) {
    return {
      entries: node.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), treeOfNode(value)]),
    };
  }
  if (isSeq(node)) return node.items.map(treeOfNode);
  return isScalar(node) ? (node.value as Tree) : null;
}

export function treeOfData(data: unknown): Tree {
  if (Array.isArray(data)) return data.map(treeOfData);
  if (typeof data !== 'object' || data === null) return data as Tree;
  return { entries: Object.entries(data).map(([key, value]) => [key, treeOfData(value)]) };
}

/** Numbers that JSON has no word for are written as JavaScript says them, which is no JSON. */
export function jsonText(tree: Tree): string {
  if (isTreeMap(tree))
    return `{${tree.entries.map(([key, value]) => `${JSON.stringify(key)}:${jsonText(value)}`).join(',')}}`;
  if (isTreeList(tree)) return `[${tree.map(jsonText).join(',')}]`;
  return typeof tree === 'number' ? String(tree) : JSON.stringify(tree);
}

export function yamlText(tree: Tree, indent = ''): string {
  if (isTreeMap(tree) && tree.entries.length > 0) {
    return tree.entries.map(([key, value]) => `${indent}${yamlWord(key)}:${yamlBelow(value, indent)}`).join('');
  }
  if (isTreeList(tree) && tree.length > 0) return tree.map((item) => `${indent}-${yamlBelow(item, indent)}`).join('');
  return `${indent}${yamlInline(tree)}\n`;
}

function yamlBelow(tree: Tree, indent: string): string {
  const isInline = isTreeMap(tree) ? tree.entries.length === 0 : isTreeList(tree) ? tree.length === 0 : true;
  // nobody nests deeper by hand, and the indentation would outgrow the text
  if (isInline || indent.length > 60) return ` ${yamlInline(tree)}\n`;
  return `\n${yamlText(tree, `${indent}  `)}`;
}

function yamlInline(tree: Tree): string {
  if (isTreeMap(tree))
    return `{${tree.entries.map(([key, value]) => `${yamlWord(key)}: ${yamlInline(value)}`).join(', ')}}`;
  if (isTreeList(tree)) return `[${tree.map(yamlInline).join(', ')}]`;
  if (typeof tree === 'string') return yamlWord(tree);
  if (typeof tree === 'number' && !Number.isFinite(tree))
    return Number.isNaN(tree) ? '.nan' : tree < 0 ? '-.inf' : '.inf';
  return String(tree);
}

function yamlWord(text: string): string {
  return /^[A-Za-z][\w-]*$/.test(text) ? text : JSON.stringify(text);
}
