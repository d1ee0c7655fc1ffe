import { covers, type ResourceFacts, showScope } from '../governance/index.ts';
import { contentHash } from '../identifiers/index.ts';
import type { ExceptionInForce } from './exceptions/exception.ts';
import { type Effect, type Inspection, isHeldAgainst, type Rail } from './guard-rail.ts';
import { type RailSetting, usualSettings } from './rail-setting.ts';

/** A rail as one setting wants it. */
export interface RailInForce {
  readonly id: string;
  /** Absent: the setting names one that this process does not know. */
  readonly rail?: Rail;
  readonly setting: RailSetting & { readonly effect: Exclude<Effect, 'off'> };
}

/** What a thing is held to. */
export interface RailsInForce {
  readonly rails: readonly RailInForce[];
  readonly exceptions: readonly ExceptionInForce[];
  /** Of all that is in force: the same digest, the same rules. */
  readonly digest: string;
}

/**
 * The rails that a thing is held to, by a change of it or by its deletion: those of every scope that it lies in, each as its own setting wants it. So a
 * setting of a deeper scope only adds; it never makes milder what one above it says.
 */
export function railsInForce(
  rails: readonly Rail[],
  set: readonly RailSetting[],
  thing: ResourceFacts,
  exceptions: readonly ExceptionInForce[],
  inspection: Inspection = 'change',
): RailsInForce {
  const byId = new Map(rails.map((rail) => [rail.id, rail]));
  const inForce = [...usualSettings(rails, set), ...set]
    .filter((setting): setting is RailInForce['setting'] => setting.effect !== 'off' && covers(setting.scope, thing))
    .map((setting) => ({ id: setting.rail, rail: byId.get(setting.rail), setting }))
    .filter(({ rail }) => isHeldAgainst(rail, inspection));
  const digest = contentHash(
    inForce.map(({ setting: { scope, rail, effect, strict, parameters } }) => [
      showScope(scope),
      rail,
      effect,
      strict,
      parameters,
    ]),
  );
  return { rails: inForce, exceptions, digest };
}
