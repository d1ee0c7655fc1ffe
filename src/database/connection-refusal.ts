import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

/** @refuses what is not a URL of PostgreSQL; without showing its password */
export function readDatabaseUrl(url: string): Result<URL> {
  const parsed = URL.parse(url);
  if (parsed && /^postgres(ql)?:$/.test(parsed.protocol)) return accept(parsed);
  return refuse({
    kind: 'invalid',
    code: 'database-url-invalid',
    message: parsed
      ? `DATABASE_URL begins with "${parsed.protocol}", which is not PostgreSQL.`
      : 'DATABASE_URL is not a URL that can be read.',
    remedy:
      'Write it as postgresql://user:password@host:5432/database; in user and password, characters such as @ : / # must be percent-encoded.',
  });
}

/** Why a server did not take us, by PostgreSQL's error code where it said one. */
export function connectionRefusal(url: string, error: unknown): Refusal {
  const { code = '', message } = error as { code?: string; message?: string };
  const server = withoutPassword(url);
  switch (code) {
    case '28P01':
    case '28000':
      return {
        kind: 'forbidden',
        code: 'database-login-refused',
        message: `The database ${server} refuses the login: ${message}`,
        remedy: 'Check user and password in DATABASE_URL, and pg_hba.conf of the server.',
      };
    case '3D000':
      return {
        kind: 'missing',
        code: 'database-missing',
        message: `The server has no such database: ${server}: ${message}`,
        remedy: 'Create it ("create database ... owner ..."), or name another one in DATABASE_URL.',
      };
    case '42501':
      return rightsRefusal(message ?? '');
    default:
      return {
        kind: 'unavailable',
        code: 'database-unreachable',
        message: `The database ${server} cannot be reached: ${message || code || String(error)}`,
        remedy: 'Check DATABASE_URL: host and port, and that the server runs and takes more sessions.',
      };
  }
}

/** The user of DATABASE_URL may not do what we must. */
export function rightsRefusal(message: string): Refusal<'database-rights-missing'> {
  return {
    kind: 'forbidden',
    code: 'database-rights-missing',
    message: `The user of DATABASE_URL lacks a right in the database: ${message}.`,
    remedy: 'Make the user owner of the database: "alter database ... owner to ..." as a superuser.',
  };
}

function withoutPassword(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return 'of DATABASE_URL';
  if (parsed.password) parsed.password = '***';
  if (parsed.searchParams.has('password')) parsed.searchParams.set('password', '***');
  return parsed.href;
}
