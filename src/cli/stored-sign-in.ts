import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** What `deuteron login` got, by the address of the server. */
type SignIns = Record<string, { readonly token: string; readonly expiresAt: string }>;

/** Readable by its owner alone. */
function signInFile(): string {
  const folder = process.env.XDG_CONFIG_HOME || join(homedir(), '.config');
  return join(folder, 'deuteron', 'sign-ins.json');
}

/** The token of who signed in to this server; undefined when nobody did, or the sign-in is over. */
export function storedSignIn(endpoint: string): string | undefined {
  const entry = read()[originOf(endpoint)];
  return entry && new Date(entry.expiresAt) > new Date() ? entry.token : undefined;
}

/** @param signIn undefined: signed out */
export function storeSignIn(endpoint: string, signIn: SignIns[string] | undefined): void {
  const { [originOf(endpoint)]: _, ...others } = read();
  const all: SignIns = signIn ? { ...others, [originOf(endpoint)]: signIn } : others;
  const path = signInFile();
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}

function originOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).origin : endpoint;
}

function read(): SignIns {
  try {
    const stored: unknown = JSON.parse(readFileSync(signInFile(), 'utf8'));
    return typeof stored === 'object' && stored !== null ? (stored as SignIns) : {};
  } catch {
    return {};
  }
}
