import type { Db } from '../../database/index.ts';
import { describeRefusal } from '../../errors/index.ts';
import { readScope } from '../scope.ts';
import { type DigestedAssignment, modelAssignments, restrictions, rulesRevision } from './assignment-store.ts';
import { type Cedar, loadCedar } from './cedar.ts';
import { makePolicies, type Policies, type PolicyParts, policiesDigest } from './policies.ts';
import { versionedName } from './policy.ts';
import { ruleTexts } from './policy-store.ts';
import { readRuleSet } from './read-rule-set.ts';
import type { RuleSet, RuleSetPurpose } from './rule-set.ts';
import { type ShippedModel, shippedRules } from './shipped-rules.ts';

/** Rules that were read before, for the next decision: reading them takes longer than deciding. */
const readBefore = new Map<string, RuleSet>();
const readBeforeMax = 5_000;
let last: Policies | undefined;
let inForce: { readonly revision: string; readonly policies: Policies } | undefined;

/** All rules as they are in force now. */
export async function loadPolicies(db: Db): Promise<Policies> {
  // asked before what it stands for: what changes in between is read, and read once more by the next
  const revision = await rulesRevision(db);
  if (inForce?.revision !== revision) inForce = { revision, policies: await readPolicies(db) };
  return inForce.policies;
}

async function readPolicies(db: Db): Promise<Policies> {
  const cedar = await loadCedar();
  const { base, unassigned } = shippedRules(cedar);
  // one after the other: db may be a transaction, which has one session
  const models = await modelAssignments(db);
  const restricted = await restrictions(db);
  const parts = {
    base,
    unassigned,
    models: await withRules(db, cedar, models, 'model'),
    restrictions: await withRules(db, cedar, restricted, 'restriction'),
  };
  return policiesOf(cedar, parts);
}

/** The same value for equal parts, so that what is prepared for it is prepared once. */
export function policiesOf(cedar: Cedar, parts: PolicyParts): Policies {
  if (last?.cedar !== cedar || last.digest !== policiesDigest(parts)) last = makePolicies(cedar, parts);
  return last;
}

async function withRules(
  db: Db,
  cedar: Cedar,
  assignments: readonly DigestedAssignment[],
  purpose: Exclude<RuleSetPurpose, 'base'>,
): Promise<PolicyParts['models']> {
  const names = assignments.map(({ name, version, digest }) => ({
    name: version === undefined ? name : versionedName({ name, version }),
    digest,
  }));
  const sets = await ruleSets(
    db,
    cedar,
    names.flatMap(({ name, digest }) => (digest === undefined ? [] : [{ name, digest, purpose }])),
  );
  return assignments.map(({ scope: text, digest }, index) => {
    const { name = '' } = names[index] ?? {};
    const rules = digest === undefined ? shippedRules(cedar).models[name as ShippedModel] : sets.get(name);
    const scope = readScope(text);
    if (!rules || !scope) throw new Error(`${name} at ${text} cannot be read`);
    return { scope, rules };
  });
}

/** Stored texts as rules, by name. They were checked when they were stored. */
export async function ruleSets(
  db: Db,
  cedar: Cedar,
  wanted: readonly Pick<RuleSet, 'name' | 'purpose' | 'digest'>[],
): Promise<ReadonlyMap<string, RuleSet>> {
  const keyOf = ({ name, purpose, digest }: (typeof wanted)[number]) => `${purpose} ${name} ${digest}`;
  if (readBefore.size + wanted.length > readBeforeMax) readBefore.clear();
  const unread = wanted.filter((set) => !readBefore.has(keyOf(set)));
  const texts = await ruleTexts(
    db,
    unread.map(({ digest }) => digest),
  );
  const sets = new Map<string, RuleSet>();
  for (const set of wanted) {
    const { name, purpose, digest } = set;
    const text = texts.get(digest);
    let rules = readBefore.get(keyOf(set));
    if (!rules) {
      if (text === undefined) throw new Error(`the text ${digest} of ${name} is not kept`);
      const read = readRuleSet(cedar, { name, purpose, text });
      if (!read.ok) throw new Error(describeRefusal(read.refusal));
      rules = read.value;
      readBefore.set(keyOf(set), rules);
    }
    sets.set(name, rules);
  }
  return sets;
}
