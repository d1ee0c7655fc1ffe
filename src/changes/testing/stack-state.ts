import {
  evaluateTemplate,
  parseStackTemplate,
  requiredCapabilities,
  resolveParameters,
} from '../../cloudformation/index.ts';
import type { StackState } from '../compare-stacks.ts';

/** The state that a template makes; it must parse and evaluate. */
export function stackState(template: object | string, parameters: Readonly<Record<string, string>> = {}): StackState {
  const text = typeof template === 'string' ? template : JSON.stringify(template);
  const parsed = parseStackTemplate(text, 'stack.yaml');
  if (!parsed.ok) throw new Error(parsed.refusal.message);
  const values = resolveParameters(parsed.value, parameters);
  if (!values.ok) throw new Error(values.refusal.message);
  const evaluated = evaluateTemplate(parsed.value, { parameters: values.value, pseudo: {} });
  if (!evaluated.ok) throw new Error(evaluated.refusal.message);
  const secrets = [...values.value.values()].filter(({ noEcho }) => noEcho).map(({ text: secret }) => secret);
  return { evaluated: evaluated.value, capabilities: requiredCapabilities(parsed.value), secrets };
}

/** A template of one resource named R. */
export function oneResource(type: string, properties: object, attributes: object = {}): object {
  return { Resources: { R: { Type: type, Properties: properties, ...attributes } } };
}
