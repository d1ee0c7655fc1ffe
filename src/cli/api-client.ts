import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { textLines } from './text-lines.ts';

/** Where a server is, and as whom to ask it. */
export interface ApiAccess {
  /** e.g. `http://127.0.0.1:4400` */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The same, with a token instead of a key. */
export interface TokenAccess {
  readonly endpoint: string;
  readonly token: string;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Behind /api/v1, without query. */
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** JSON, or the bytes of an archive. */
  readonly body?: object | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request of the native API, signed or with a token. */
export async function fetchSigned(
  access: ApiAccess | TokenAccess,
  request: ApiRequest,
  signal?: AbortSignal,
): Promise<Response> {
  const url = new URL(`/api/v1${request.path}`, access.endpoint);
  const query: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) query[name] = typeof value === 'string' ? [value] : [...value];
  }
  // what is signed has %20 where URLSearchParams would write a plus sign
  url.search = Object.entries(query)
    .flatMap(([name, values]) => values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`))
    .join('&');
  const isArchive = request.body instanceof Uint8Array;
  const body = request.body instanceof Uint8Array ? request.body : request.body && JSON.stringify(request.body);
  const plain = {
    ...(body === undefined ? {} : { 'content-type': isArchive ? 'application/gzip' : 'application/json' }),
    ...request.headers,
  };
  const { method } = request;
  if ('token' in access) {
    const headers = { ...plain, authorization: `Bearer ${access.token}` };
    return fetch(url, { method, headers, body: body as BodyInit | undefined, signal });
  }
  const signer = new SignatureV4({ service: 'deuteron', region: 'us-east-1', credentials: access, sha256: Sha256 });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query,
    headers: { host: url.host, ...plain },
    body,
  });
  return fetch(url, { method, headers, body: body as BodyInit | undefined, signal });
}

/**
 * Asks the native API.
 * @refuses what the server refuses, and server-unreachable
 */
export async function callApi<Answer>(access: ApiAccess | TokenAccess, request: ApiRequest): Promise<Result<Answer>> {
  try {
    const response = await fetchSigned(access, request);
    const text = await response.text();
    const answer: unknown = text === '' ? undefined : JSON.parse(text);
    return answerIn<Answer>(response, answer, access);
  } catch (error) {
    return unreachable(access, error as Error);
  }
}

/**
 * Sends a form to where no signature is asked for: whoever sends it proves himself by what is in it.
 * @refuses what the server refuses, and server-unreachable
 */
export async function postForm<Answer>(
  endpoint: string,
  path: string,
  form: Readonly<Record<string, string | undefined>>,
): Promise<Result<Answer>> {
  try {
    const given = Object.entries(form).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
    const url = new URL(path, endpoint);
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(given) });
    return answerIn<Answer>(response, await response.json(), { endpoint });
  } catch (error) {
    return unreachable({ endpoint }, error as Error);
  }
}

/**
 * Asks the native API for lines of JSON, and reads them as they come.
 * @refuses what the server refuses, and server-unreachable
 */
export async function streamApi<Line>(
  access: ApiAccess | TokenAccess,
  request: ApiRequest,
): Promise<Result<AsyncIterable<Line>>> {
  try {
    const response = await fetchSigned(access, request);
    if (response.ok && response.body && isOurs(response)) return accept(linesOf<Line>(response.body));
    return answerIn(response, await response.json(), access);
  } catch (error) {
    return unreachable(access, error as Error);
  }
}

async function* linesOf<Line>(body: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  for await (const line of textLines(body, { unended: 'left-out' })) yield JSON.parse(line) as Line;
}

/** Every answer of a server of ours names its request; others may stand at the same address. */
function isOurs({ headers }: Response): boolean {
  return headers.has('x-amzn-requestid');
}

function answerIn<Answer>(response: Response, answer: unknown, at: Pick<ApiAccess, 'endpoint'>): Result<Answer> {
  if (response.ok) return isOurs(response) ? accept(answer as Answer) : otherServer(at, response);
  const { code, message, remedy, position } = (answer as { error?: Partial<Refusal> } | undefined)?.error ?? {};
  if (typeof code !== 'string' || typeof message !== 'string') return otherServer(at, response);
  return refuse({ kind: 'invalid', code, message, remedy: remedy ?? '', position });
}

function otherServer({ endpoint }: Pick<ApiAccess, 'endpoint'>, { status }: Response) {
  return unreachable({ endpoint }, new Error(`it answered ${status}, and not as this API answers`));
}

function unreachable({ endpoint }: Pick<ApiAccess, 'endpoint'>, { message, cause }: Error) {
  const why = cause instanceof Error ? cause.message || message : message;
  return refuse({
    kind: 'unavailable',
    code: 'server-unreachable' as const,
    message: `${endpoint} does not answer as Deuteron does: ${why.replace(/\.$/, '')}.`,
    remedy: 'Start the server, or give its address with --endpoint-url or in DEUTERON_URL: http://127.0.0.1:4400.',
  });
}
