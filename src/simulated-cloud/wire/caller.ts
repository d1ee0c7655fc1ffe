import type { RoleSession } from '../state/role-session.ts';
import type { Signer } from './query-protocol.ts';

/** In whose account and region a call happens, and as whom. */
export interface Caller {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  readonly accessKeyId: string;
  /** Absent for long-term keys: they stand for the root of their account. */
  readonly session?: RoleSession;
}

const accountKeyPattern = /SIM(\d{12})/;
const sessionKeyPattern = /^ASIA[A-Z2-7]{16}$/;

/**
 * The account that an access key id names by itself: `...SIM<12 digits>...`, or a session key of ours, which carries
 * its account as the real service's keys do. So a session outlives a lost database without landing elsewhere.
 */
export function accountOfAccessKey(accessKeyId: string): string | undefined {
  const named = accountKeyPattern.exec(accessKeyId)?.[1];
  if (named) return named;
  return sessionKeyPattern.test(accessKeyId) ? accountInKey(accessKeyId.slice(4)) : undefined;
}

export interface CallerKnowledge {
  readonly defaultAccountId: string;
  /** Keys that the control door gave an account. */
  readonly accountOfKey: ReadonlyMap<string, string>;
  readonly sessionOfKey: ReadonlyMap<string, RoleSession>;
}

/** Every key is accepted; one that names no account belongs to the default account. */
export function callerOf(signer: Signer, knowledge: CallerKnowledge): Caller {
  const { accessKeyId, region } = signer;
  const session = knowledge.sessionOfKey.get(accessKeyId);
  const accountId =
    session?.accountId ??
    knowledge.accountOfKey.get(accessKeyId) ??
    accountOfAccessKey(accessKeyId) ??
    knowledge.defaultAccountId;
  return { accountId, region, accessKeyId, session };
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * An access key id for a session in this account.
 * The account stands in bits 7 to 46 of the first 48. Source: "AWS access key ID formats", by observation of many.
 * @param entropy at least 5 bytes
 */
export function sessionKeyId(accountId: string, entropy: Uint8Array): string {
  const head = (BigInt(accountId) << 7n) | BigInt((entropy[0] ?? 0) & 0x7f);
  const bytes = [5, 4, 3, 2, 1, 0].map((index) => Number((head >> BigInt(8 * index)) & 0xffn));
  const all = [...bytes, ...entropy.slice(1, 5)];
  let bits = 0n;
  for (const byte of all) bits = (bits << 8n) | BigInt(byte);
  const letters = Array.from({ length: 16 }, (_, index) => base32[Number((bits >> BigInt(5 * (15 - index))) & 31n)]);
  return `ASIA${letters.join('')}`;
}

function accountInKey(letters: string): string | undefined {
  let bits = 0n;
  for (const letter of letters) bits = (bits << 5n) | BigInt(base32.indexOf(letter));
  const accountId = String((bits >> 39n) & 0xff_ffff_ffffn).padStart(12, '0');
  return accountId.length === 12 ? accountId : undefined;
}
