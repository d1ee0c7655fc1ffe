import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { contentHash } from '../../identifiers/index.ts';
import { loadCedar } from './cedar.ts';
import { ruleSets } from './load-policies.ts';
import { type PolicyPurpose, versionedName } from './policy.ts';
import { policyVersionFind } from './policy-store.ts';
import type { RuleSet } from './rule-set.ts';
import { type ShippedModel, shippedModels, shippedRules } from './shipped-rules.ts';

/** A policy as it is named: `golden-path` of the product, `mine` in its newest version, `mine@2`. */
export interface NamedRules {
  readonly name: string;
  /** Absent: shipped with the product. */
  readonly version?: number;
  readonly rules: RuleSet;
}

export type FindRulesRefusal = Refusal<'policy-missing' | 'policy-purpose-wrong'>;

/** @refuses what is not there, and what has another purpose */
export async function findRules(
  db: Db,
  named: string,
  purpose: PolicyPurpose,
): Promise<Result<NamedRules, FindRulesRefusal>> {
  const cedar = await loadCedar();
  if (isShipped(named)) {
    if (purpose !== 'model') return wrongPurpose(named, purpose);
    return accept({ name: named, rules: shippedRules(cedar).models[named] });
  }
  const [, name = '', version] = /^([a-z][a-z0-9-]{0,62})(?:@([1-9]\d{0,8}))?$/.exec(named) ?? [];
  const found = await policyVersionFind(db, name, version === undefined ? undefined : Number(version));
  if (!found) return policyMissing(named, purpose);
  if (found.purpose !== purpose) return wrongPurpose(named, purpose);
  const wanted = { name: versionedName(found), purpose, digest: contentHash(Buffer.from(found.text)) };
  const rules = (await ruleSets(db, cedar, [wanted])).get(wanted.name)!;
  return accept({ name: found.name, version: found.version, rules });
}

function isShipped(name: string): name is ShippedModel {
  return (shippedModels as readonly string[]).includes(name);
}

export function policyMissing(named: string, purpose: PolicyPurpose) {
  return refuse({
    kind: 'missing',
    code: 'policy-missing',
    message: `There is no policy ${named}.`,
    remedy:
      purpose === 'model'
        ? `Write it first, or name a shipped model: ${shippedModels.join(', ')}.`
        : 'Write it first: deuteron policy write. deuteron policy list shows those that there are.',
  });
}

export function wrongPurpose(named: string, purpose: PolicyPurpose) {
  return refuse({
    kind: 'invalid',
    code: 'policy-purpose-wrong',
    message: `${named} is no ${purpose}.`,
    remedy: 'Models are assigned, restrictions are attached.',
  });
}
