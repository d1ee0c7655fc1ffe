import type { Inputs } from '../bundles/index.ts';
import type { EvaluatedTemplate } from '../cloudformation/index.ts';
import type { Refusal, Result } from '../errors/index.ts';
import type { VersionInterface } from './compare-interfaces.ts';
import type { StackState } from './compare-stacks.ts';

/** One version of a template, as far as it can be asked without a cloud. */
export interface TemplateVersion extends VersionInterface {
  /** Checks inputs and fills in the defaults. */
  resolve(inputs: Inputs): Result<Inputs>;
  /** The stack that resolved inputs make, or why they make none. */
  state(inputs: Inputs): Result<StackState>;
  /** Texts that conditions and mappings compare inputs with: worth trying as inputs. */
  readonly literals: readonly string[];
}

/** What becomes of inputs between two versions; without upgrade steps they stay as they are. */
export type InputUpgrade = (inputs: Inputs) => Result<Inputs, Refusal>;

/** Texts that decide something in a template: operands of conditions, keys of mappings. */
export function decidingLiterals({ template }: Pick<EvaluatedTemplate, 'template'>): readonly string[] {
  const found = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number') found.add(String(value));
    else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) collect(member);
  };
  for (const condition of template.conditions.values()) collect(condition);
  for (const map of Object.values(template.mappings)) {
    if (typeof map === 'object') for (const key of Object.keys(map)) found.add(key);
  }
  return [...found];
}
