import { type Db, transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { newId, type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import {
  breakGlassTeam,
  type Principal,
  type PrincipalFacts,
  principalFacts,
  principalIsThere,
  resourceFacts,
  unitExists,
} from '../../organization/index.ts';
import { targetLock } from '../target-store.ts';
import type { ApprovalTools } from './approval-tools.ts';
import type { DelegationTools } from './delegate-approvals.ts';
import { type Emergency, type EmergencyUse, secondingMs } from './emergency.ts';
import {
  emergenciesBehind,
  emergencyEnd,
  emergencyFind,
  emergencyInForce,
  emergencyInsert,
  emergencySecond,
  emergencyUseInsert,
  emergencyUsesOf,
} from './emergency-store.ts';
import { findWaiting } from './find-waiting.ts';
import type { AnswerToPlan } from './give-approval.ts';
import { resumeDeployment } from './resume-deployment.ts';

const hourMs = 60 * 60_000;

/**
 * The first of two people says that there is an emergency in a unit and below. Nothing is lifted yet.
 * @refuses break-glass-not-yours, emergency-unit-missing
 */
export async function declareEmergency(
  { db, clock }: DelegationTools,
  by: Principal,
  { unit, reason, hours }: Pick<Emergency, 'unit' | 'reason' | 'hours'>,
): Promise<Result<Emergency>> {
  const now = clock.now();
  if (!(await mayBreakGlass(db, by, now))) return notYours(by);
  if (!(await unitExists(db, unit))) return unitMissing(unit);
  const id = newId();
  const who = { declaredById: by.id, declaredBy: by.name, declaredAt: now };
  const emergency: Emergency = { id, unit, reason, hours, ...who, state: 'declared' };
  return transact<Emergency, Refusal>(db, async (tx) => {
    await emergencyInsert(tx, emergency);
    return accept(emergency);
  });
}

/**
 * The second person: from now on it is in force, for the hours that were declared.
 * @refuses break-glass-not-yours, emergency-missing, emergency-second-person for who declared it himself
 */
export async function secondEmergency(
  { db, clock }: DelegationTools,
  by: Principal,
  id: string,
): Promise<Result<Emergency>> {
  const at = clock.now();
  if (!(await mayBreakGlass(db, by, at))) return notYours(by);
  return transact<Emergency, Refusal>(db, async (tx) => {
    const known = await emergencyFind(tx, id, true);
    if (known?.state !== 'declared' || at.getTime() - known.declaredAt.getTime() >= secondingMs) return missing(id);
    if (known.declaredById === by.id) return secondPerson();
    // of two people one is not enough, though the other was there when he declared it
    if (!(await principalIsThere(tx, known.declaredById, at))) return missing(id);
    const until = new Date(at.getTime() + known.hours * hourMs);
    await emergencySecond(tx, id, { byId: by.id, by: by.name, at, until });
    return accept({ ...known, secondedById: by.id, secondedBy: by.name, secondedAt: at, until, state: 'in-force' });
  });
}

/** Before its time is over. @refuses break-glass-not-yours, emergency-missing */
export async function endEmergency(
  { db, clock }: DelegationTools,
  by: Principal,
  id: string,
): Promise<Result<Emergency>> {
  const at = clock.now();
  const facts = await principalFacts(db, by.id, at);
  if (!facts || !(facts.isAdministrator || isInTeam(facts))) return notYours(by);
  return transact<Emergency, Refusal>(db, async (tx) => {
    const known = await emergencyFind(tx, id, true);
    if (!known || known.state === 'ended') return missing(id);
    await emergencyEnd(tx, id, by.name, at);
    return accept({ ...known, state: 'ended', endedBy: by.name, endedAt: at });
  });
}

/**
 * Lets one deployment that waits go on with this very plan, without the approvals that it waits for. It is decided about
 * once more all the same: what no approval could lift still stops it.
 * @refuses break-glass-not-yours, deployment-missing, nothing-to-approve, no-emergency
 */
export async function useEmergency(
  tools: ApprovalTools,
  by: Principal,
  { deploymentId, planId, reason }: AnswerToPlan & { readonly reason: string },
): Promise<Result<EmergencyUse>> {
  const { db, clock } = tools;
  const now = clock.now();
  if (!(await mayBreakGlass(db, by, now))) return notYours(by);
  return transact<EmergencyUse, Refusal>(db, async (tx) => {
    const known = await findWaiting(tx, deploymentId, planId);
    if (!known.ok) return known;
    await targetLock(tx, known.value.request.targetArn);
    const still = await findWaiting(tx, deploymentId, planId);
    if (!still.ok) return still;
    const { deployment, request } = still.value;
    const { unitPath } = await resourceFacts(tx, deployment.target.arn, deployment.target.kind);
    const emergency = await emergencyInForce(tx, unitPath, now);
    if (!emergency) return noEmergency(unitPath);
    const use: EmergencyUse = {
      deploymentId: deployment.id,
      planId: request.plan.id,
      emergencyId: emergency.id,
      targetArn: request.targetArn,
      targetKind: deployment.target.kind,
      principalId: by.id,
      usedBy: by.name,
      reason,
      waitedFor: request.waitsFor,
      usedAt: now,
    };
    await emergencyUseInsert(tx, use);
    const note = `By ${by.name}, in the emergency that ${emergency.declaredBy} and ${emergency.secondedBy} declared: ${reason}`;
    await resumeDeployment(tools, tx, deployment, 'lifted', note);
    return accept(use);
  });
}

/** @refuses emergency-missing */
export async function readEmergency(
  db: Db,
  id: string,
): Promise<Result<{ readonly emergency: Emergency; readonly uses: readonly EmergencyUse[] }>> {
  const emergency = await emergencyFind(db, id);
  return emergency ? accept({ emergency, uses: await emergencyUsesOf(db, id, usesShownMax) }) : missing(id);
}

const usesShownMax = 1_000;

/** Newest first. @refuses InvalidPageToken */
export async function listEmergencies(db: Db, page: PageRequest): Promise<Result<Page<Emergency>, PageTokenRefusal>> {
  const listing = { name: 'ListEmergencies', filters: {}, key: { declaredAt: 'time', id: 'text' } } as const;
  return readPage(listing, page, (behind, rowsMax) => emergenciesBehind(db, behind, rowsMax));
}

/** Whether somebody is of those who may use an emergency that is in force. */
export async function mayBreakGlass(db: Db, { id }: Principal, now: Date): Promise<boolean> {
  const facts = await principalFacts(db, id, now);
  return facts !== undefined && isInTeam(facts);
}

function isInTeam({ kind, teams }: PrincipalFacts): boolean {
  return kind === 'person' && teams.some(({ name }) => name === breakGlassTeam);
}

function notYours({ name }: Principal): Result<never, Refusal<'break-glass-not-yours'>> {
  return refuse({
    kind: 'forbidden',
    code: 'break-glass-not-yours',
    message: `${name} is not in the team '${breakGlassTeam}', whose members alone break the glass.`,
    remedy: 'Ask two of them: deuteron org show lists them. Administrators say who they are.',
  });
}

function unitMissing(unit: string): Result<never, Refusal<'emergency-unit-missing'>> {
  return refuse({
    kind: 'invalid',
    code: 'emergency-unit-missing',
    message: `There is no unit '${unit}'.`,
    remedy: "deuteron org show lists all units; 'organization' is the root.",
  });
}

function missing(id: string): Result<never, Refusal<'emergency-missing'>> {
  return refuse({
    kind: 'missing',
    code: 'emergency-missing',
    message: `There is no emergency ${id} that could be seconded or ended.`,
    remedy: 'deuteron break-glass list shows them. One that nobody seconded within an hour has ended; declare it anew.',
  });
}

function secondPerson(): Result<never, Refusal<'emergency-second-person'>> {
  return refuse({
    kind: 'forbidden',
    code: 'emergency-second-person',
    message: 'An emergency is seconded by another person than the one who declared it.',
    remedy: `Ask another member of the team '${breakGlassTeam}'.`,
  });
}

function noEmergency(unitPath: readonly string[]): Result<never, Refusal<'no-emergency'>> {
  return refuse({
    kind: 'conflict',
    code: 'no-emergency',
    message: `No emergency is in force in ${unitPath.join(' / ')}.`,
    remedy: 'Declare one, and let a second person second it: deuteron break-glass declare.',
  });
}
