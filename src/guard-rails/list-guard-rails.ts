import type { Db } from '../database/index.ts';
import { everything, showScope } from '../governance/index.ts';
import type { Effect, Rail } from './guard-rail.ts';
import { settingOf } from './inspector.ts';
import type { ParameterRule } from './parameter-rule.ts';
import { usualSettings } from './rail-setting.ts';
import { type StoredSetting, settingsNow } from './rail-setting-store.ts';

/** A rail, and what is set for it. */
export interface ListedRail {
  readonly id: string;
  readonly about: string;
  readonly remedy: string;
  readonly looksAt: Rail['looksAt'];
  /** Whether deletions are held against it too, or alone; absent: changes alone. */
  readonly deletions?: Rail['deletions'];
  readonly parameters: Readonly<Record<string, ParameterRule>>;
  /** What holds for everything because nobody has said otherwise; absent: nothing, or somebody has. */
  readonly usual?: Effect;
  readonly settings: readonly StoredSetting[];
}

/** All that can be set, in their order, then what was set for rails that this server does not know. */
export async function listGuardRails(db: Db, rails: readonly Rail[]): Promise<readonly ListedRail[]> {
  const stored = await settingsNow(db);
  const isInForce = ({ effect, scope }: StoredSetting) => effect !== 'off' || scope === showScope(everything);
  const settings = stored.filter(isInForce);
  const usual = new Set(
    usualSettings(
      rails,
      stored.flatMap((each) => settingOf(rails, each) ?? []),
    ).map(({ rail }) => rail),
  );
  const known = rails.map(
    ({ id, about, remedy, looksAt, deletions, parameters }): ListedRail => ({
      id,
      about,
      remedy,
      looksAt,
      ...(deletions && { deletions }),
      parameters,
      ...(usual.has(id) && { usual: 'warn' as const }),
      settings: settings.filter(({ rail }) => rail === id),
    }),
  );
  const ids = new Set(rails.map(({ id }) => id));
  const unknown = [...new Set(settings.map(({ rail }) => rail))].filter((id) => !ids.has(id));
  return [
    ...known,
    ...unknown.map((id) => ({
      id,
      about: 'This server does not know it.',
      remedy: 'Declare it where the server is started, or turn it off.',
      looksAt: 'external' as const,
      parameters: {},
      settings: settings.filter(({ rail }) => rail === id),
    })),
  ];
}
