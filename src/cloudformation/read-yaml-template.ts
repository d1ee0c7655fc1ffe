import {
  isAlias,
  isMap,
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
import type { SourcePositions, TemplatePath } from './source-positions.ts';
import { type StackRefusal, type StackRefusalCode, stackRefusal } from './stack-refusal.ts';
import { nullValueMessage, repeatedKeyRefusal, templateDepthMax, tooDeepMessage } from './template-text-rules.ts';
import type { TemplateObject, TemplateValue } from './template-value.ts';
import { plainScalar } from './yaml-scalar.ts';

/**
 * Reads YAML as the service reads it: short forms to long forms, scalars as plainScalar says (YAML 1.1), no null, no
 * alias, no merge key. Files of a bundle are read by yaml-source, which knows YAML 1.2 and no tags.
 */
export function readYamlTemplate(text: string, positions: SourcePositions): Result<TemplateValue, StackRefusal> {
  const document = documentOf(text);
  if (!document) return { ok: false, refusal: stackRefusal('stack-template-limit', tooDeepMessage) };
  const error = document.errors[0];
  if (error) return { ok: false, refusal: syntaxRefusal(error, text, positions) };
  const composer = new YamlComposer(positions);
  const root = composer.compose(document.contents as Node | null, []);
  return composer.refusal ? { ok: false, refusal: composer.refusal } : accept(root);
}

/** undefined for a text in which the parser, which is recursive, comes to the end of its stack. */
function documentOf(text: string) {
  try {
    // The failsafe schema leaves every scalar as its text; keys are compared by us, with both positions.
    return parseDocument(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error', // 'silent' would drop all documents but the first
      keepSourceTokens: false,
    });
  } catch (failure) {
    if (failure instanceof RangeError) return undefined;
    throw failure;
  }
}

function syntaxRefusal(error: YAMLError, text: string, positions: SourcePositions): StackRefusal {
  // Of some texts the parser reports the end of its stack as an error, which it is: nobody nests that deep in earnest.
  if (error.message.includes('call stack')) return stackRefusal('stack-template-limit', tooDeepMessage);
  const position = positions.atOffset(Math.min(error.pos[0], text.length));
  const message = `Template format error: YAML not well-formed. (line ${position.line}, column ${position.column})`;
  const remedy =
    error.code === 'MULTIPLE_DOCS'
      ? 'A second document begins here, and a template is one document: remove it, or make it a stack of its own.'
      : `${error.message}.`;
  return stackRefusal('stack-template-syntax', message, position, remedy);
}

/** YAML's own tags that the service knows; `!!binary`, `!!omap`, `!!pairs`, `!!set` and `!!timestamp` it does not. */
const knownTag = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

/** Turns nodes into values. The first refusal is kept; what follows it is composed on, and thrown away with it. */
class YamlComposer {
  refusal: StackRefusal | undefined;
  readonly #positions: SourcePositions;

  constructor(positions: SourcePositions) {
    this.#positions = positions;
  }

  /** @param offset where to point if there is no node */
  compose(node: Node | null, path: (string | number)[], offset = 0): TemplateValue {
    if (node === null) return this.#null(offset, path);
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
    const { tag } = node;
    if (!tag || knownTag.test(tag)) return this.#composeUntagged(node, path);
    const name = longFormOf(tag);
    if (!name) return this.#refuseTag(tag.replace('tag:yaml.org,2002:', '!!'), node);
    const argument = this.#composeArgument(node, name, path);
    return callFunction(name, argument, startOf(node), this.#positions);
  }

  /** A scalar behind a function's tag is a text, whatever it looks like: `!Ref On`. Only `!GetAZs` may be empty. */
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
    return isScalar(node) ? this.#composeScalar(node, path) : this.#null(startOf(node), path);
  }

  #composeScalar(node: Scalar, path: (string | number)[]): TemplateValue {
    const text = String(node.value);
    if (node.tag === 'tag:yaml.org,2002:str') return text;
    const isTyped = node.tag !== undefined && knownTag.test(node.tag);
    if (!isTyped && node.type !== Scalar.PLAIN) return text;
    return plainScalar(text) ?? this.#null(startOf(node), path);
  }

  #composeList(node: YAMLSeq, path: (string | number)[]): TemplateValue {
    const list: TemplateValue[] = [];
    for (const [index, item] of (node.items as (Node | null)[]).entries()) {
      this.#positions.note(list, index, startOf(item ?? node));
      path.push(index);
      list.push(this.compose(item, path, startOf(node)));
      path.pop();
    }
    return list;
  }

  #composeMap(node: YAMLMap, path: (string | number)[]): TemplateObject {
    const object: { [key: string]: TemplateValue } = Object.create(null);
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const offset = startOf(pair.key ?? node);
      const key = this.#key(pair.key, offset);
      if (key in object) this.#refuseRepeated(key, object, offset);
      this.#positions.note(object, key, offset);
      path.push(key);
      object[key] = this.compose(pair.value, path, offset);
      path.pop();
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
    this.refusal ??= repeatedKeyRefusal(key, first, this.#positions.atOffset(offset));
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

  #null(offset: number, path: TemplatePath): TemplateValue {
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

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
