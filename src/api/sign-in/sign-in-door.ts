import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { audited } from '../../audit/index.ts';
import { transact } from '../../database/index.ts';
import { accept, describeRefusal, type Refusal, refuse } from '../../errors/index.ts';
import {
  admitIdentity,
  csrfTokenOf,
  endSession,
  findSession,
  isCsrfToken,
  issueSignInCode,
  issueSignInToken,
  type OpenIdProvider,
  redeemSignInCode,
  type SignInGoal,
  startSession,
} from '../../identity/index.ts';
import type { Log } from '../../log/index.ts';
import type { OrganizationTools, Principal } from '../../organization/index.ts';
import { sendRefusal, sendUnexpected, statusOfKind } from '../deuteron/refusal-answer.ts';
import { headerValue, requestHead } from '../signature-v4/index.ts';
import { cookieIn, cookieSet, isSecureUrl, sessionIn } from './session-cookie.ts';

export interface SignInDoorTools {
  readonly organization: OrganizationTools;
  /** Absent: nobody signs in here. */
  readonly provider: OpenIdProvider | undefined;
  readonly log: Log;
}

const formBytesMax = 4 * 1024;
const underWaySeconds = 600;

/** Where browsers and `deuteron login` sign in, as a Fastify plugin. None of it changes anything but sessions. */
export function signInDoor(tools: SignInDoorTools): FastifyPluginAsync {
  const { provider } = tools;
  return async (server) => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'string', bodyLimit: formBytesMax }, (_request, text, done) => {
      done(null, text);
    });
    server.setErrorHandler((error: FastifyError, _request, reply) => answerError(tools.log, error, reply));
    server.addHook('onRequest', async (request, reply) => {
      reply.headers({ 'x-amzn-requestid': request.id, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    });
    if (!provider) {
      server.all('/*', async (_request, reply) => sendRefusal(reply, notConfigured()));
      return;
    }
    routes(server, { ...tools, provider });
  };
}

function routes(
  server: Parameters<FastifyPluginAsync>[0],
  { organization, provider, log }: SignInDoorTools & { readonly provider: OpenIdProvider },
): void {
  const { publicUrl, sessionHours } = provider.settings;
  const isSecure = isSecureUrl(publicUrl);
  const headOf = (request: FastifyRequest) => requestHead(request.raw, request.originalUrl);

  const begin = async (reply: FastifyReply, goal: SignInGoal) => {
    const begun = await provider.begin(goal);
    if (!begun.ok) return sendPage(reply, begun.refusal);
    const { url, carried } = begun.value;
    reply.header('set-cookie', cookieSet('sign-in', carried, { isSecure, maxAgeSeconds: underWaySeconds }));
    return reply.redirect(url, 303);
  };

  server.get<{ Querystring: Record<string, unknown> }>('/sign-in', async ({ query }, reply) =>
    begin(reply, { kind: 'page', path: localPath(query.return) }),
  );

  server.get<{ Querystring: Record<string, unknown> }>('/cli', async ({ query }, reply) => {
    const goal = commandLineGoal(query);
    return goal ? begin(reply, goal) : sendPage(reply, malformed('port, state or challenge'));
  });

  server.get('/callback', async (request, reply) => {
    const carried = cookieIn(headOf(request), 'sign-in', isSecure);
    const mark = request.originalUrl.indexOf('?');
    const finished = await provider.finish(mark < 0 ? '' : request.originalUrl.slice(mark), carried);
    const over = cookieSet('sign-in', '', { isSecure, maxAgeSeconds: 0 });
    reply.header('set-cookie', over);
    if (!finished.ok) return sendPage(reply, finished.refusal);
    const { identity, goal } = finished.value;
    const admitted = await admitIdentity({ ...organization, log }, provider.settings, identity);
    if (!admitted.ok) return sendPage(reply, admitted.refusal);
    const principal = admitted.value;
    const attempt = attemptOf(principal, 'deuteron:SignIn', request.id);
    if (goal.kind === 'command-line') {
      const code = await audited(organization.db, attempt, async () =>
        accept(await issueSignInCode(organization, principal, goal.challenge)),
      );
      if (!code.ok) return sendPage(reply, code.refusal);
      const query = new URLSearchParams({ code: code.value, state: goal.state });
      return reply.redirect(`http://127.0.0.1:${goal.port}/?${query}`, 303);
    }
    const session = await audited(organization.db, attempt, async () =>
      accept(await startSession(organization, principal, sessionHours)),
    );
    if (!session.ok) return sendPage(reply, session.refusal);
    const maxAgeSeconds = sessionHours * 3_600;
    log.info({ requestId: request.id, principal: principal.name }, 'signed in');
    return reply
      .header('set-cookie', [over, cookieSet('session', session.value.text, { isSecure, maxAgeSeconds })])
      .redirect(goal.path, 303);
  });

  server.post('/cli/token', async (request, reply) => {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    const given = { code: form.get('code') ?? '', verifier: form.get('verifier') ?? '' };
    const redeemed = await redeemSignInCode(organization, given, sessionHours);
    if (!redeemed.ok) return sendRefusal(reply, redeemed.refusal);
    const { text, token } = redeemed.value;
    return { token: text, expiresAt: token.expiresAt, principal: token.principal };
  });

  server.post('/device', async (_request, reply) => {
    const begun = await provider.beginDevice();
    return begun.ok ? begun.value : sendRefusal(reply, begun.refusal);
  });

  server.post('/device/token', async (request, reply) => {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    const finished = await provider.finishDevice(form.get('handle') ?? '');
    if (!finished.ok) return sendRefusal(reply, finished.refusal);
    if (typeof finished.value === 'string') return reply.status(202).send({ state: finished.value });
    const admitted = await admitIdentity({ ...organization, log }, provider.settings, finished.value);
    if (!admitted.ok) return sendRefusal(reply, admitted.refusal);
    const principal = admitted.value;
    const attempt = attemptOf(principal, 'deuteron:SignIn', request.id);
    const issued = await audited(organization.db, attempt, () =>
      transact(organization.db, async (tx) =>
        accept(await issueSignInToken({ ...organization, db: tx }, principal, sessionHours)),
      ),
    );
    if (!issued.ok) return sendRefusal(reply, issued.refusal);
    log.info({ requestId: request.id, principal: principal.name }, 'signed in without a browser');
    return { state: 'done', token: issued.value.text, expiresAt: issued.value.token.expiresAt, principal };
  });

  server.get('/session', async (request, reply) => {
    const text = sessionIn(headOf(request), publicUrl);
    const session = text === undefined ? undefined : await findSession(organization, text);
    if (text === undefined || !session) return sendRefusal(reply, sessionMissing());
    return { principal: session.principal, expiresAt: session.expiresAt, csrfToken: csrfTokenOf(text) };
  });

  server.post('/sign-out', async (request, reply) => {
    const head = headOf(request);
    const text = sessionIn(head, publicUrl);
    const session = text === undefined ? undefined : await findSession(organization, text);
    if (text === undefined || !session) return sendRefusal(reply, sessionMissing());
    if (!isCsrfToken(text, headerValue(head, 'x-deuteron-csrf'))) return sendRefusal(reply, csrfWrong());
    const attempt = attemptOf(session.principal, 'deuteron:SignOut', request.id);
    await audited(organization.db, attempt, async () => accept(await endSession(organization, text)));
    reply.header('set-cookie', cookieSet('session', '', { isSecure, maxAgeSeconds: 0 }));
    return reply.status(204).send();
  });
}

function attemptOf({ id, name }: Principal, verb: string, requestId: string) {
  return { principalId: id, principal: name, verb, target: `principal/${name}`, requestId };
}

/** A path here; whatever could lead elsewhere is the front page. */
function localPath(given: unknown): string {
  return typeof given === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(given) ? given : '/';
}

function commandLineGoal({ port, state, challenge }: Record<string, unknown>): SignInGoal | undefined {
  if (typeof port !== 'string' || typeof state !== 'string' || typeof challenge !== 'string') return undefined;
  const isFitting =
    /^\d{4,5}$/.test(port) && Number(port) >= 1024 && Number(port) <= 65_535 && /^[A-Za-z0-9_-]{16,128}$/.test(state);
  if (!isFitting || !/^[A-Za-z0-9_-]{43}$/.test(challenge)) return undefined;
  return { kind: 'command-line', port: Number(port), state, challenge };
}

/** For whoever looks at a browser. */
function sendPage(reply: FastifyReply, refusal: Refusal) {
  const text = `${describeRefusal(refusal)} [${refusal.code}]\n`;
  return reply.status(statusOfKind[refusal.kind]).type('text/plain; charset=utf-8').send(text);
}

function answerError(log: Log, error: FastifyError, reply: FastifyReply) {
  if (error.statusCode !== undefined && error.statusCode < 500) return sendRefusal(reply, malformed(error.message));
  return sendUnexpected(reply, log, error);
}

function malformed(why: string): Refusal {
  return {
    kind: 'invalid',
    code: 'request-malformed',
    message: `The request cannot be read: ${why}.`,
    remedy: 'docs/identity.md describes what each address takes.',
  };
}

function notConfigured(): Refusal {
  return refuse({
    kind: 'missing',
    code: 'sign-in-not-configured',
    message: 'Nobody signs in here: this server was given no provider of OpenID Connect.',
    remedy: 'Start it with --oidc-issuer and --oidc-client-id, or use an access key.',
  }).refusal;
}

function sessionMissing(): Refusal {
  return refuse({
    kind: 'forbidden',
    code: 'session-missing',
    message: 'The browser is not signed in, or its session is over.',
    remedy: 'Go to /auth/sign-in.',
  }).refusal;
}

export function csrfWrong(): Refusal {
  return refuse({
    kind: 'forbidden',
    code: 'csrf-token-wrong',
    message: 'A change by a signed-in browser must come from a page of this server.',
    remedy: 'Send the csrfToken of GET /auth/session as the header x-deuteron-csrf.',
  }).refusal;
}
