import type { SourcePosition } from '../errors/index.ts';

/** A YAML document as a tree in which everything knows where it stands. Aliases and merge keys are expanded. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface YamlMap {
  readonly kind: 'map';
  readonly entries: readonly YamlEntry[];
  readonly position: SourcePosition;
}

export interface YamlEntry {
  readonly key: string;
  readonly keyPosition: SourcePosition;
  readonly value: YamlNode;
}

export interface YamlList {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
  readonly position: SourcePosition;
}

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  /** The characters as they stand in the file, without quotes: `012345670123`, `1e10`. */
  readonly source: string;
  readonly quoted: boolean;
  readonly position: SourcePosition;
}

export function yamlMember(node: YamlNode | undefined, name: string): YamlNode | undefined {
  return yamlEntry(node, name)?.value;
}

export function yamlEntry(node: YamlNode | undefined, name: string): YamlEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === name) : undefined;
}

/** The value behind a path of keys. */
export function yamlAt(node: YamlNode | undefined, path: readonly string[]): YamlNode | undefined {
  return path.reduce(yamlMember, node);
}

/** Where a boolean is expected: also what YAML 1.1, and so many an author and tool, takes for one, e.g. `yes` and `Off`. */
export function yamlBoolean({ value, source, quoted }: YamlScalar): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (quoted || !/^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/.test(source)) return undefined;
  return /^(?:yes|on)$/i.test(source);
}

/** The plain data. Maps have no prototype, so that a key like `__proto__` is a key like any other. */
export function yamlData(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(yamlData);
    case 'map': {
      const data: Record<string, unknown> = Object.create(null);
      for (const { key, value } of node.entries) data[key] = yamlData(value);
      return data;
    }
  }
}

/**
 * The data for comparing two documents: a number is the characters that were written, because an input of type text
 * keeps them (`012345670123` is not `12345670123`).
 */
export function yamlAsWritten(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'number' ? { number: node.source } : node.value;
    case 'list':
      return node.items.map(yamlAsWritten);
    case 'map':
      return Object.fromEntries(node.entries.map(({ key, value }) => [key, yamlAsWritten(value)]));
  }
}

/** Data that was never text, e.g. stored inputs, as a tree. */
export function yamlFromData(data: unknown, position: SourcePosition): YamlNode {
  if (Array.isArray(data)) return { kind: 'list', items: data.map((each) => yamlFromData(each, position)), position };
  if (data !== null && typeof data === 'object') {
    const entries = Object.entries(data).map(([key, value]) => ({
      key,
      keyPosition: position,
      value: yamlFromData(value, position),
    }));
    return { kind: 'map', entries, position };
  }
  const value = data as null | boolean | number | string;
  return { kind: 'scalar', value, source: String(value), quoted: typeof value === 'string', position };
}

/** How a person calls what was found: `the map`, `the number 80`, `the text "80"`. */
export function describeYaml(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  if (node.value === null) return 'nothing (null)';
  const shown = node.source.length > 60 ? `${node.source.slice(0, 60)}...` : node.source;
  return typeof node.value === 'string' ? `the text ${JSON.stringify(shown)}` : `the ${typeof node.value} ${shown}`;
}
