import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeRefusal } from '../../errors/index.ts';
import type { Cedar } from './cedar.ts';
import { readRuleSet } from './read-rule-set.ts';
import type { RuleSet } from './rule-set.ts';

/** The four organizational models that everybody has: files of models/. */
export const shippedModels = ['centralized', 'golden-path', 'embedded', 'decentralized'] as const;
export type ShippedModel = (typeof shippedModels)[number];

/** Names that no stored policy may have. */
export const reservedNames: readonly string[] = ['base', 'unassigned', ...shippedModels];

export interface ShippedRules {
  readonly base: RuleSet;
  readonly unassigned: RuleSet;
  readonly models: Readonly<Record<ShippedModel, RuleSet>>;
}

const known = new WeakMap<Cedar, ShippedRules>();

/** The rules that come with the product. */
export function shippedRules(cedar: Cedar): ShippedRules {
  let rules = known.get(cedar);
  if (!rules) {
    const models = Object.fromEntries(shippedModels.map((name) => [name, read(cedar, name, 'model')]));
    rules = {
      base: read(cedar, 'base', 'base'),
      unassigned: read(cedar, 'unassigned', 'model'),
      models: models as Record<ShippedModel, RuleSet>,
    };
    known.set(cedar, rules);
  }
  return rules;
}

function read(cedar: Cedar, name: string, purpose: RuleSet['purpose']): RuleSet {
  const text = readFileSync(join(import.meta.dirname, '..', 'models', `${name}.cedar`), 'utf8');
  const rules = readRuleSet(cedar, { name, purpose, text });
  if (!rules.ok) throw new Error(describeRefusal(rules.refusal));
  return rules.value;
}
