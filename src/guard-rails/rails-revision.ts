import type { Db } from '../database/index.ts';
import { contentHash } from '../identifiers/index.ts';
import { exceptionIdsInForce } from './exceptions/exception-store.ts';
import { settingsNow } from './rail-setting-store.ts';
import type { RailsInForce } from './rails-in-force.ts';
import type { RailReport } from './report.ts';

/** Of all settings and exceptions: while it is the same, no rail was set, and no exception was granted, revoked or has ended. */
export async function railsRevision(db: Db, now: Date): Promise<string> {
  const settings = await settingsNow(db);
  return contentHash([
    settings.map(({ scope, rail, version }) => [scope, rail, version]),
    await exceptionIdsInForce(db, now),
  ]);
}

/** Whether what was found once would be found now: by the same rails, and all that lifted something still does. */
export function holdsStill(report: RailReport, { digest, exceptions }: RailsInForce): boolean {
  const lifting = new Set(exceptions.map(({ id }) => id));
  return report.digest === digest && report.exceptions.every(({ id }) => lifting.has(id));
}
