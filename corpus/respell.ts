import { parse } from 'yaml';
import {
  isTreeList,
  isTreeMap,
  jsonText,
  type Tree,
  type TreeMap,
  treeOfData,
  treeOfYaml,
  yamlText,
} from '../fuzz/tree.ts';
import { type Bundle, makeBundle } from '../src/bundles/index.ts';

/** Other ways to write a rendered template that mean the same, by name. */
export const stackSpellings: Readonly<Record<string, (text: string) => string>> = {
  'as JSON, keys in another order': (text) => jsonText(reversed(treeOf(text))),
  'as block YAML in long form': (text) => yamlText(treeOf(text)),
  'with Join for Sub': (text) => yamlText(joined(treeOf(text))),
  'numbers of properties as texts': (text) => jsonText(quoted(treeOf(text))),
  'with comments and empty lines': (text) => (isJson(text) ? text : `# first\n\n${text}\n\n# last\n`),
};

/** Other ways to write the files of a bundle that mean the same, by name. */
export const bundleSpellings: Readonly<Record<string, (bundle: Bundle) => Bundle>> = {
  'schema as JSON, keys in another order': (bundle) =>
    changed(bundle, (path, text) =>
      /^schema\/schema\.ya?ml$/.test(path) ? jsonText(reversed(treeOfData(parse(text)))) : text,
    ),
  'comments and empty lines': (bundle) =>
    changed(bundle, (path, text) => (/\.ya?ml$/.test(path) && !isJson(text) ? `# first\n\n${text}\n\n# last\n` : text)),
  'a comment of Jinja': (bundle) =>
    changed(bundle, (path, text) => (isStackTemplate(path) ? `${text}{# the end #}\n` : text)),
};

/** CloudFormation reads YAML 1.1, in which these are truth values; a tree is read as YAML 1.2. */
function treeOf(text: string): Tree {
  const modern = text
    .replace(/^(\s*(?:- )?[\w-]+:\s+)(?:yes|on)\s*$/gim, '$1true')
    .replace(/^(\s*(?:- )?[\w-]+:\s+)(?:no|off)\s*$/gim, '$1false');
  return treeOfYaml(modern);
}

function changed({ files }: Bundle, edit: (path: string, text: string) => string): Bundle {
  const entries = [...files].map(([path, bytes]): [string, Uint8Array] => {
    const text = Buffer.from(bytes).toString('utf8');
    const edited = edit(path, text);
    return [path, edited === text ? bytes : Buffer.from(edited)];
  });
  return makeBundle(new Map(entries));
}

function isStackTemplate(path: string): boolean {
  return /_?infrastructure\/cloudformation\.ya?ml$/.test(path);
}

function isJson(text: string): boolean {
  return text.trimStart().startsWith('{');
}

/** The order of keys means nothing, that of items does. */
function reversed(tree: Tree): Tree {
  if (isTreeList(tree)) return tree.map(reversed);
  if (!isTreeMap(tree)) return tree;
  return { entries: tree.entries.map(([key, value]) => [key, reversed(value)] as const).reverse() };
}

/** `{Fn::Sub: "a-${B}"}` is `{Fn::Join: ["", ["a-", {Ref: B}]]}`. */
function joined(tree: Tree): Tree {
  if (isTreeList(tree)) return tree.map(joined);
  if (!isTreeMap(tree)) return tree;
  const [only, ...others] = tree.entries;
  if (only?.[0] === 'Fn::Sub' && others.length === 0 && typeof only[1] === 'string') return joinOf(only[1]);
  return { entries: tree.entries.map(([key, value]) => [key, joined(value)] as const) };
}

function joinOf(text: string): TreeMap {
  const parts = text.split(/(\$\{[^}]*\})/).filter((part) => part !== '');
  const items = parts.map((part): Tree => {
    const [, name] = /^\$\{([^}]*)\}$/.exec(part) ?? [];
    if (name === undefined) return part;
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    const [logicalId = '', ...attribute] = name.trim().split('.');
    if (attribute.length === 0) return { entries: [['Ref', logicalId]] };
    return { entries: [['Fn::GetAtt', [logicalId, attribute.join('.')]]] };
  });
  return { entries: [['Fn::Join', ['', items.length > 0 ? items : ['']]]] };
}

/** 80 and "80" are the same property: CloudFormation hands on texts. */
function quoted(template: Tree): Tree {
  if (!isTreeMap(template)) return template;
  const inResource = (resource: Tree): Tree =>
    isTreeMap(resource)
      ? { entries: resource.entries.map(([key, value]) => [key, key === 'Properties' ? quotedIn(value) : value]) }
      : resource;
  return {
    entries: template.entries.map(([section, value]) => [
      section,
      section === 'Resources' && isTreeMap(value)
        ? { entries: value.entries.map(([logicalId, resource]) => [logicalId, inResource(resource)]) }
        : value,
    ]),
  };
}

/** Not within functions, whose arguments are no properties, nor within documents, which are handed on as they are. */
function quotedIn(tree: Tree): Tree {
  if (typeof tree === 'number') return String(tree);
  if (isTreeList(tree)) return tree.map(quotedIn);
  if (!isTreeMap(tree)) return tree;
  const isOpaque = (key: string) => key.startsWith('Fn::') || key === 'Ref' || /Document$|Policy|Definition/.test(key);
  return { entries: tree.entries.map(([key, value]) => [key, isOpaque(key) ? value : quotedIn(value)]) };
}
