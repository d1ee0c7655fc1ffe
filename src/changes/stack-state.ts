import {
  evaluateTemplate,
  expandTransforms,
  type ParameterValue,
  type PseudoParameters,
  parseStackTemplate,
  requiredCapabilities,
  resolveParameters,
  UnknownValue,
} from '../cloudformation/index.ts';
import { accept, type Result } from '../errors/index.ts';
import type { StackState } from './compare-stacks.ts';

export interface StackText {
  readonly text: string;
  /** How positions name it. */
  readonly file: string;
  /** Values that are never shown. */
  readonly secrets: readonly string[];
  /** Of where it lies; what is absent stays an expression. */
  readonly pseudo?: PseudoParameters;
}

/** A rendered template as a stack to compare. Parameters without a default stay expressions. */
export function stackState({ text, file, secrets, pseudo = {} }: StackText): Result<StackState> {
  const parsed = parseStackTemplate(text, file);
  if (!parsed.ok) return parsed;
  const expanded = expandTransforms(parsed.value, { region: pseudo.region ?? 'us-east-1' });
  if (!expanded.ok) return expanded;
  const template = expanded.value;
  const open = [...template.parameters.values()].filter((parameter) => parameter.default === undefined);
  const closed = new Map([...template.parameters].filter(([name]) => !open.some((each) => each.name === name)));
  const resolved = resolveParameters({ ...template, parameters: closed }, {});
  if (!resolved.ok) return resolved;
  const parameters = new Map<string, ParameterValue>(resolved.value);
  for (const { name, type, noEcho } of open) {
    const value = new UnknownValue({ Ref: name }, []);
    parameters.set(name, { name, type, value, text: '', source: 'given', noEcho });
  }
  const evaluated = evaluateTemplate(template, { parameters, pseudo });
  if (!evaluated.ok) return evaluated;
  const hidden = [...parameters.values()].filter(({ noEcho }) => noEcho).map((parameter) => parameter.text);
  return accept({
    evaluated: evaluated.value,
    capabilities: requiredCapabilities(template),
    secrets: [...secrets, ...hidden],
  });
}
