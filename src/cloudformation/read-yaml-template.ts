import { accept, type Result } from '../errors/index.ts';
import {
  type ListSyntax,
  type MapSyntax,
  readYamlSyntax,
  type ScalarSyntax,
  type YamlProblem,
  type YamlSyntax,
} from '../yaml-source/index.ts';
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
  const read = readYamlSyntax(text);
  if ('problem' in read) return { ok: false, refusal: problemRefusal(read, text, positions) };
  const composer = new YamlComposer(positions);
  const root = composer.compose(read.root, []);
  return composer.refusal ? { ok: false, refusal: composer.refusal } : accept(root);
}

function problemRefusal(found: YamlProblem, text: string, positions: SourcePositions): StackRefusal {
  if (found.problem === 'too-deep') return stackRefusal('stack-template-limit', tooDeepMessage);
  const position = positions.atOffset(Math.min(found.offset, text.length));
  const message = `Template format error: YAML not well-formed. (line ${position.line}, column ${position.column})`;
  const remedy =
    found.problem === 'second-document'
      ? 'A second document begins here, and a template is one document: remove it, or make it a stack of its own.'
      : `${found.message}.`;
  return stackRefusal('stack-template-syntax', message, position, remedy);
}

/** YAML's own tags that the service knows; `!!binary`, `!!omap`, `!!pairs`, `!!set` and `!!timestamp` it does not. */
const knownTag = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/;

type Content = Exclude<YamlSyntax, { readonly kind: 'alias' }>;

/** Turns nodes into values. The first refusal is kept; what follows it is composed on, and thrown away with it. */
class YamlComposer {
  refusal: StackRefusal | undefined;
  readonly #positions: SourcePositions;

  constructor(positions: SourcePositions) {
    this.#positions = positions;
  }

  /** @param offset where to point if there is no node */
  compose(node: YamlSyntax | null, path: (string | number)[], offset = 0): TemplateValue {
    if (node === null) return this.#null(offset, path);
    if (node.kind === 'alias') {
      return this.#refuse(
        'stack-template-invalid',
        'Template error: YAML aliases are not allowed in CloudFormation templates',
        node.offset,
        'Write the value out where it is used; the service takes neither aliases (*name) nor merge keys (<<).',
      );
    }
    if (path.length > templateDepthMax) {
      return this.#refuse('stack-template-limit', tooDeepMessage, node.offset);
    }
    const { tag } = node;
    if (!tag || knownTag.test(tag)) return this.#composeUntagged(node, path);
    const name = longFormOf(tag);
    if (!name) return this.#refuseTag(tag.replace('tag:yaml.org,2002:', '!!'), node);
    const argument = this.#composeArgument(node, name, path);
    return callFunction(name, argument, node.offset, this.#positions);
  }

  /** A scalar behind a function's tag is a text, whatever it looks like: `!Ref On`. Only `!GetAZs` may be empty. */
  #composeArgument(node: Content, name: string, path: (string | number)[]): TemplateValue {
    if (node.kind === 'scalar' && (node.text !== '' || name === 'Fn::GetAZs')) return node.text;
    path.push(name);
    const argument = this.#composeUntagged(node, path);
    path.pop();
    return argument;
  }

  #composeUntagged(node: Content, path: (string | number)[]): TemplateValue {
    switch (node.kind) {
      case 'map':
        return this.#composeMap(node, path);
      case 'list':
        return this.#composeList(node, path);
      case 'scalar':
        return this.#composeScalar(node, path);
    }
  }

  #composeScalar(node: ScalarSyntax, path: (string | number)[]): TemplateValue {
    const { tag, text } = node;
    if (tag === 'tag:yaml.org,2002:str') return text;
    const isTyped = tag !== undefined && knownTag.test(tag);
    if (!isTyped && !node.plain) return text;
    return plainScalar(text) ?? this.#null(node.offset, path);
  }

  #composeList(node: ListSyntax, path: (string | number)[]): TemplateValue {
    const list: TemplateValue[] = [];
    for (const [index, item] of node.items.entries()) {
      this.#positions.note(list, index, (item ?? node).offset);
      path.push(index);
      list.push(this.compose(item, path, node.offset));
      path.pop();
    }
    return list;
  }

  #composeMap(node: MapSyntax, path: (string | number)[]): TemplateObject {
    const object: { [key: string]: TemplateValue } = Object.create(null);
    for (const pair of node.pairs) {
      const offset = (pair.key ?? node).offset;
      const key = this.#key(pair.key, offset);
      if (key in object) this.#refuseRepeated(key, object, offset);
      this.#positions.note(object, key, offset);
      path.push(key);
      object[key] = this.compose(pair.value, path, offset);
      path.pop();
    }
    return normaliseCall(object, this.#positions);
  }

  #key(node: YamlSyntax | null, offset: number): string {
    if (node?.kind !== 'scalar') {
      this.#refuse(
        'stack-template-syntax',
        'Template format error: a key must be a text, not a list or an object.',
        offset,
      );
      return '';
    }
    if (node.text === '<<' && node.plain) {
      this.#refuse(
        'stack-template-invalid',
        'Template error: YAML merge keys (<<) are not allowed in CloudFormation templates',
        offset,
        'Write the merged entries out; the service takes neither aliases (*name) nor merge keys (<<).',
      );
    }
    return node.text;
  }

  #refuseRepeated(key: string, object: TemplateObject, offset: number): void {
    const first = this.#positions.of(object, key)!;
    this.refusal ??= repeatedKeyRefusal(key, first, this.#positions.atOffset(offset));
  }

  #refuseTag(tag: string, node: YamlSyntax): TemplateValue {
    const { line, column } = this.#positions.atOffset(node.offset);
    return this.#refuse(
      'stack-template-syntax',
      `Template format error: YAML not well-formed. (line ${line}, column ${column})`,
      node.offset,
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
