import {
  type EvaluatedResource,
  type EvaluatedTemplate,
  type EvaluatedValue,
  evaluateTemplate,
  expandTransforms,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
  type ParameterValue,
  type PseudoParameters,
  parseStackTemplate,
  requiredCapabilities,
  resolveParameters,
  type StackTemplate,
  templateBytesMax,
  UnknownValue,
} from '../cloudformation/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { type ChildTemplates, childTemplateOf } from './child-templates.ts';
import type { StackState } from './compare-stacks.ts';
import { nestedStackType } from './nested-outcome.ts';

export interface StackText {
  readonly text: string;
  /** How positions name it. */
  readonly file: string;
  /** Values that are never shown. */
  readonly secrets: readonly string[];
  /** Of where it lies; what is absent stays an expression. */
  readonly pseudo?: PseudoParameters;
  /** Templates that its nested stacks may be made of. Absent: they are not kept. */
  readonly children?: ChildTemplates;
  /** Where they lie in the bundle, for positions. */
  readonly folder?: string;
  /** Says why of each nested stack that is not looked into, so that it is never taken for one that does not change. */
  readonly tellsUnseen?: true;
}

/** Deeper ones are not looked into; a template that calls itself has no end. */
export const nestingMax = 5;
/** Of one stack, over all depths: a template that calls itself more than once grows with each. */
export const nestedMax = 50;
/** Of the different templates that they are made of: reading them takes no longer than a few stacks would. */
const nestedBytesMax = 2 * templateBytesMax;

/**
 * A rendered template as a stack to compare. Parameters without a default stay expressions. Nested stacks whose templates
 * are at hand are read, too; what cannot be read of them is left to be said of the parent.
 */
export function stackState(stack: StackText): Result<StackState> {
  return stateOf(stack, {}, newWalk());
}

interface Walk {
  readonly depth: number;
  /** How many nested stacks, and how much text, may still be read. */
  readonly left: { count: number; bytes: number };
  /** Templates of nested stacks that were read, by file. */
  readonly read: Map<string, Result<StackTemplate>>;
}

function newWalk(): Walk {
  return { depth: 0, left: { count: nestedMax, bytes: nestedBytesMax }, read: new Map() };
}

function stateOf(
  stack: StackText,
  given: Given,
  walk: Walk,
  parsed: Result<StackTemplate> = parseStackTemplate(stack.text, stack.file),
): Result<StackState> {
  const { secrets, pseudo = {} } = stack;
  if (!parsed.ok) return parsed;
  const expanded = expandTransforms(parsed.value, { region: pseudo.region ?? 'us-east-1' });
  if (!expanded.ok) return expanded;
  const template = expanded.value;
  const isOpen = (name: string) =>
    isUnknown(given[name]) || (given[name] === undefined && template.parameters.get(name)?.default === undefined);
  const closed = new Map([...template.parameters].filter(([name]) => !isOpen(name)));
  const texts = Object.entries(given).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  const resolved = resolveParameters({ ...template, parameters: closed }, new Map(texts));
  if (!resolved.ok) return resolved;
  const parameters = new Map<string, ParameterValue>(resolved.value);
  for (const { name, type, noEcho } of template.parameters.values()) {
    if (!isOpen(name)) continue;
    const value = (given[name] as UnknownValue | undefined) ?? new UnknownValue({ Ref: name }, []);
    parameters.set(name, { name, type, value, text: '', source: 'given', noEcho });
  }
  const evaluated = evaluateTemplate(template, { parameters, pseudo });
  if (!evaluated.ok) return evaluated;
  const hidden = [...parameters.values()].filter(({ noEcho }) => noEcho).map((parameter) => parameter.text);
  const own = { ...stack, secrets: [...secrets, ...hidden] };
  const { nested, unseen } = readNested(evaluated.value, own, walk);
  return accept({
    evaluated: evaluated.value,
    capabilities: requiredCapabilities(template),
    secrets: own.secrets,
    ...(nested.size > 0 && { nested }),
    ...(stack.tellsUnseen && unseen.size > 0 && { unseen }),
  });
}

/** What a parent gives the parameters of a nested stack: texts, and what is not known yet. */
type Given = Readonly<Record<string, string | UnknownValue>>;

type Surroundings = Omit<StackText, 'text' | 'file'>;

/** The nested stacks of a template that are made of templates at hand, by logical id. */
export function nestedStates(evaluated: EvaluatedTemplate, around: Surroundings): ReadonlyMap<string, StackState> {
  return readNested(evaluated, around, newWalk()).nested;
}

interface Nested {
  readonly nested: ReadonlyMap<string, StackState>;
  /** Why each of the others is not looked into. */
  readonly unseen: ReadonlyMap<string, string>;
}

function readNested({ resources }: EvaluatedTemplate, around: Surroundings, walk: Walk): Nested {
  const [nested, unseen] = [new Map<string, StackState>(), new Map<string, string>()];
  for (const resource of resources.values()) {
    if (resource.type !== nestedStackType) continue;
    const state = nestedState(resource, around, walk);
    if (typeof state === 'string') unseen.set(resource.logicalId, state);
    else nested.set(resource.logicalId, state);
  }
  return { nested, unseen };
}

/** A text says why it is not looked into. */
function nestedState(resource: EvaluatedResource, around: Surroundings, walk: Walk): StackState | string {
  const { depth, left, read } = walk;
  const { TemplateURL: url } = resource.properties;
  const { children, folder } = around;
  if (!children) return 'its template was not kept when it was deployed';
  const child = childTemplateOf(url, children);
  if (!child) return elsewhere(url);
  if (depth >= nestingMax) return `it lies more than ${nestingMax} stacks deep`;
  if (left.count <= 0) return `it is one of more than ${nestedMax} nested stacks`;
  left.count -= 1;
  const file = folder === undefined ? child.path : `${folder}/${child.path}`;
  if (!read.has(file)) left.bytes -= Buffer.byteLength(child.text);
  if (left.bytes < 0) return `templates of nested stacks have more than ${nestedBytesMax} bytes`;
  const parsed = read.get(file) ?? parseStackTemplate(child.text, file);
  read.set(file, parsed);
  const stack = { ...around, text: child.text, file, pseudo: placeOf(around.pseudo) };
  const state = stateOf(stack, givenBy(resource), { ...walk, depth: depth + 1 }, parsed);
  return state.ok ? state.value : `its template ${file} cannot be evaluated: ${state.refusal.message}`;
}

function elsewhere(url: EvaluatedValue | undefined): string {
  return typeof url === 'string'
    ? `its template is not in the bundle (${url.replace(/[?#].*$/s, '')})`
    : 'its TemplateURL is not known before it is deployed';
}

/** A nested stack lies where its parent does, under another name. */
function placeOf(pseudo: PseudoParameters = {}): PseudoParameters {
  const { stackName: _name, stackId: _id, ...place } = pseudo;
  return place;
}

function givenBy({ properties: { Parameters: given } }: EvaluatedResource): Given {
  if (!isEvaluatedObject(given)) return {};
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, asParameter(value)]));
}

/** What the parent reads of its own resources means nothing among those of the child. */
function asParameter(value: EvaluatedValue): string | UnknownValue {
  if (isUnknown(value)) return new UnknownValue({ Parent: value.expression }, []);
  if (!isEvaluatedList(value)) return typeof value === 'object' ? JSON.stringify(value) : String(value);
  const items = value.map(asParameter);
  if (items.every((item) => typeof item === 'string')) return items.join(',');
  return new UnknownValue({ Parent: items.map((item) => (isUnknown(item) ? item.expression : item)) }, []);
}
