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
  /** Templates that its nested stacks may be made of. */
  readonly children?: ChildTemplates;
}

/** Deeper ones are not looked into; a template that calls itself has no end. */
const nestingMax = 5;

/**
 * A rendered template as a stack to compare. Parameters without a default stay expressions. Nested stacks whose templates
 * are at hand are read, too; what cannot be read of them is left to be said of the parent.
 */
export function stackState(stack: StackText): Result<StackState> {
  return stateOf(stack, {}, 0);
}

function stateOf(stack: StackText, given: Given, depth: number): Result<StackState> {
  const { text, file, secrets, pseudo = {} } = stack;
  const parsed = parseStackTemplate(text, file);
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
  const nested = nestedStates(evaluated.value, own, depth);
  return accept({
    evaluated: evaluated.value,
    capabilities: requiredCapabilities(template),
    secrets: own.secrets,
    ...(nested.size > 0 && { nested }),
  });
}

/** What a parent gives the parameters of a nested stack: texts, and what is not known yet. */
type Given = Readonly<Record<string, string | UnknownValue>>;

/** The nested stacks of a template that are made of templates at hand, by logical id. */
export function nestedStates(
  { resources }: EvaluatedTemplate,
  { children, secrets, pseudo }: Omit<StackText, 'text' | 'file'>,
  depth = 0,
): ReadonlyMap<string, StackState> {
  const states = new Map<string, StackState>();
  if (!children || depth >= nestingMax) return states;
  for (const resource of resources.values()) {
    if (resource.type !== nestedStackType) continue;
    const child = childTemplateOf(resource.properties.TemplateURL, children);
    const stack = child && { text: child.text, file: child.path, secrets, pseudo: placeOf(pseudo), children };
    const state = stack && stateOf(stack, givenBy(resource), depth + 1);
    if (state?.ok) states.set(resource.logicalId, state.value);
  }
  return states;
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
