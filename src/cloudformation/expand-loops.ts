import { accept, type Result } from '../errors/index.ts';
import { Evaluation } from './evaluation.ts';
import { evaluateValue, noValue } from './intrinsics.ts';
import { isLoop, loopSections, sectionOf } from './loops.ts';
import { type ParameterValues, resolveParameters } from './parameters.ts';
import { stackTemplateFrom } from './parse-stack-template.ts';
import type { ExpansionOptions } from './sam/serverless-document.ts';
import { type StackRefusal, type StackRefusalCode, stackRefusal } from './stack-refusal.ts';
import type { StackTemplate } from './stack-template.ts';
import {
  isEvaluatedList,
  isScalar,
  isTemplateList,
  isTemplateObject,
  objectFrom,
  scalarText,
  type TemplateObject,
  type TemplateValue,
} from './template-value.ts';

/** Values that all loops together may write. Ours: far beyond what the limits of a template leave room for. */
const valuesMax = 200_000;

/**
 * Writes out the loops of AWS::LanguageExtensions, `Fn::ForEach::Name: [Identifier, Collection, {Key: Value}]`: the fragment
 * once for each item, with `${Identifier}`, `&{Identifier}` (its letters and digits alone) and `Ref` of the identifier
 * replaced. What was written has the positions of the fragment. A collection may read parameters and mappings.
 * Source: CloudFormation template reference, "Fn::ForEach".
 * @refuses stack-template-invalid for a loop that is malformed or writes a key twice, stack-template-unsupported where
 * the collection is not known, stack-template-limit, and what the whole template is refused for afterwards
 */
export function expandLoops(template: StackTemplate, options: ExpansionOptions): Result<StackTemplate, StackRefusal> {
  const loops = new LoopWriter(template, options);
  const sections = loopSections.flatMap((name): [string, TemplateValue][] => {
    const section = sectionOf(template.body, name);
    return section && hasLoops(section) ? [[name, loops.write(section, new Map())]] : [];
  });
  if (loops.refusal) return { ok: false, refusal: loops.refusal };
  if (sections.length === 0) return accept(template);
  const root = objectFrom(Object.entries({ ...template.body, ...Object.fromEntries(sections) }));
  template.positions.inherit(root, template.body);
  const { format, positions, text, file } = template;
  return stackTemplateFrom({ format, root, positions }, text, file);
}

function hasLoops(value: TemplateValue): boolean {
  if (isTemplateList(value)) return value.some(hasLoops);
  if (!isTemplateObject(value)) return false;
  return Object.entries(value).some(([key, member]) => isLoop(key) || hasLoops(member));
}

/** Items of the loops around, by identifier. */
type Items = ReadonlyMap<string, string>;

/** The first refusal is kept; what is written after it is thrown away with it. */
class LoopWriter {
  refusal: StackRefusal | undefined;
  readonly #template: StackTemplate;
  readonly #parameters: ParameterValues;
  readonly #pseudo: { readonly region?: string };
  #values = 0;

  constructor(template: StackTemplate, { parameters, region }: ExpansionOptions) {
    this.#template = template;
    this.#parameters = parameters ?? defaultsOf(template);
    this.#pseudo = region === undefined ? {} : { region };
  }

  write(value: TemplateValue, items: Items): TemplateValue {
    if (!this.#hasRoomFor(1)) return '';
    if (typeof value === 'string') return replaced(value, items);
    if (isTemplateList(value)) return this.#writeList(value, items);
    if (!isTemplateObject(value)) return value;
    const keys = Object.keys(value);
    const item = keys.length === 1 && typeof value.Ref === 'string' ? items.get(value.Ref) : undefined;
    return item ?? this.#writeObject(value, items);
  }

  #hasRoomFor(count: number): boolean {
    this.#values += count;
    if (this.#values <= valuesMax) return true;
    this.refusal ??= stackRefusal('stack-template-limit', `Loops write more than ${valuesMax} values.`);
    return false;
  }

  #writeList(list: readonly TemplateValue[], items: Items): readonly TemplateValue[] {
    const made = list.map((each) => this.write(each, items));
    this.#template.positions.inherit(made, list);
    return made;
  }

  #writeObject(object: TemplateObject, items: Items): TemplateObject {
    const made: { [key: string]: TemplateValue } = Object.create(null);
    this.#writeMembers(object, items, made);
    return made;
  }

  #writeMembers(object: TemplateObject, items: Items, made: { [key: string]: TemplateValue }): void {
    for (const [key, member] of Object.entries(object)) {
      if (this.refusal) return;
      if (isLoop(key)) {
        this.#writeLoop(object, key, items, made);
        continue;
      }
      const name = replaced(key, items);
      if (name in made) this.#refuse(object, key, `Template format error: a loop writes the key ${name} twice.`);
      const offset = this.#template.positions.offsetOf(object, key);
      if (offset !== undefined) this.#template.positions.note(made, name, offset);
      made[name] = this.write(member, items);
    }
  }

  #writeLoop(object: TemplateObject, key: string, items: Items, made: { [key: string]: TemplateValue }): void {
    const loop = object[key]!;
    const [identifier, collection, fragment] = isTemplateList(loop) && loop.length === 3 ? loop : [];
    if (typeof identifier !== 'string' || collection === undefined || !isTemplateObject(fragment ?? '')) {
      const message = `Template error: ${key} needs a list of three: an identifier, a collection and an object.`;
      this.#refuse(object, key, message);
      return;
    }
    for (const item of this.#collection(object, key, collection, items)) {
      this.#writeMembers(fragment as TemplateObject, new Map([...items, [identifier, item]]), made);
    }
  }

  #collection(object: TemplateObject, key: string, collection: TemplateValue, items: Items): readonly string[] {
    const context = { parameters: this.#parameters, pseudo: this.#pseudo };
    const subject = { block: 'Resources', path: [] } as const;
    const evaluation = new Evaluation(this.#template, context, new Map(), subject);
    const list = evaluateValue(evaluation, this.write(collection, items));
    this.refusal ??= evaluation.refusal;
    if (list !== noValue && isEvaluatedList(list) && list.every(isScalar))
      return this.#hasRoomFor(list.length) ? list.map(scalarText) : [];
    const message = `The collection of ${key} is no list of texts that is known before the stack is made.`;
    this.#refuse(object, key, message, 'stack-template-unsupported');
    return [];
  }

  #refuse(
    object: TemplateObject,
    key: string,
    message: string,
    code: StackRefusalCode = 'stack-template-invalid',
  ): void {
    this.refusal ??= stackRefusal(code, message, this.#template.positions.of(object, key));
  }
}

function replaced(text: string, items: Items): string {
  if (items.size === 0 || !text.includes('{')) return text;
  return text.replaceAll(/([$&])\{([^{}]+)\}/g, (whole, sign: string, name: string) => {
    const item = items.get(name);
    if (item === undefined) return whole;
    return sign === '&' ? item.replaceAll(/[^A-Za-z0-9]/g, '') : item;
  });
}

/** What a template says itself; parameters without a default, or with one that is wrong, are not known. */
function defaultsOf(template: StackTemplate): ParameterValues {
  const given = new Map([...template.parameters].filter(([, parameter]) => parameter.default !== undefined));
  const resolved = resolveParameters({ ...template, parameters: given }, {});
  return resolved.ok ? resolved.value : new Map();
}
