import { describeRefusal } from '../../errors/index.ts';
import { type Cedar, loadCedar } from '../rules/cedar.ts';
import { makePolicies, type Policies } from '../rules/policies.ts';
import { readRuleSet } from '../rules/read-rule-set.ts';
import type { RuleSet } from '../rules/rule-set.ts';
import { type ShippedModel, shippedRules } from '../rules/shipped-rules.ts';
import { everything, readScope } from '../scope.ts';

/** Policies as tests write them: models and restrictions by scope; a text where it is none that is shipped. */
export async function testPolicies(
  models: Readonly<Record<string, ShippedModel | RuleSet>> = {},
  restrictions: readonly (readonly [scope: string, rules: RuleSet])[] = [],
): Promise<Policies> {
  const cedar = await loadCedar();
  const { base, unassigned, models: shipped } = shippedRules(cedar);
  return makePolicies(cedar, {
    base,
    unassigned,
    models: Object.entries(models).map(([scope, model]) => ({
      scope: readScope(scope) ?? everything,
      rules: typeof model === 'string' ? shipped[model] : model,
    })),
    restrictions: restrictions.map(([scope, rules]) => ({ scope: readScope(scope) ?? everything, rules })),
  });
}

export function ruleSet(cedar: Cedar, name: string, purpose: RuleSet['purpose'], text: string): RuleSet {
  const read = readRuleSet(cedar, { name, purpose, text });
  if (!read.ok) throw new Error(describeRefusal(read.refusal));
  return read.value;
}
