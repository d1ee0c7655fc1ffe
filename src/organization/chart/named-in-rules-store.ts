import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';

/** Which policy names each team, and each unit, in rules that hold somewhere. */
export interface NamedInRules {
  readonly teams: ReadonlyMap<string, string>;
  readonly units: ReadonlyMap<string, string>;
}

/** Rules are kept as they were written: they cannot follow a new name. */
export async function namedInRules(db: Db): Promise<NamedInRules> {
  const { rows } = await sql<{ policy: string; team: string | null; unit: string | null }>`
    with held as (
      select model as policy, version from model_assignment where version is not null
      union select policy, version from restriction
    )
    select distinct policy, coalesce(named[1], named[2]) as team, named[3] as unit
    from held join policy_version using (policy, version) join rule_text using (digest), regexp_matches(
      text, 'team:([A-Za-z0-9][A-Za-z0-9_.-]*)|Team::"([^"]+)"|Unit::"([^"]+)"', 'g') as named`.execute(db);
  return {
    teams: new Map(rows.flatMap(({ policy, team }) => (team === null ? [] : [[team, policy]]))),
    units: new Map(rows.flatMap(({ policy, unit }) => (unit === null ? [] : [[unit, policy]]))),
  };
}
