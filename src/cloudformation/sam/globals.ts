import { isTemplateList, isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { isIntrinsic } from './expressions.ts';

/** Kinds of serverless resources that Globals can speak for. Source: SAM specification, "Globals section". */
export const globalKinds = ['Function', 'Api', 'HttpApi', 'SimpleTable', 'StateMachine', 'LayerVersion'] as const;

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
