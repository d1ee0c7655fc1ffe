import type { Result } from '../errors/index.ts';
import { type ActRefusal, authoriseAct, theInstallation, type Verb } from '../governance/index.ts';
import { type Principal, principalFacts, type ResourceReference, resourceFacts } from '../organization/index.ts';
import type { GuardRailTools } from './guard-rail-tools.ts';

/**
 * Whether somebody may set guard rails, or lift one for a thing. Call it outside of the transaction of the act.
 * @param thing absent: the installation as a whole
 */
export async function authoriseActor(
  { db, clock, timeZone }: GuardRailTools,
  by: Principal,
  verb: Verb,
  thing?: ResourceReference,
): Promise<Result<unknown, ActRefusal>> {
  const at = clock.now();
  const principal = await principalFacts(db, by.id, at);
  if (!principal) throw new Error(`there is no principal ${by.name} any more`);
  const resource = thing ? await resourceFacts(db, thing.arn, thing.kind) : theInstallation;
  return authoriseAct(db, { verb, principal, resource, at, timeZone, via: 'native' });
}
