import { auditInsert } from '../../audit/index.ts';
import { type Db, transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { everything, readScope, showScope } from '../../governance/index.ts';
import { canonicalJson, contentHash } from '../../identifiers/index.ts';
import { type Principal, unitExists } from '../../organization/index.ts';
import { authoriseActor } from '../authorise-actor.ts';
import type { GuardRailTools } from '../guard-rail-tools.ts';
import { type StoredSetting, settingsLock, settingsNow } from '../rail-setting-store.ts';
import { isSame, settingPut, unitMissing, type WantedSetting } from '../set-guard-rail.ts';
import { type DocumentSetting, readGuardRailDocument } from './read-document.ts';

export interface GuardRailDocument {
  /** YAML. */
  readonly document: string;
  /** What positions call it. */
  readonly file: string;
  /** Whether what the file does not name is taken back. */
  readonly prune: boolean;
}

export interface GuardRailPlan {
  readonly changes: readonly { readonly sign: '+' | '~' | '-'; readonly text: string }[];
  /** Set, not named in the file, and left as it is. */
  readonly left: readonly string[];
  /** Of the changes and of what they change. */
  readonly hash: string;
}

/** What applying would do now. @refuses what is wrong in the file, with its place */
export async function planGuardRails(
  { db, rails }: GuardRailTools,
  { document, file, prune }: GuardRailDocument,
): Promise<Result<GuardRailPlan>> {
  const read = readGuardRailDocument(document, file, rails);
  if (!read.ok) return read;
  const planned = await changesOf(db, read.value, prune);
  return planned.ok ? accept(planned.value.plan) : planned;
}

/**
 * Makes the settings what the file says.
 * @param plannedHash of the plan that was shown; absent: whatever it is now
 * @refuses as planning does; who may not; guard-rail-plan-stale
 */
export async function applyGuardRails(
  tools: GuardRailTools,
  by: { readonly principal: Principal; readonly requestId: string },
  { document, file, prune, plannedHash }: GuardRailDocument & { readonly plannedHash?: string },
): Promise<Result<GuardRailPlan>> {
  const authorised = await authoriseActor(tools, by.principal, 'policy:write');
  if (!authorised.ok) return authorised;
  const read = readGuardRailDocument(document, file, tools.rails);
  if (!read.ok) return read;
  return transact<GuardRailPlan, Refusal>(tools.db, async (tx) => {
    await settingsLock(tx);
    const planned = await changesOf(tx, read.value, prune);
    if (!planned.ok) return planned;
    const { plan, wanted, known } = planned.value;
    if (plannedHash !== undefined && plannedHash !== plan.hash) return stale();
    const { principal, requestId } = by;
    for (const each of wanted) {
      const set = await settingPut(tx, each, known, { by: principal.name, at: tools.clock.now() });
      if (!set) continue;
      const attempt = { principalId: principal.id, principal: principal.name, requestId };
      const target = `guard-rail/${each.rail}@${each.scope}`;
      await auditInsert(tx, { ...attempt, verb: 'deuteron:SetGuardRail', target }, { outcome: 'accepted' });
    }
    return accept(plan);
  });
}

interface Changes {
  readonly plan: GuardRailPlan;
  readonly wanted: readonly WantedSetting[];
  readonly known: readonly StoredSetting[];
}

async function changesOf(db: Db, named: readonly DocumentSetting[], prune: boolean): Promise<Result<Changes>> {
  for (const { scope, position } of named) {
    const unit = readScope(scope)?.unit ?? '';
    if (!(await unitExists(db, unit))) return { ok: false, refusal: { ...unitMissing(unit).refusal, position } };
  }
  const known = await settingsNow(db);
  const keyOf = ({ scope, rail }: Pick<WantedSetting, 'scope' | 'rail'>) => `${rail} in ${scope}`;
  const names = new Set(named.map(keyOf));
  const others = known.filter((each) => each.effect !== 'off' && !names.has(keyOf(each)));
  const off = others.map(
    ({ rail, scope }): WantedSetting => ({ rail, scope, effect: 'off', strict: false, parameters: {} }),
  );
  const wanted = [...named, ...(prune ? off : [])];
  const changes = wanted.flatMap((each): GuardRailPlan['changes'] => {
    const before = known.find((one) => keyOf(one) === keyOf(each));
    const text = `guard rail ${keyOf(each)}: ${describeSetting(each)}`;
    const isNothing = each.effect === 'off' && each.scope !== showScope(everything);
    if (before ? isSame(before, each) : isNothing) return [];
    if (!before) return [{ sign: '+', text }];
    if (each.effect === 'off') return [{ sign: '-', text: `guard rail ${keyOf(each)}` }];
    return [{ sign: before.effect === 'off' ? '+' : '~', text: `${text} (was ${describeSetting(before)})` }];
  });
  const versions = known.map(({ scope, rail, version }) => [scope, rail, version]);
  const plan = {
    changes,
    left: prune ? [] : others.map((each) => `guard rail ${keyOf(each)}`),
    hash: contentHash([changes, versions]),
  };
  return accept({ plan, wanted, known });
}

export function describeSetting({
  effect,
  strict,
  parameters,
}: Pick<WantedSetting, 'effect' | 'strict' | 'parameters'>): string {
  const given = Object.keys(parameters).length > 0 ? ` ${canonicalJson(parameters)}` : '';
  return `${effect}${strict ? ', strict' : ''}${given}`;
}

function stale() {
  return refuse({
    kind: 'conflict',
    code: 'guard-rail-plan-stale',
    message: 'Guard rails were set since the plan was shown: it would now be another one.',
    remedy: 'Look at the plan again: deuteron apply shows it first.',
  });
}
