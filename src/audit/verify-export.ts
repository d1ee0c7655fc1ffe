import { createHash } from 'node:crypto';

/** What an exported audit is found to be. */
export interface ExportVerdict {
  readonly entries: number;
  /** Of the last entry: who kept it elsewhere knows that nothing was cut off at the end. */
  readonly lastHash?: string;
  /** The first line that is not what was written, or does not follow on the one before, counted from 1. */
  readonly brokenAt?: number;
  /** The first line is no entry, and never was one: it is another file. */
  readonly isNone?: boolean;
}

/**
 * Whether an export is whole from the first entry on, without the database that it came from.
 * @param lines of NDJSON as `exportAudit` gives them
 */
export async function verifyExport(lines: AsyncIterable<string>): Promise<ExportVerdict> {
  let former = '';
  let entries = 0;
  for await (const line of lines) {
    if (line === '') continue;
    entries += 1;
    const hash = hashOf(former, line, entries);
    if (hash === undefined)
      return { entries, brokenAt: entries, ...(entries === 1 && !isEntry(line) && { isNone: true }) };
    former = hash;
  }
  return { entries, ...(entries > 0 && { lastHash: former }) };
}

/** undefined: it is no entry, not the one that is next, or not what was written. */
function hashOf(former: string, line: string, place: number): string | undefined {
  const entry = membersOf(line);
  if (entry?.position !== place) return undefined;
  const at = new Date(String(entry.at)).getTime();
  if (Number.isNaN(at)) return undefined;
  const { principalId, principal, verb, target, requestId, outcome, code } = entry;
  const values = [place, at, principalId, principal, verb, target, requestId, outcome, code];
  // as PostgreSQL writes an array of jsonb: audit_hash in the migrations
  const text = `[${values.map((value) => JSON.stringify(value ?? null)).join(', ')}]`;
  const hash = createHash('sha256').update(Buffer.from(former, 'hex')).update(text).digest('hex');
  return entry.hash === hash ? hash : undefined;
}

/** Whatever was done to it. */
function isEntry(line: string): boolean {
  const { position, hash } = membersOf(line) ?? {};
  return typeof position === 'number' && typeof hash === 'string';
}

function membersOf(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
