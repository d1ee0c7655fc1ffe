import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { type Approver, reachDecision, relationsOf } from '../../governance/index.ts';
import { type Principal, principalFacts } from '../../organization/index.ts';
import { targetFacts } from '../verdicts/decide-by-governance.ts';
import { approvalIsGiven } from './approval-store.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { findAbsent } from './find-absent.ts';
import type { Waiting } from './find-waiting.ts';

/** As what somebody answers. */
export interface AnswerStanding {
  readonly relations: readonly Approver[];
  /** Names of those who are away and whose right he uses. */
  readonly onBehalfOf: readonly string[];
  /** The decision that lets him. */
  readonly decisionId: string;
}

export type AnswerRefusal = Refusal<'approval-not-yours' | 'approval-own-request'>;

/**
 * Whether somebody is one of those who are asked: by himself, or for others who are away. Nobody answers for who asked for
 * the deployment. Decisions about it are kept, also when they are no: not to be called in a transaction.
 * @param approves whether his approval would have to count: who asked may not always approve
 * @refuses approval-not-yours, approval-own-request
 */
export async function mayAnswer(
  tools: ApprovalTools,
  { deployment, request }: Waiting,
  by: Principal,
  approves: boolean,
): Promise<Result<AnswerStanding, AnswerRefusal>> {
  const { db, clock, timeZone } = tools;
  if (by.kind === 'machine') return machine(request.waitsFor, by);
  const at = clock.now();
  const resource = await targetFacts(db, request.plan, deployment);
  const asked = [...new Set(request.wanted.flatMap(({ approvers }) => approvers))];
  const own = await principalFacts(db, by.id, at);
  const isRequester = by.id === deployment.requestedBy;
  const absent = await findAbsent(db, by.id, at);
  const others = absent.filter(({ id }) => id !== deployment.requestedBy);
  const identities = [...(own ? [own] : []), ...others];

  const relations = new Set<Approver>();
  const onBehalfOf: string[] = [];
  let decisionId: string | undefined;
  for (const principal of identities) {
    const standing = relationsOf(principal, resource);
    if (principal !== own && !standing.some((each) => asked.includes(each))) continue;
    const facts = { verb: 'deployment:approve', principal, resource, asked, at, timeZone, via: 'native' } as const;
    const decision = await reachDecision(db, facts);
    if (decision.verdict.verdict !== 'allow') continue;
    decisionId ??= decision.id;
    if (principal !== own) onBehalfOf.push(principal.name);
    for (const each of standing) relations.add(each);
  }
  if (decisionId === undefined || !asked.some((each) => relations.has(each))) {
    const given = await approvalIsGiven(db, deployment.id, request.plan.id, by.id);
    return given ? givenAlready(request.waitsFor, by) : notYours(request.waitsFor, by);
  }
  const serves = request.wanted.some(
    ({ approvers, noSelfApproval }) =>
      !(noSelfApproval && isRequester) && approvers.some((each) => relations.has(each)),
  );
  if (approves && !serves) return ownRequest(request.waitsFor);
  return accept({ relations: [...relations], onBehalfOf, decisionId });
}

function notYours(waitsFor: string, { name }: Principal): Result<never, AnswerRefusal> {
  return refuse({
    kind: 'forbidden',
    code: 'approval-not-yours',
    message: `The plan waits for approval by ${waitsFor}; ${name} is not asked.`,
    remedy: 'Ask one of them. Who is away can delegate: deuteron delegation make.',
  });
}

function givenAlready(waitsFor: string, { name }: Principal): Result<never, AnswerRefusal> {
  return refuse({
    kind: 'forbidden',
    code: 'approval-not-yours',
    message: `${name} has approved the plan, which now waits for approval by ${waitsFor}.`,
    remedy: 'Take the approval back to answer otherwise: deuteron approval withdraw.',
  });
}

function machine(waitsFor: string, { name }: Principal): Result<never, AnswerRefusal> {
  return refuse({
    kind: 'forbidden',
    code: 'approval-not-yours',
    message: `${name} is a machine, and machines never approve: the plan waits for approval by ${waitsFor}.`,
    remedy: 'Ask a person of them.',
  });
}

function ownRequest(waitsFor: string): Result<never, AnswerRefusal> {
  return refuse({
    kind: 'forbidden',
    code: 'approval-own-request',
    message: `The plan waits for approval by ${waitsFor}; who asked for the deployment does not count.`,
    remedy: 'Ask somebody else of them.',
  });
}
