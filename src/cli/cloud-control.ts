/** What the commands that look at a simulated cloud ask its control door. */
import { refuse } from '../errors/index.ts';
import { printRefusal } from './print-refusal.ts';

export interface ControlDoor {
  readonly url: string;
  /** Prints what the door answered, as JSON. */
  readonly json: boolean;
}

/** Values of a query or a body; undefined ones are left out. */
export type ControlMembers = Readonly<Record<string, unknown>>;

/**
 * One call of the control door. What goes wrong is said on standard error.
 * @returns undefined when it went wrong
 */
export async function askControlDoor<Answer>(
  { url, json }: ControlDoor,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  members: ControlMembers = {},
): Promise<Answer | undefined> {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  const query = method === 'GET' ? new URLSearchParams(given.map(([name, value]) => [name, String(value)])) : undefined;
  const target = `${url.replace(/\/$/, '')}/_simulated${path}${query?.size ? `?${query}` : ''}`;
  let response: Response;
  try {
    response = await fetch(target, {
      method,
      headers: method === 'GET' || method === 'DELETE' ? {} : { 'content-type': 'application/json' },
      body: method === 'GET' || method === 'DELETE' ? undefined : JSON.stringify(Object.fromEntries(given)),
    });
  } catch {
    printRefusal(unreachable(`No simulated cloud answers at ${url}.`), { json });
    return undefined;
  }
  const text = await response.text();
  const answer = parsed(text);
  if (response.ok && answer !== undefined) return answer as Answer;
  const message = (answer as { message?: unknown } | undefined)?.message;
  const refusal =
    message === undefined
      ? unreachable(`${url} is no simulated cloud: it answered ${response.status}.`)
      : refuse({ kind: 'invalid', code: 'simulated-cloud-refused', message: String(message), remedy: '' }).refusal;
  printRefusal(refusal, { json });
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unreachable(message: string) {
  return refuse({
    kind: 'unavailable',
    code: 'server-unreachable',
    message,
    remedy: 'Start one with "deuteron cloud", or name another one by --url.',
  }).refusal;
}

/** Rows with columns of equal width; the last one as it is. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
