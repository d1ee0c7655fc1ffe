import type { Clock } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import type { DecisionRequest, Door } from './decisions/decision-request.ts';
import type { PrincipalFacts, ResourceFacts } from './facts.ts';
import type { Verb } from './verbs.ts';

export interface GovernanceTools {
  readonly db: Db;
  readonly clock: Clock;
  /** IANA name: where rules read weekday and hour. */
  readonly timeZone: string;
}

/** Who changes the rules, and through which door. */
export interface Actor {
  readonly principal: PrincipalFacts;
  readonly via: Door;
}

export function actRequest(
  { clock, timeZone }: Omit<GovernanceTools, 'db'>,
  { principal, via }: Actor,
  verb: Verb,
  resource: ResourceFacts,
): DecisionRequest {
  return { verb, principal, resource, at: clock.now(), timeZone, via };
}
