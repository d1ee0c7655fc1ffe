import { auditInsert } from '../../audit/index.ts';
import { transact } from '../../database/index.ts';
import { accept, allAsOne, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { everything, findPlace, showScope } from '../../governance/index.ts';
import { canonicalJson, contentHash } from '../../identifiers/index.ts';
import type { Principal } from '../../organization/index.ts';
import { authoriseActor } from '../authorise-actor.ts';
import type { GuardRailTools } from '../guard-rail-tools.ts';
import { type StoredSetting, settingsLock, settingsNow } from '../rail-setting-store.ts';
import { isSame, settingPut, type WantedSetting } from '../set-guard-rail.ts';
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
  const planned = await changesOf({ db, rails }, read.value, prune);
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
    const planned = await changesOf({ db: tx, rails: tools.rails }, read.value, prune);
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

async function changesOf(
  { db, rails }: Pick<GuardRailTools, 'db' | 'rails'>,
  written: readonly DocumentSetting[],
  prune: boolean,
): Promise<Result<Changes>> {
  const wrong: Refusal[] = [];
  const named: WantedSetting[] = [];
  for (const { position, ...setting } of written) {
    const place = await findPlace(db, setting.scope);
    if (place.ok) named.push({ ...setting, scope: showScope(place.value.scope) });
    else wrong.push({ ...place.refusal, position });
  }
  if (wrong.length > 0) return { ok: false, refusal: allAsOne(wrong) };
  const known = await settingsNow(db);
  const keyOf = ({ scope, rail }: Pick<WantedSetting, 'scope' | 'rail'>) => `${rail} in ${scope}`;
  const names = new Set(named.map(keyOf));
  // off says something where something is usual: in the whole organization. There pruning brings back what is usual
  const warns = new Set(rails.flatMap(({ id, warnsByDefault }) => (warnsByDefault ? [id] : [])));
  const usualOf = ({ rail, scope }: Pick<WantedSetting, 'rail' | 'scope'>): WantedSetting => ({
    rail,
    scope,
    effect: scope === showScope(everything) && warns.has(rail) ? 'warn' : 'off',
    strict: false,
    parameters: {},
  });
  const others = known.filter((each) => !names.has(keyOf(each)) && !isSame(each, usualOf(each)));
  const wanted = [...named, ...(prune ? others.map(usualOf) : [])];
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
    left: prune ? [] : others.map((each) => `guard rail ${keyOf(each)}${each.effect === 'off' ? ': off' : ''}`),
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
