import { everything, type Scope, showScope } from '../governance/index.ts';
import type { Effect, Rail } from './guard-rail.ts';
import { type Parameters, readParameters } from './parameter-rule.ts';

/** What a rail does in a scope. What several scopes say of one rail holds all at once: none takes back another. */
export interface RailSetting {
  readonly scope: Scope;
  readonly rail: string;
  readonly effect: Effect;
  /** Whether what cannot be known beforehand counts as found. Otherwise it only warns. */
  readonly strict: boolean;
  readonly parameters: Parameters;
  /** Of what was set for this rail in this scope; absent: it comes with the product. */
  readonly version?: number;
}

/** What holds for everything where nobody has set anything for everything. */
export function usualSettings(rails: readonly Rail[], set: readonly RailSetting[]): readonly RailSetting[] {
  const own = new Set(set.filter(({ scope }) => showScope(scope) === showScope(everything)).map(({ rail }) => rail));
  return rails
    .filter(({ id, warnsByDefault }) => warnsByDefault && !own.has(id))
    .flatMap(({ id, parameters: rules }) => {
      const parameters = readParameters(id, rules, {});
      if (!parameters.ok) throw new Error(`the guard rail ${id} warns by default, and needs parameters`);
      return { scope: everything, rail: id, effect: 'warn', strict: false, parameters: parameters.value } as const;
    });
}
