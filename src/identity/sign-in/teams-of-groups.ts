import type { Db } from '../../database/index.ts';
import type { Log } from '../../log/index.ts';
import { teamFind } from '../../organization/index.ts';
import type { SignInSettings } from './sign-in-settings.ts';

/**
 * Which teams groups make members of. Those that are not there, yet or any more, are told in the log: a team that got another
 * name loses its members without a word otherwise.
 * @param groups those that are looked at; absent: all that the settings name
 * @returns the teams of these groups that are there, in order
 */
export async function findTeamsOfGroups(
  { db, log }: { readonly db: Db; readonly log: Log },
  { teamsOfGroups }: Pick<SignInSettings, 'teamsOfGroups'>,
  groups: readonly string[] = Object.keys(teamsOfGroups),
): Promise<readonly string[]> {
  const wanted = new Map<string, string[]>();
  for (const group of groups) {
    if (!Object.hasOwn(teamsOfGroups, group)) continue;
    for (const team of teamsOfGroups[group] ?? []) wanted.set(team, [...(wanted.get(team) ?? []), group]);
  }
  const teams: string[] = [];
  for (const team of [...wanted.keys()].sort()) {
    if (await teamFind(db, team)) teams.push(team);
    else
      log.warn(
        { team, groups: wanted.get(team) },
        'a team that --oidc-teams names is not there: nobody becomes its member',
      );
  }
  return teams;
}
