import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';

/** What holds somewhere and names a team, a unit or a class of environments. */
export interface NamedInRules {
  /** By name: the policy. */
  readonly teams: ReadonlyMap<string, string>;
  readonly units: ReadonlyMap<string, string>;
  /** By name, for people: all models, restrictions and guard rails that hold for it, and policies that speak of it. */
  readonly classes: ReadonlyMap<string, readonly string[]>;
}

/** Rules are kept as they were written: they cannot follow a new name. */
export async function namedInRules(db: Db): Promise<NamedInRules> {
  const { rows } = await sql<Record<'team' | 'unit' | 'class', string | null> & { policy: string }>`
    with held as (
      select model as policy, version from model_assignment where version is not null
      union select policy, version from restriction
    )
    select distinct policy, coalesce(named[1], named[2]) as team, named[3] as unit, named[4] as class
    from held join policy_version using (policy, version) join rule_text using (digest), regexp_matches(
      text, 'team:([A-Za-z0-9][A-Za-z0-9_.-]*)|Team::"([^"]+)"|Unit::"([^"]+)"|environmentClass\\s*[!=]=\\s*"([^"]+)"', 'g')
      as named`.execute(db);
  const { rows: scopes } = await sql<{ name: string; what: string; scope: string }>`
    select name, what, scope from class_user where name is not null order by what, scope`.execute(db);
  const users = [
    ...scopes.map(({ name, what, scope }) => [name, `the ${what} in ${scope}`] as const),
    ...rows.flatMap(({ policy, class: name }) => (name === null ? [] : [[name, `the policy ${policy}`] as const])),
  ];
  return {
    teams: new Map(rows.flatMap(({ policy, team }) => (team === null ? [] : [[team, policy]]))),
    units: new Map(rows.flatMap(({ policy, unit }) => (unit === null ? [] : [[unit, policy]]))),
    classes: new Map(users.map(([name]) => [name, users.flatMap(([other, user]) => (other === name ? [user] : []))])),
  };
}
