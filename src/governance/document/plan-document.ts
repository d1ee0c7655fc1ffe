import { accept, type Refusal, type Result, type SourcePosition } from '../../errors/index.ts';
import { contentHash } from '../../identifiers/index.ts';
import type { StoredAssignment } from '../rules/assignment-store.ts';
import { policyMissing, wrongPurpose } from '../rules/find-rules.ts';
import { type PolicyPurpose, versionedName } from '../rules/policy.ts';
import { shippedModels } from '../rules/shipped-rules.ts';
import type { DocumentAssignment, DocumentPolicy, GovernanceDocument } from './read-document.ts';

/** One act: what the file asks for and is not so. */
export type GovernanceChange =
  | ({ readonly change: 'write-policy'; readonly version: number } & Pick<DocumentPolicy, 'name' | 'purpose' | 'text'>)
  | ({ readonly change: 'assign-model' | 'attach-restriction' } & Assigned)
  | ({ readonly change: 'take-model' | 'detach-restriction' } & Pick<Assigned, 'scope' | 'name'>);

type Assigned = Pick<StoredAssignment, 'scope' | 'name' | 'version'>;

export interface PlannedRules {
  readonly change: GovernanceChange;
  readonly sign: '+' | '~' | '-';
  /** For people, without the sign. */
  readonly text: string;
}

export interface GovernancePlan {
  readonly changes: readonly PlannedRules[];
  /** Assigned or attached, not named in the file, and left as it is. */
  readonly left: readonly string[];
  /** Of the changes and of what they change. */
  readonly hash: string;
}

/** The newest version of a policy. */
export interface NewestPolicy {
  readonly name: string;
  readonly purpose: PolicyPurpose;
  readonly version: number;
  readonly digest: string;
}

/** What is in force, and what could be. */
export interface RulesNow {
  readonly policies: readonly NewestPolicy[];
  readonly models: readonly StoredAssignment[];
  readonly restrictions: readonly StoredAssignment[];
}

/**
 * What is to be done so that the rules are what a file says.
 * @param prune whether what a section does not name is taken away; texts of policies are never
 * @refuses a policy that is not there or has another purpose, with its place in the file
 */
export function planDocument(
  now: RulesNow,
  document: GovernanceDocument,
  { prune }: { readonly prune: boolean },
): Result<GovernancePlan, Refusal> {
  const newest = new Map(now.policies.map((policy) => [policy.name, policy]));
  const written: PlannedRules[] = [];
  for (const { name, purpose, text, position } of document.policies) {
    const before = newest.get(name);
    if (before && before.purpose !== purpose) return at(position, wrongPurpose(name, purpose));
    const digest = contentHash(Buffer.from(text));
    if (before?.digest === digest) continue;
    const version = (before?.version ?? 0) + 1;
    newest.set(name, { name, purpose, version, digest });
    const was = before ? ` (newest was ${versionedName(before)})` : '';
    written.push({
      change: { change: 'write-policy', name, purpose, text, version },
      sign: before ? '~' : '+',
      text: `${purpose} ${versionedName({ name, version })}${was}`,
    });
  }
  const models = assigned(newest, document.models, now.models, 'model');
  if (!models.ok) return models;
  const restrictions = assigned(newest, document.restrictions, now.restrictions, 'restriction');
  if (!restrictions.ok) return restrictions;
  const others = [...models.value.others, ...restrictions.value.others];
  const changes = [
    ...written,
    ...models.value.changes,
    ...restrictions.value.changes,
    ...(prune ? others.map(taken) : []),
  ];
  const bases = [...now.models, ...now.restrictions].map(({ scope, name, version }) => [scope, name, version]);
  const plan = {
    changes,
    left: prune ? [] : others.map(({ purpose, ...each }) => `${purpose} ${showAssigned(each)}`),
    hash: contentHash([changes, bases, now.policies.map(versionedName)]),
  };
  return accept(plan);
}

interface Other extends Assigned {
  readonly purpose: PolicyPurpose;
}

/** A model is the only one of its scope; a restriction is one of many there, each in one version. */
function assigned(
  newest: ReadonlyMap<string, NewestPolicy>,
  wanted: readonly DocumentAssignment[] | undefined,
  current: readonly StoredAssignment[],
  purpose: PolicyPurpose,
): Result<{ readonly changes: readonly PlannedRules[]; readonly others: readonly Other[] }, Refusal> {
  if (!wanted) return accept({ changes: [], others: [] });
  const isAt = (one: Assigned, scope: string, name: string) =>
    one.scope === scope && (purpose === 'model' || one.name === name);
  const changes: PlannedRules[] = [];
  const named: Assigned[] = [];
  for (const { scope, named: written, position } of wanted) {
    const found = resolve(newest, written, purpose);
    if (!found.ok) return at(position, found);
    const next = { scope, ...found.value };
    named.push(next);
    const before = current.find((one) => isAt(one, scope, next.name));
    if (before && before.name === next.name && before.version === next.version) continue;
    changes.push({
      change: { change: purpose === 'model' ? 'assign-model' : 'attach-restriction', ...next },
      sign: before ? '~' : '+',
      text: `${purpose} ${showAssigned(next)}${before ? ` (was ${showRules(before)})` : ''}`,
    });
  }
  const others = current.filter((one) => !named.some(({ scope, name }) => isAt(one, scope, name)));
  return accept({ changes, others: others.map((one) => ({ ...one, purpose })) });
}

function taken({ purpose, scope, name, version }: Other): PlannedRules {
  return {
    change: { change: purpose === 'model' ? 'take-model' : 'detach-restriction', scope, name },
    sign: '-',
    text: `${purpose} ${showAssigned({ scope, name, version })}`,
  };
}

function resolve(
  newest: ReadonlyMap<string, NewestPolicy>,
  written: string,
  purpose: PolicyPurpose,
): Result<Pick<Assigned, 'name' | 'version'>, Refusal> {
  if ((shippedModels as readonly string[]).includes(written)) {
    return purpose === 'model' ? accept({ name: written }) : wrongPurpose(written, purpose);
  }
  const [name = '', number] = written.split('@');
  const found = newest.get(name);
  const version = number === undefined ? found?.version : Number(number);
  const isThere = found && version !== undefined && Number.isInteger(version) && version >= 1;
  if (!isThere || version > found.version) return policyMissing(written, purpose);
  return found.purpose === purpose ? accept({ name, version }) : wrongPurpose(written, purpose);
}

function showRules({ name, version }: Pick<Assigned, 'name' | 'version'>): string {
  return version === undefined ? name : versionedName({ name, version });
}

function showAssigned({ scope, ...rules }: Assigned): string {
  return `${showRules(rules)} in ${scope}`;
}

function at(position: SourcePosition, result: { readonly refusal: Refusal }): Result<never, Refusal> {
  return { ok: false, refusal: { ...result.refusal, position } };
}
