import { type StackRefusal, stackRefusal } from '../stack-refusal.ts';
import { positionIn, type StackTemplate } from '../stack-template.ts';
import { isTemplateList, isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { samTransform } from '../transforms.ts';
import { isIntrinsic } from './expressions.ts';

/** Kinds of serverless resources that Globals speak for here. Source: SAM specification, "Globals section". */
const globalKinds = ['Function', 'Api', 'HttpApi', 'SimpleTable', 'StateMachine', 'LayerVersion'] as const;

/** The refusal of a kind that Globals cannot speak for, which would otherwise be dropped without a word. */
export function unknownGlobals(template: StackTemplate, globals: TemplateObject): StackRefusal | undefined {
  const unknown = Object.keys(globals).find((kind) => !(globalKinds as readonly string[]).includes(kind));
  if (unknown === undefined) return undefined;
  const kinds = globalKinds.map((kind) => `'${kind}'`).join(', ');
  return stackRefusal(
    'stack-template-invalid',
    `Transform ${samTransform} failed with: Invalid Serverless Application Specification document. Number of errors found: 1. 'Globals' section is invalid. '${unknown}' is not supported. Must be one of the following values - [${kinds}]`,
    positionIn(template, ['Globals', unknown]),
  );
}

/**
 * Properties of a resource with those of Globals under them: maps are merged, of lists the global part comes first,
 * everything else is the resource's own. `IgnoreGlobals` of the resource names what is not to be taken.
 */
export function withGlobals(kind: string, resource: TemplateObject, globals: TemplateObject): TemplateObject {
  const properties = isTemplateObject(resource.Properties) ? resource.Properties : {};
  const own = globals[kind];
  if (!isTemplateObject(own)) return properties;
  const ignored = resource.IgnoreGlobals;
  if (ignored === '*') return properties;
  const kept = Object.entries(own).filter(([name]) => !(isTemplateList(ignored) && ignored.includes(name)));
  return mergeObjects(Object.fromEntries(kept), properties);
}

function mergeObjects(global: TemplateObject, own: TemplateObject): TemplateObject {
  const merged = new Map<string, TemplateValue>(Object.entries(global));
  for (const [name, value] of Object.entries(own)) {
    const under = merged.get(name);
    merged.set(name, under === undefined ? value : mergeValues(under, value));
  }
  return Object.fromEntries(merged);
}

function mergeValues(global: TemplateValue, own: TemplateValue): TemplateValue {
  if (isIntrinsic(global) || isIntrinsic(own)) return own;
  if (isTemplateList(global) && isTemplateList(own)) return [...global, ...own];
  if (isTemplateObject(global) && isTemplateObject(own)) return mergeObjects(global, own);
  return own;
}
