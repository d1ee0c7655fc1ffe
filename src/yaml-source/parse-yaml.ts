import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { accept, type Refusal, type Result, type SourcePosition } from '../errors/index.ts';
import type { YamlEntry, YamlNode } from './yaml-node.ts';

export interface YamlLimits {
  readonly bytes: number;
  /** Nodes after aliases were expanded: what an alias bomb multiplies. */
  readonly nodes: number;
  readonly depth: number;
}

export const usualYamlLimits: YamlLimits = { bytes: 1_000_000, nodes: 100_000, depth: 60 };

export type YamlRefusalCode = 'yaml-syntax' | 'yaml-duplicate-key' | 'yaml-limit';
export type YamlRefusal = Refusal<YamlRefusalCode> & { readonly position: SourcePosition };

type PositionOf = (offset: number | undefined) => SourcePosition;

/**
 * Reads one YAML 1.2 document (core schema: `yes` and `on` are texts), whatever version it claims to be.
 *
 * Merge keys are expanded by YAML 1.1's rule: `<<` takes a map or a list of maps, earlier ones win over later ones, and
 * what stands in the map itself wins over all. Two `<<` in one map are a duplicate key. A quoted "<<" is a key like any
 * other.
 * @refuses yaml-syntax, yaml-duplicate-key (names both lines), yaml-limit
 */
export function parseYaml(
  text: string,
  file: string,
  limits: YamlLimits = usualYamlLimits,
): Result<YamlNode, YamlRefusal> {
  const start = { file, line: 1, column: 1 };
  if (Buffer.byteLength(text) > limits.bytes) return limit(start, `The file has more than ${limits.bytes} bytes.`);
  const lines = new LineCounter();
  const position: PositionOf = (offset = 0) => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const document = documentOf(text, lines);
  if (!document) return limit(start, nestedTooDeep(limits));
  const [error] = document.errors;
  if (error) return syntaxError(error, position, limits);
  try {
    return accept(new TreeBuilder(position, limits).root(document.contents as Node | null));
  } catch (failure) {
    if (failure instanceof YamlFailure) return { ok: false, refusal: failure.refusal };
    throw failure;
  }
}

/** undefined for a text in which the parser, which is recursive, comes to the end of its stack. */
function documentOf(text: string, lineCounter: LineCounter) {
  const options = {
    lineCounter,
    schema: 'core',
    uniqueKeys: false, // compared by us, with both lines
    merge: false,
    prettyErrors: false, // they cost the length of the file for each error, and a hostile file is all errors
    logLevel: 'error', // 'silent' would drop all documents but the first
  } as const;
  try {
    return parseDocument(text, options);
  } catch (failure) {
    if (failure instanceof RangeError) return undefined;
    throw failure;
  }
}

function syntaxError(error: YAMLError, position: PositionOf, limits: YamlLimits): { ok: false; refusal: YamlRefusal } {
  const at = position(error.pos[0]);
  // of some texts the parser reports the end of its stack as an error, which it is: nobody nests that deep in earnest
  if (error.message.includes('call stack')) return limit(at, nestedTooDeep(limits));
  if (error.code === 'MULTIPLE_DOCS') {
    return syntax(at, 'The file has multiple documents; the second begins here.', 'Keep one: remove the line `---`.');
  }
  const message = `The file is not valid YAML: ${error.message.replace(/\.$/, '')}.`;
  return syntax(at, message, 'Correct the text at this place; check indentation, quotes and brackets.');
}

function syntax(position: SourcePosition, message: string, remedy: string): { ok: false; refusal: YamlRefusal } {
  return { ok: false, refusal: { kind: 'invalid', code: 'yaml-syntax', message, remedy, position } };
}

function limit(position: SourcePosition, message: string): { ok: false; refusal: YamlRefusal } {
  const remedy = 'Make the file smaller and flatter; anchors and aliases count by what they expand to.';
  return { ok: false, refusal: { kind: 'limit', code: 'yaml-limit', message, remedy, position } };
}

function nestedTooDeep({ depth }: YamlLimits): string {
  return `The file is nested more than ${depth} levels deep.`;
}

class YamlFailure extends Error {
  readonly refusal: YamlRefusal;
  constructor(refusal: YamlRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

class TreeBuilder {
  readonly #position: PositionOf;
  readonly #limits: YamlLimits;
  #nodes = 0;
  readonly #anchors = new Map<string, Node>();
  /** What each alias stood for where it was read first; an anchor may be given anew further down. */
  readonly #targets = new Map<Alias, Node>();
  /** Maps and lists around the present node. */
  readonly #open = new Set<Node>();
  #expansions = 0;

  constructor(position: PositionOf, limits: YamlLimits) {
    this.#position = position;
    this.#limits = limits;
  }

  root(contents: Node | null): YamlNode {
    return this.#node(contents, 0);
  }

  #node(node: unknown, depth: number): YamlNode {
    const position = this.#position((node as Node | null)?.range?.[0]);
    this.#nodes += 1;
    if (this.#nodes > this.#limits.nodes)
      this.#exceeded(position, `The file expands to more than ${this.#limits.nodes} values.`);
    if (depth > this.#limits.depth) this.#exceeded(position, nestedTooDeep(this.#limits));
    if (isAlias(node)) return this.#alias(node, position, depth);
    if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined && this.#expansions === 0)
      this.#anchors.set(node.anchor, node);
    if (!isMap(node) && !isSeq(node)) return this.#scalar(node, position);
    this.#open.add(node);
    const built: YamlNode = isMap(node)
      ? { kind: 'map', entries: this.#entries(node, depth), position }
      : { kind: 'list', items: node.items.map((item) => this.#node(item, depth + 1)), position };
    this.#open.delete(node);
    return built;
  }

  #alias(alias: Alias, position: SourcePosition, depth: number): YamlNode {
    const target = this.#targets.get(alias) ?? this.#anchors.get(alias.source);
    if (!target) {
      this.#fail(
        position,
        `The alias *${alias.source} has no anchor before it.`,
        `Define &${alias.source} first, or write the value out.`,
      );
    }
    if (this.#open.has(target)) {
      this.#fail(
        position,
        `The alias *${alias.source} stands inside of what it stands for.`,
        'A value cannot contain itself: write it out.',
      );
    }
    this.#targets.set(alias, target);
    this.#expansions += 1;
    const value = this.#node(target, depth + 1);
    this.#expansions -= 1;
    return value;
  }

  #scalar(node: unknown, position: SourcePosition): YamlNode {
    if (!isScalar(node)) return { kind: 'scalar', value: null, source: '', quoted: false, position };
    const quoted = node.type !== undefined && node.type !== Scalar.PLAIN;
    const value = node.value instanceof Date || typeof node.value === 'bigint' ? String(node.value) : node.value;
    const source = quoted ? String(value) : (node.source ?? String(value));
    return { kind: 'scalar', value: value as string, source, quoted, position };
  }

  #entries(map: YAMLMap, depth: number): YamlEntry[] {
    const own = new Map<string, YamlEntry>();
    const merged = new Map<string, YamlEntry>();
    let mergedAt: SourcePosition | undefined;
    for (const pair of map.items as Pair[]) {
      const keyNode = this.#node(pair.key, depth + 1);
      const keyPosition = keyNode.position;
      if (keyNode.kind !== 'scalar') this.#badKey(keyPosition);
      const key = keyNode.source;
      if (key === '<<' && !keyNode.quoted) {
        if (mergedAt) this.#duplicate('<<', mergedAt, keyPosition);
        mergedAt = keyPosition;
        for (const entry of this.#mergeSources(pair.value, depth))
          if (!merged.has(entry.key)) merged.set(entry.key, entry);
        continue;
      }
      const known = own.get(key);
      if (known) this.#duplicate(key, known.keyPosition, keyPosition);
      own.set(key, { key, keyPosition, value: this.#node(pair.value, depth + 1) });
    }
    return [...own.values(), ...[...merged.values()].filter((entry) => !own.has(entry.key))];
  }

  #mergeSources(node: unknown, depth: number): readonly YamlEntry[] {
    const value = this.#node(node, depth + 1);
    const maps = value.kind === 'list' ? value.items : [value];
    return maps.flatMap((each) => {
      if (each.kind === 'map') return each.entries;
      return this.#fail(
        each.position,
        'The merge key << needs a map, or a list of maps.',
        'Point it at an anchor of a map, or write the keys out.',
      );
    });
  }

  #badKey(position: SourcePosition): never {
    return this.#fail(
      position,
      'A map or a list stands where a key is expected.',
      'Put quotes around the key; a template expression at the start of a value needs quotes too.',
    );
  }

  #duplicate(key: string, first: SourcePosition, second: SourcePosition): never {
    throw new YamlFailure({
      kind: 'invalid',
      code: 'yaml-duplicate-key',
      message: `The key ${JSON.stringify(key)} stands twice in one map, in lines ${first.line} and ${second.line}.`,
      remedy: 'Remove one of them.',
      position: second,
    });
  }

  #fail(position: SourcePosition, message: string, remedy: string): never {
    throw new YamlFailure({ kind: 'invalid', code: 'yaml-syntax', message, remedy, position });
  }

  #exceeded(position: SourcePosition, message: string): never {
    throw new YamlFailure(limit(position, message).refusal);
  }
}
