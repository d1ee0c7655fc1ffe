import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { teamFind } from '../../organization/index.ts';
import type { RuleSet } from './rule-set.ts';

export type TeamsRefusal = Refusal<'policy-team-missing'>;

/** Whether there is every team that rules ask or tell by its name: nobody is asked in vain. @refuses the first that there is not */
export async function checkTeams(db: Db, { name: set, rules }: RuleSet): Promise<Result<void, TeamsRefusal>> {
  for (const { id, requirement, informs } of rules) {
    for (const approver of [...(requirement?.seats.flat() ?? []), ...informs]) {
      const [, team] = /^team:(.+)$/.exec(approver) ?? [];
      if (team === undefined || (await teamFind(db, team))) continue;
      return refuse({
        kind: 'invalid',
        code: 'policy-team-missing',
        message: `The rule ${set}/${id} names the team '${team}', which there is not: it would ask nobody.`,
        remedy: 'Make the team first, or correct its name. deuteron org show lists all teams.',
      });
    }
  }
  return accept(undefined);
}
