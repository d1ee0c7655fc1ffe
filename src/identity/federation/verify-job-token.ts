import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Log } from '../../log/index.ts';
import {
  claimText,
  type FederationRule,
  federationRuleList,
  matchesPattern,
  type OrganizationTools,
  type Principal,
  principalFindByName,
  principalState,
} from '../../organization/index.ts';
import type { KeySets } from './key-sets.ts';

export interface FederationTools extends OrganizationTools {
  readonly keySets: KeySets;
  readonly log: Log;
}

/** Only what a public key verifies: with `none`, or a secret that is the public key, anybody could sign. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const tokenLengthMax = 16 * 1024;
/** How far the clocks of issuer and server may differ. */
const skewSeconds = 30;

export interface VerifiedJob {
  readonly rule: FederationRule;
  readonly principal: Principal;
  readonly issuer: string;
  readonly subject: string;
  /** Of the token; absent: it has none. */
  readonly tokenId?: string;
  readonly tokenExpiresAt: Date;
}

/**
 * Who a job is, by its own token. Says to strangers no more than that it is refused; why, the log has.
 * @param ruleName which rule shall let it in; absent: the only one that does
 * @refuses job-token-wrong, job-not-let-in, job-ambiguous, issuer-away
 */
export async function verifyJobToken(
  { db, clock, keySets, log }: FederationTools,
  { token, rule: ruleName }: { readonly token: string; readonly rule?: string },
): Promise<Result<VerifiedJob>> {
  const issuer = issuerOf(token);
  if (issuer === undefined) return tokenWrong('it is no JSON Web Token of up to 16 KiB with an issuer');
  const rules = await federationRuleList(db, { issuer });
  if (rules.length === 0) {
    log.warn({ issuer: issuer.slice(0, 200) }, 'a job of an issuer that no rule names was refused');
    return notLetIn();
  }
  const verified = await checkedClaims(token, issuer, { keySets, now: clock.now() });
  if (!verified.ok) return verified;
  const claims = verified.value;
  const judged = rules.map((rule) => ({ rule, fault: mismatch(rule, claims) }));
  const matching = judged.filter(({ rule, fault }) => !fault && (ruleName === undefined || rule.name === ruleName));
  const [match, other] = matching.map(({ rule }) => rule);
  if (!match) {
    const faults = Object.fromEntries(judged.map(({ rule, fault }) => [rule.name, fault ?? 'not the one asked for']));
    log.warn({ issuer, subject: claimText(claims.sub), faults }, 'a job that no rule lets in was refused');
    return notLetIn();
  }
  if (other) return ambiguous(matching.map(({ rule }) => rule.name));
  const principal = await principalFindByName(db, match.principal);
  if (principal?.kind !== 'machine') return notLetIn();
  if (principalState(principal, clock.now()) === 'ended') {
    log.warn({ issuer, rule: match.name, principal: principal.name }, 'a job of a machine that has ended was refused');
    return notLetIn();
  }
  return accept({
    rule: match,
    principal,
    issuer,
    subject: String(claims.sub),
    tokenId: typeof claims.jti === 'string' && claims.jti !== '' ? claims.jti : undefined,
    tokenExpiresAt: new Date(((claims.exp ?? 0) + skewSeconds) * 1000),
  });
}

/** Nothing of it is proven yet: it only says whose keys to look at. */
function issuerOf(token: string): string | undefined {
  if (token.length > tokenLengthMax) return undefined;
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === 'string' && iss !== '' && iss.isWellFormed() && !iss.includes('\0') ? iss : undefined;
  } catch {
    return undefined;
  }
}

/** The keys are those of the issuer, whatever addresses or keys the token's own head names. */
async function checkedClaims(
  token: string,
  issuer: string,
  { keySets, now }: { readonly keySets: FederationTools['keySets']; readonly now: Date },
): Promise<Result<JWTPayload>> {
  for (const isMissing of [false, true]) {
    const keys = await keySets.of(issuer, isMissing);
    if (!keys.ok) return keys;
    const tried = await tryKeys(token, keys.value, issuer, now);
    if (tried.ok || tried.refusal.detail !== 'ERR_JWKS_NO_MATCHING_KEY' || isMissing) return tried;
  }
  throw new Error('both tries returned');
}

async function tryKeys(token: string, keys: JSONWebKeySet, issuer: string, now: Date): Promise<Result<JWTPayload>> {
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer,
      algorithms,
      clockTolerance: skewSeconds,
      currentDate: now,
      requiredClaims: ['sub', 'aud', 'exp', 'iat'],
    });
    if ((payload.iat ?? 0) * 1000 > now.getTime() + skewSeconds * 1000) return tokenWrong('it is of the future');
    return accept(payload);
  } catch (error) {
    const { code } = error as { code?: string };
    return tokenWrong(faults[code ?? ''] ?? 'it cannot be verified', code);
  }
}

/** By the codes of jose's errors. */
const faults: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'it has expired',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'it is not valid yet, or lacks a subject, an audience or its times',
  ERR_JOSE_ALG_NOT_ALLOWED: 'it is signed with an algorithm that is not taken',
  ERR_JWKS_NO_MATCHING_KEY: 'its issuer has no such key',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'it does not say which key it is signed with',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'its signature is wrong',
};

/** The first member of a rule that the token does not fulfil; undefined when it fulfils all. */
function mismatch(rule: FederationRule, claims: JWTPayload): string | undefined {
  const audiences: readonly unknown[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!audiences.includes(rule.audience)) return 'audience';
  const fits = (pattern: string, value: unknown) => {
    const text = claimText(value);
    return text !== undefined && matchesPattern(pattern, text);
  };
  if (!fits(rule.subject, claims.sub)) return 'subject';
  return Object.entries(rule.claims).find(
    ([claim, pattern]) => !Object.hasOwn(claims, claim) || !fits(pattern, claims[claim]),
  )?.[0];
}

export function tokenWrong(why: string, detail?: string): Result<never, Refusal<'job-token-wrong'>> & { ok: false } {
  return refuse({
    kind: 'forbidden',
    code: 'job-token-wrong',
    message: `The job's token is refused: ${why}.`,
    remedy: 'Send the token that the CI system made for this job, as it is, soon after it was made.',
    detail,
  });
}

function notLetIn() {
  return refuse({
    kind: 'forbidden',
    code: 'job-not-let-in',
    message: 'No federation rule lets this job in.',
    remedy:
      "Compare the rule with the token's issuer, audience, subject and claims; the server's log has what did not fit.",
  });
}

function ambiguous(names: readonly string[]) {
  return refuse({
    kind: 'conflict',
    code: 'job-ambiguous',
    message: `Several federation rules let this job in: ${names.join(', ')}.`,
    remedy: 'Say which with the parameter rule, or make them more exact.',
  });
}
