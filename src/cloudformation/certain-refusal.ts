import type { SourcePosition } from '../errors/index.ts';
import { checkStackTemplate } from './check-stack-template.ts';
import {
  creationOrder,
  type DependencyGraph,
  evaluatedDependencies,
  unconditionalDependencies,
} from './dependency-graph.ts';
import { evaluateTemplate } from './evaluate-template.ts';
import { expandTransforms } from './expand-transforms.ts';
import { hasOpenLoops } from './loops.ts';
import { missingParameters, resolveParameters } from './parameters.ts';
import { stackTemplateFrom } from './parse-stack-template.ts';
import type { PseudoParameters } from './pseudo-parameters.ts';
import { readTemplateText } from './read-template-text.ts';
import type { PlaceOrigin } from './source-positions.ts';
import type { StackRefusal } from './stack-refusal.ts';
import type { StackTemplate } from './stack-template.ts';
import { isTemplateList, isTemplateObject, isUnknown, type TemplateValue } from './template-value.ts';
import { languageExtensionsTransform, samTransform } from './transforms.ts';

export interface StackToBe {
  /** Name used in positions. */
  readonly file?: string;
  /** Positions are given as what this makes of them. */
  readonly originOf?: PlaceOrigin;
  readonly parameters: Readonly<Record<string, string>>;
  readonly pseudo: PseudoParameters;
}

export type CertainRefusal = StackRefusal & {
  /** The places of a circle, in its order. */
  readonly steps?: readonly SourcePosition[];
};

/**
 * The first thing for which the service will certainly refuse to make a stack of this text. Nothing is said about what
 * only the service can know: macros and what they make of the text, types and attributes newer than the published
 * schemas, what SAM generates, values of which it knows more.
 */
export function certainRefusal(text: string, stack: StackToBe): CertainRefusal | undefined {
  const { file = 'template', originOf, parameters } = stack;
  const read = readTemplateText(text, file, originOf);
  if (!read.ok) return read.refusal;
  if (hasMacros(read.value.root)) return undefined;
  const parsed = stackTemplateFrom(read.value, text, file);
  if (!parsed.ok) return parsed.refusal.code === 'stack-template-unsupported' ? undefined : parsed.refusal;
  const missing = missingParameters(parsed.value, new Map(Object.entries(parameters)));
  if (missing) return missing;
  const values = resolveParameters(parsed.value, parameters);
  if (!values.ok && hasOpenLoops(parsed.value.body)) return undefined;
  const given = values.ok ? { parameters: values.value } : {};
  const expanded = expandTransforms(parsed.value, { region: stack.pseudo.region, ...given });
  if (!expanded.ok) return undefined;
  const [problem] = checkStackTemplate(expanded.value, { onlyCertain: { mayExist: generatedBy(parsed.value) } });
  return problem ?? certainCircle(parsed.value, expanded.value, stack);
}

/** Whether something rewrites the text of which nothing is known here. */
function hasMacros(root: TemplateValue): boolean {
  const transform = isTemplateObject(root) ? root.Transform : undefined;
  const declared = transform === undefined ? [] : isTemplateList(transform) ? transform : [transform];
  return declared.some((name) => name !== samTransform && name !== languageExtensionsTransform) || hasCallOfMacro(root);
}

function hasCallOfMacro(value: TemplateValue): boolean {
  if (isTemplateList(value)) return value.some(hasCallOfMacro);
  if (!isTemplateObject(value)) return false;
  return Object.entries(value).some(([key, member]) => key === 'Fn::Transform' || hasCallOfMacro(member));
}

/** SAM names what it generates after the resource that it is for, or Serverless... where there are several. */
function generatedBy({ transforms, resources }: StackTemplate): (name: string) => boolean {
  if (!transforms.includes(samTransform)) return () => false;
  const sources = [...resources.values()].filter(({ type }) => type.startsWith('AWS::Serverless::'));
  return (name) => name.startsWith('Serverless') || sources.some(({ logicalId }) => name.startsWith(logicalId));
}

/** Circles that hold whatever the conditions say, then those that hold with the parameters of this stack. */
function certainCircle(
  written: StackTemplate,
  expanded: StackTemplate,
  { parameters, pseudo }: StackToBe,
): CertainRefusal | undefined {
  // what SAM generates between two resources is known less surely than what the author wrote
  const circleIn = (graph: DependencyGraph) => {
    const order = creationOrder(new Map([...graph].filter(([id]) => written.resources.has(id))));
    return order.ok ? undefined : order.refusal;
  };
  const always = circleIn(unconditionalDependencies(expanded));
  if (always) return always;
  const values = resolveParameters(expanded, parameters);
  if (!values.ok) return undefined;
  const evaluated = evaluateTemplate(expanded, { parameters: values.value, pseudo });
  if (!evaluated.ok) return evaluated.refusal.code === 'stack-template-circular' ? evaluated.refusal : undefined;
  if ([...evaluated.value.conditions.values()].some(isUnknown)) return undefined;
  return circleIn(evaluatedDependencies(evaluated.value));
}
