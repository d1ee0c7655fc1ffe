import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { accept, type Result } from '../errors/index.ts';
import { callFunction, longFormOf, normaliseCall } from './short-forms.ts';
import type { SourcePositions } from './source-positions.ts';
import { type StackRefusal, type StackRefusalCode, stackRefusal } from './stack-refusal.ts';
import { nullValueMessage, repeatedKeyMessage, templateDepthMax, tooDeepMessage } from './template-text-rules.ts';
import type { TemplateObject, TemplateValue } from './template-value.ts';
import { plainScalar } from './yaml-scalar.ts';

/**
 * Reads YAML as the service reads it: short forms to long forms, scalars as plainScalar says (YAML 1.1), no null, no
 * alias, no merge key. Files of a bundle are read by yaml-source, which knows YAML 1.2 and no tags.
 */
export function readYamlTemplate(text: string, positions: SourcePositions): Result<TemplateValue, StackRefusal> {
  // The failsafe schema leaves every scalar as its text; keys are compared by us, with both positions.
  const document = parseDocument(text, {
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    keepSourceTokens: false,
  });
  const error = document.errors[0];
  if (error) return { ok: false, refusal: syntaxRefusal(error, text, positions) };
  const composer = new YamlComposer(positions);
  const root = composer.compose(document.contents as Node | null, []);
  return composer.refusal ? { ok: false, refusal: composer.refusal } : accept(root);
}

function syntaxRefusal(error: YAMLError, text: string, positions: SourcePositions): StackRefusal {
  // The parser reports the end of its stack as an error of the text, which it is: nobody nests that deep in earnest.
  if (error.message.includes('call stack')) return stackRefusal('stack-template-limit', tooDeepMessage);
  const position = positions.atOffset(Math.min(error.pos[0], text.length));
  const message = `Template format error: YAML not well-formed. (line ${position.line}, column ${position.column})`;
  return stackRefusal('stack-template-syntax', message, position, `${error.message}.`);
}

/** Turns nodes into values. The first refusal is kept; what follows it is composed on, and thrown away with it. */
class YamlComposer {
  refusal: StackRefusal | undefined;
  readonly #positions: SourcePositions;

  constructor(positions: SourcePositions) {
    this.#positions = positions;
  }

  compose(node: Node | null, path: (string | number)[]): TemplateValue {
    if (node === null) return this.#null(0, path);
    if (isAlias(node)) {
      return this.#refuse(
        'stack-template-invalid',
        'Template error: YAML aliases are not allowed in CloudFormation templates',
        startOf(node),
        'Write the value out where it is used; the service takes neither aliases (*name) nor merge keys (<<).',
      );
    }
    if (path.length > templateDepthMax) {
      return this.#refuse('stack-template-limit', tooDeepMessage, startOf(node));
    }
    const tag = node.tag;
    if (!tag || tag.startsWith('tag:yaml.org,2002:')) return this.#composeUntagged(node, path);
    const name = longFormOf(tag);
    if (!name) return this.#refuseTag(tag, node);
    const argument = this.#composeArgument(node, name, path);
    return callFunction(name, argument, startOf(node), this.#positions);
  }

  /** A scalar behind a tag is a text, whatever it looks like: `!Ref On`. Only `!GetAZs` may be empty. */
  #composeArgument(node: Node, name: string, path: (string | number)[]): TemplateValue {
    if (isScalar(node) && (node.value !== '' || name === 'Fn::GetAZs')) return String(node.value);
    path.push(name);
    const argument = this.#composeUntagged(node, path);
    path.pop();
    return argument;
  }

  #composeUntagged(node: Node, path: (string | number)[]): TemplateValue {
    if (isMap(node)) return this.#composeMap(node, path);
    if (isSeq(node)) return this.#composeList(node, path);
    if (isScalar(node)) return this.#composeScalar(node, path);
    return this.#null(startOf(node), path);
  }

  #composeScalar(node: Scalar, path: (string | number)[]): TemplateValue {
    const text = String(node.value);
    if (node.tag === 'tag:yaml.org,2002:str') return text;
    const unsupported =
      node.tag && /^tag:yaml\.org,2002:(?:binary|timestamp|omap|pairs|set|merge|value|yaml)$/.test(node.tag);
    if (unsupported) return this.#refuseTag(node.tag!.replace('tag:yaml.org,2002:', '!!'), node);
    const isTyped = node.tag?.startsWith('tag:yaml.org,2002:') ?? false;
    if (!isTyped && node.type !== Scalar.PLAIN) return text;
    return plainScalar(text) ?? this.#null(startOf(node), path);
  }

  #composeList(node: YAMLSeq, path: (string | number)[]): TemplateValue {
    const list: TemplateValue[] = [];
    for (const [index, item] of node.items.entries()) {
      // A pair inside a list is a map of one entry written without braces: [a: 1].
      const itemNode = isPair(item) ? undefined : (item as Node | null);
      this.#positions.note(list, index, itemNode ? startOf(itemNode) : startOf(node));
      path.push(index);
      list.push(itemNode === undefined ? this.#composePairs([item as Pair], path) : this.compose(itemNode, path));
      path.pop();
    }
    return list;
  }

  #composeMap(node: YAMLMap, path: (string | number)[]): TemplateValue {
    return this.#composePairs(node.items as Pair[], path);
  }

  #composePairs(pairs: readonly Pair[], path: (string | number)[]): TemplateObject {
    const object: { [key: string]: TemplateValue } = Object.create(null);
    for (const pair of pairs) {
      const keyNode = pair.key as Node | null;
      const offset = keyNode ? startOf(keyNode) : 0;
      const key = this.#key(keyNode, offset);
      if (key in object) this.#refuseRepeated(key, object, offset);
      this.#positions.note(object, key, offset);
      path.push(key);
      object[key] = this.compose(pair.value as Node | null, path);
      path.pop();
      if (pair.value === null) this.#null(offset, [...path, key]);
    }
    return normaliseCall(object, this.#positions);
  }

  #key(node: Node | null, offset: number): string {
    if (!isScalar(node)) {
      this.#refuse(
        'stack-template-syntax',
        'Template format error: a key must be a text, not a list or an object.',
        offset,
      );
      return '';
    }
    if (node.value === '<<' && node.type === Scalar.PLAIN) {
      this.#refuse(
        'stack-template-invalid',
        'Template error: YAML merge keys (<<) are not allowed in CloudFormation templates',
        offset,
        'Write the merged entries out; the service takes neither aliases (*name) nor merge keys (<<).',
      );
    }
    return String(node.value);
  }

  #refuseRepeated(key: string, object: TemplateObject, offset: number): void {
    const first = this.#positions.of(object, key)!;
    const second = this.#positions.atOffset(offset);
    this.#refuse(
      'stack-template-syntax',
      repeatedKeyMessage(key, first.line, second.line),
      offset,
      'Keep one of the two.',
    );
  }

  #refuseTag(tag: string, node: Node): TemplateValue {
    const { line, column } = this.#positions.atOffset(startOf(node));
    return this.#refuse(
      'stack-template-syntax',
      `Template format error: YAML not well-formed. (line ${line}, column ${column})`,
      startOf(node),
      `The tag ${tag} is not an intrinsic function.`,
    );
  }

  #null(offset: number, path: TemplatePathLike): TemplateValue {
    return this.#refuse(
      'stack-template-invalid',
      path.length === 0 ? 'Template format error: unsupported structure.' : nullValueMessage(path),
      offset,
      'Give it a value, or leave it out.',
    );
  }

  #refuse(code: StackRefusalCode, message: string, offset: number, remedy?: string): TemplateValue {
    this.refusal ??= stackRefusal(code, message, this.#positions.atOffset(offset), remedy);
    return '';
  }
}

type TemplatePathLike = readonly (string | number)[];

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
