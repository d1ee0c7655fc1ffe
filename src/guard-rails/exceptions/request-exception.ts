import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { newId, shortArn } from '../../identifiers/index.ts';
import { type Principal, placementExists, type ResourceKind, readResource } from '../../organization/index.ts';
import type { GuardRailTools } from '../guard-rail-tools.ts';
import { railMissing } from '../set-guard-rail.ts';
import type { RailException } from './exception.ts';
import { exceptionInsert, exceptionOpen, exceptionsLock } from './exception-store.ts';

export const exceptionDays = { usual: 30, max: 365 } as const;
const dayMs = 86_400_000;

export type RequestExceptionRefusal = Refusal<'guard-rail-missing' | 'exception-target-missing' | 'exception-asked'>;

/**
 * Asks that a rail be lifted for a thing. It lifts nothing until somebody grants it.
 * @param days 1 to 365, from now
 * @refuses a rail or a thing that there is not; where one is asked for already
 */
export async function requestException(
  { db, clock, rails, installation }: GuardRailTools,
  by: Principal,
  {
    targetArn,
    rail,
    reason,
    days = exceptionDays.usual,
  }: Pick<RailException, 'targetArn' | 'rail' | 'reason'> & { readonly days?: number },
): Promise<Result<RailException, RequestExceptionRefusal>> {
  if (!rails.some(({ id }) => id === rail)) return railMissing(rail);
  const kind = readResource(installation, targetArn)?.kind;
  if (!isDeployed(kind) || !(await placementExists(db, targetArn))) return targetMissing(targetArn);
  const now = clock.now();
  const asked = {
    id: newId(),
    targetArn,
    rail,
    reason,
    requestedById: by.id,
    requestedBy: by.name,
    requestedAt: now,
    expiresAt: new Date(now.getTime() + days * dayMs),
    state: 'requested',
  } as const;
  const { requestedById: _, ...exception } = asked;
  return transact<RailException, RequestExceptionRefusal>(db, async (tx) => {
    await exceptionsLock(tx, targetArn, rail);
    const open = await exceptionOpen(tx, targetArn, rail, now);
    if (open) return alreadyAsked(open);
    await exceptionInsert(tx, asked);
    return accept(exception);
  });
}

function alreadyAsked({ id, rail, targetArn, requestedBy }: RailException) {
  return refuse({
    kind: 'conflict',
    code: 'exception-asked',
    message: `${requestedBy} has asked for an exception from ${rail} for ${shortArn(targetArn)} already: ${id}.`,
    remedy: `It waits for an answer: deuteron guard-rail exception grant ${id}, or revoke.`,
  });
}

/** Only what is deployed itself is held against guard rails. */
function isDeployed(kind: ResourceKind | undefined): boolean {
  return kind === 'environment' || kind === 'service-instance' || kind === 'service-pipeline' || kind === 'component';
}

function targetMissing(arn: string) {
  return refuse({
    kind: 'missing',
    code: 'exception-target-missing',
    message: `There is no ${shortArn(arn)} that could have an exception.`,
    remedy: 'Name an environment, a service instance or a pipeline that exists: deuteron org resources lists them.',
  });
}
