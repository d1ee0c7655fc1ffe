import { type Db, transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import {
  type ActRefusal,
  everything,
  findPlace,
  findPlaceHeld,
  readScope,
  type Scope,
  type ScopeRefusal,
  showScope,
} from '../governance/index.ts';
import { canonicalJson } from '../identifiers/index.ts';
import { type Principal, unitExists } from '../organization/index.ts';
import { authoriseActor } from './authorise-actor.ts';
import type { Effect, Rail } from './guard-rail.ts';
import type { GuardRailTools } from './guard-rail-tools.ts';
import { readParameters } from './parameter-rule.ts';
import { type StoredSetting, settingInsert, settingsLock, settingsNow } from './rail-setting-store.ts';

export type SetGuardRailRefusal =
  | ActRefusal
  | ScopeRefusal
  | Refusal<'guard-rail-missing' | 'guard-rail-scope-wrong' | 'guard-rail-parameter-wrong' | 'unit-missing'>;

/** What somebody wants of a rail in a scope. */
export interface WantedSetting {
  readonly rail: string;
  /** As showScope writes it; `organization` is everything. */
  readonly scope: string;
  readonly effect: Effect;
  readonly strict: boolean;
  /** Absent: those that are usual. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Sets what a rail does in a scope: a new version, in place of what was set for exactly this scope. What other scopes say
 * holds as before. @refuses who may not, a rail, scope or unit that is none, and parameters that do not fit
 * @returns undefined where it is so already
 */
export async function setGuardRail(
  tools: GuardRailTools,
  by: Principal,
  wanted: WantedSetting,
): Promise<Result<StoredSetting | undefined, SetGuardRailRefusal>> {
  const authorised = await authoriseActor(tools, by, 'policy:write');
  if (!authorised.ok) return authorised;
  const checked = checkSetting(tools.rails, wanted);
  if (!checked.ok) return checked;
  return transact<StoredSetting | undefined, SetGuardRailRefusal>(tools.db, async (tx) => {
    await settingsLock(tx);
    const { unit } = checked.value;
    if (!(await unitExists(tx, unit))) return unitMissing(unit);
    // what holds for nothing is taken back however it was once written
    const place = await (wanted.effect === 'off' ? findPlaceHeld : findPlace)(tx, wanted.scope);
    if (!place.ok) return place;
    const setting = { ...wanted, scope: showScope(place.value.scope) };
    return accept(await settingPut(tx, setting, await settingsNow(tx), { by: by.name, at: tools.clock.now() }));
  });
}

/** @returns what was written; undefined: it was so already */
export async function settingPut(
  tx: Db,
  { rail, scope, effect, strict, parameters }: WantedSetting,
  known: readonly StoredSetting[],
  { by, at }: { readonly by: string; readonly at: Date },
): Promise<StoredSetting | undefined> {
  const before = known.find((each) => each.rail === rail && each.scope === scope);
  if (before && isSame(before, { effect, strict, parameters })) return undefined;
  if (!before && effect === 'off' && scope !== showScope(everything)) return undefined;
  const setting = { scope, rail, version: (before?.version ?? 0) + 1, effect, strict, parameters, by, at };
  await settingInsert(tx, setting);
  return setting;
}

type Wishes = Pick<WantedSetting, 'effect' | 'strict' | 'parameters'>;

export function isSame(one: Wishes, other: Wishes): boolean {
  const text = ({ effect, strict, parameters }: Wishes) =>
    effect === 'off' ? 'off' : canonicalJson({ effect, strict, parameters });
  return text(one) === text(other);
}

/** @returns the scope */
export function checkSetting(
  rails: readonly Rail[],
  { rail: id, scope: text, effect, parameters }: WantedSetting,
): Result<Scope, Exclude<SetGuardRailRefusal, ActRefusal>> {
  const rail = rails.find((each) => each.id === id);
  if (!rail) return railMissing(id);
  const scope = readScope(text);
  if (!scope) return scopeWrong(text);
  // what is turned off needs no parameters
  const read = effect === 'off' ? accept({}) : readParameters(id, rail.parameters, parameters);
  return read.ok ? accept(scope) : read;
}

export function railMissing(id: string) {
  return refuse({
    kind: 'missing',
    code: 'guard-rail-missing',
    message: `There is no guard rail '${id}'.`,
    remedy: 'deuteron guard-rail list shows them all. Commands are declared where the server is started.',
  });
}

function scopeWrong(text: string) {
  return refuse({
    kind: 'invalid',
    code: 'guard-rail-scope-wrong',
    message: `'${text}' is no scope.`,
    remedy:
      'Write a unit (organization is everything), or a part of one: shop/environment-class:production, shop/account:111122223333, shop/template:<arn>.',
  });
}

export function unitMissing(name: string) {
  return refuse({
    kind: 'missing',
    code: 'unit-missing',
    message: `There is no unit '${name}'.`,
    remedy: 'deuteron org show lists the units.',
  });
}
