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

/**
 * Reads one YAML 1.2 document (core schema: `yes` and `on` are texts).
 *
 * Merge keys are expanded by YAML 1.1's rule: `<<` takes a map or a list of maps, earlier ones win over later ones, and
 * what stands in the map itself wins over all. Two `<<` in one map are a duplicate key.
 * @refuses yaml-syntax, yaml-duplicate-key (names both lines), yaml-limit
 */
export function parseYaml(
  text: string,
  file: string,
  limits: YamlLimits = usualYamlLimits,
): Result<YamlNode, YamlRefusal> {
  const start = { file, line: 1, column: 1 };
  if (Buffer.byteLength(text) > limits.bytes) return limit(start, `The file has more than ${limits.bytes} bytes.`);
  const flat = nestingOf(text) <= limits.depth * 4;
  if (!flat) return limit(start, `The file is nested more than ${limits.depth} levels deep.`);
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      uniqueKeys: false,
      merge: false,
      version: '1.2',
      logLevel: 'silent',
      strict: true,
    });
    const position = (offset: number | undefined): SourcePosition => {
      const { line, col } = lines.linePos(offset ?? 0);
      return { file, line: Math.max(1, line), column: Math.max(1, col) };
    };
    const [error] = document.errors;
    if (error) {
      return {
        ok: false,
        refusal: {
          kind: 'invalid',
          code: 'yaml-syntax',
          message: `The file is not valid YAML: ${error.message.split(' at line ')[0]?.split('\n')[0]}.`,
          remedy: 'Correct the text at this place; check indentation, quotes and brackets.',
          position: position(error.pos[0]),
        },
      };
    }
    return accept(new TreeBuilder(document.contents as Node | null, position, limits).root(start, document));
  } catch (error) {
    if (error instanceof YamlFailure) return { ok: false, refusal: error.refusal };
    if (error instanceof RangeError) return limit(start, `The file is nested more than ${limits.depth} levels deep.`);
    throw error;
  }
}

function limit(position: SourcePosition, message: string): { ok: false; refusal: YamlRefusal } {
  const remedy = 'Make the file smaller and flatter; anchors and aliases count by what they expand to.';
  return { ok: false, refusal: { kind: 'limit', code: 'yaml-limit', message, remedy, position } };
}

/** A cheap upper bound of the nesting, taken before the parser sees the text: brackets, dashes and deepest indentation. */
function nestingOf(text: string): number {
  let open = 0;
  let most = 0;
  for (const character of text) {
    if (character === '[' || character === '{') {
      open += 1;
      most = Math.max(most, open);
    } else if ((character === ']' || character === '}') && open > 0) open -= 1;
  }
  for (const [lead] of text.matchAll(/^[ ?:-]*(?:- )+/gm)) most = Math.max(most, lead.length / 2);
  return most;
}

class YamlFailure extends Error {
  readonly refusal: YamlRefusal;
  constructor(refusal: YamlRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

type Resolve = { readonly contents: unknown };

class TreeBuilder {
  readonly #contents: Node | null;
  readonly #position: (offset: number | undefined) => SourcePosition;
  readonly #limits: YamlLimits;
  #nodes = 0;
  #document: Parameters<Alias['resolve']>[0] | undefined;

  constructor(contents: Node | null, position: (offset: number | undefined) => SourcePosition, limits: YamlLimits) {
    this.#contents = contents;
    this.#position = position;
    this.#limits = limits;
  }

  root(start: SourcePosition, document: Resolve): YamlNode {
    this.#document = document as Parameters<Alias['resolve']>[0];
    if (!this.#contents) return { kind: 'scalar', value: null, source: '', quoted: false, position: start };
    return this.#node(this.#contents, 0);
  }

  #node(node: unknown, depth: number): YamlNode {
    const position = this.#position((node as Node | null)?.range?.[0]);
    this.#nodes += 1;
    if (this.#nodes > this.#limits.nodes)
      this.#exceeded(position, `The file expands to more than ${this.#limits.nodes} values.`);
    if (depth > this.#limits.depth)
      this.#exceeded(position, `The file is nested more than ${this.#limits.depth} levels deep.`);
    if (isAlias(node)) return this.#node(this.#resolve(node, position), depth + 1);
    if (isMap(node)) return { kind: 'map', entries: this.#entries(node, depth), position };
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => this.#node(item, depth + 1)), position };
    return this.#scalar(node, position);
  }

  #resolve(alias: Alias, position: SourcePosition): Node {
    const target = this.#document && alias.resolve(this.#document);
    if (target) return target;
    throw new YamlFailure({
      kind: 'invalid',
      code: 'yaml-syntax',
      message: `The alias *${alias.source} has no anchor before it.`,
      remedy: `Define &${alias.source} first, or write the value out.`,
      position,
    });
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
      throw new YamlFailure({
        kind: 'invalid',
        code: 'yaml-syntax',
        message: 'The merge key << needs a map, or a list of maps.',
        remedy: 'Point it at an anchor of a map, or write the keys out.',
        position: each.position,
      });
    });
  }

  #badKey(position: SourcePosition): never {
    throw new YamlFailure({
      kind: 'invalid',
      code: 'yaml-syntax',
      message: 'A map or a list stands where a key is expected.',
      remedy: 'Put quotes around the key; a template expression at the start of a value needs quotes too.',
      position,
    });
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

  #exceeded(position: SourcePosition, message: string): never {
    throw new YamlFailure(limit(position, message).refusal);
  }
}
