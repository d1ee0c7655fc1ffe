import type { FastifyRequest } from 'fastify';
import { auditHas, auditVerbs } from '../../audit/index.ts';
import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Page, PageRequest } from '../../identifiers/index.ts';
import { nearestName } from '../../identifiers/index.ts';
import {
  listPrincipals,
  listTeams,
  listUnits,
  principalFindByName,
  principalMissing,
  teamFind,
  teamMissing,
  unitExists,
  unitMissing,
} from '../../organization/index.ts';
import { authorisedOf } from './caller.ts';

/** Names that a list is asked for. */
export interface AskedNames {
  readonly unit?: string;
  readonly team?: string;
  readonly principal?: string;
}

/**
 * Whether what a list is asked for exists: an empty list would hide a slip of the pen. Who may not read the
 * organization is not told.
 * @refuses unit-missing, team-missing, principal-missing
 */
export async function knownNames(
  db: Db,
  request: FastifyRequest,
  { unit, team, principal }: AskedNames,
): Promise<Result<void>> {
  if (!authorisedOf(request).may('organization:read')) return accept(undefined);
  if (unit !== undefined && !(await unitExists(db, unit)))
    return meaning(unitMissing(unit).refusal, unit, (page) => listUnits(db, page));
  if (team !== undefined && !(await teamFind(db, team)))
    return meaning(teamMissing(team).refusal, team, (page) => listTeams(db, {}, page));
  if (principal !== undefined && !(await principalFindByName(db, principal))) {
    const remedy = 'deuteron principal list shows them all.';
    return meaning({ ...principalMissing(principal).refusal, remedy }, principal, (page) => listPrincipals(db, page));
  }
  return accept(undefined);
}

/**
 * The same of the audit's own words: a principal may be gone, and a verb need not be one that is still there.
 * @param verbs of others than ourselves, whether or not any entry has them yet
 * @refuses principal-missing, audit-verb-unknown
 */
export async function knownInAudit(
  db: Db,
  request: FastifyRequest,
  { principal, verb }: { readonly principal?: string; readonly verb?: string },
  verbs: readonly string[],
): Promise<Result<void>> {
  if (!authorisedOf(request).may('audit:read')) return accept(undefined);
  const mayBe = verb === undefined || ownVerb.test(verb) || verbs.includes(verb);
  if (!mayBe && !(await auditHas(db, { verb }))) {
    const near = nearestName(verb, [...(await auditVerbs(db)), ...verbs]);
    return verbUnknown(verb, near ? `Did you mean ${near}?` : 'deuteron audit list shows verbs as they are written.');
  }
  if (principal === undefined || (await auditHas(db, { principal }))) return accept(undefined);
  return knownNames(db, request, { principal });
}

export function verbUnknown(verb: string, remedy: string) {
  return refuse({
    kind: 'missing',
    code: 'audit-verb-unknown',
    message: `Nothing is known under the verb '${verb}'.`,
    remedy,
  });
}

/** What of ours nobody did yet is no slip of the pen. */
const ownVerb = /^(?:deuteron|s3):[A-Z][A-Za-z]+$/;

/** As many pages as may be read to say what somebody may have meant. */
const pagesMax = 5;

async function meaning(
  refusal: Refusal,
  asked: string,
  list: (page: PageRequest) => Promise<Result<Page<{ readonly name: string }>>>,
): Promise<Result<void>> {
  const names: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const found = await list({ nextToken });
    if (!found.ok) break;
    names.push(...found.value.items.map(({ name }) => name));
    nextToken = found.value.nextToken;
    if (nextToken === undefined) break;
  }
  const near = nearestName(asked, names);
  return { ok: false, refusal: { ...refusal, kind: 'missing', ...(near && { remedy: `Did you mean ${near}?` }) } };
}
