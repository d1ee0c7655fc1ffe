import { randomUUID } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Action, CloudTools } from '../actions/action.ts';
import { actionsOf } from '../actions/actions.ts';
import { strikeCall } from '../state/fault.ts';
import { type Caller, callerOf } from '../wire/caller.ts';
import {
  answerXml,
  cloudFormationVersion,
  errorXml,
  type FormMembers,
  formText,
  readSigner,
  unfoldForm,
} from '../wire/query-protocol.ts';
import { type Answer, answer, type ServiceError, serviceError } from '../wire/service-error.ts';
import type { XmlMembers } from '../wire/xml.ts';

/** A template of the largest size, every character escaped, and some room. */
const bodyBytesMax = 4_000_000;

export interface CloudServerOptions {
  readonly tools: CloudTools;
  readonly defaultAccountId: string;
}

/** The HTTP side of the API: reads a call, asks its action, answers when the answer is safe. */
export function cloudServer(options: CloudServerOptions): FastifyInstance {
  const server = fastify({
    bodyLimit: bodyBytesMax,
    forceCloseConnections: true,
    ajv: { customOptions: { removeAdditional: false } },
  });
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  const handle = (request: FastifyRequest, reply: FastifyReply) => handleCall(options, request, reply);
  server.post('/', handle);
  server.get('/', (request, reply) => {
    if (request.url.includes('Action=')) return handle(request, reply);
    return reply.type('text/plain').send('This is a simulated cloud: it speaks CloudFormation and STS.\n');
  });
  server.setErrorHandler((error, _request, reply) => sendFailure(options, reply, error));
  return server;
}

async function handleCall(
  { tools, defaultAccountId }: CloudServerOptions,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const requestId = randomUUID();
  const form = typeof request.body === 'string' ? request.body : (request.url.split('?')[1] ?? '');
  const input = unfoldForm(new URLSearchParams(form));
  const version = (input && formText(input, 'Version')) ?? cloudFormationVersion;
  const action = (input && formText(input, 'Action')) ?? '';
  const result = await answerCall(
    tools,
    { input, version, action, requestId, authorization: authorizationOf(request, input) },
    defaultAccountId,
  );
  await tools.state.commit();
  reply.type('text/xml').header('x-amzn-RequestId', requestId);
  if (!result.ok) return reply.code(result.error.httpStatus).send(errorXml(version, result.error, requestId));
  return reply.send(answerXml(version, action, result.value, requestId));
}

/** The header, or the same in a presigned query. */
function authorizationOf({ headers }: FastifyRequest, input: FormMembers | undefined): string | undefined {
  const presigned = input && formText(input, 'X-Amz-Credential');
  return headers.authorization ?? (presigned && `Credential=${presigned}`);
}

interface ReceivedCall {
  readonly input: FormMembers | undefined;
  readonly version: string;
  readonly action: string;
  readonly requestId: string;
  readonly authorization: string | undefined;
}

async function answerCall(
  tools: CloudTools,
  call: ReceivedCall,
  defaultAccountId: string,
): Promise<Answer<XmlMembers>> {
  const { input, version, action, requestId } = call;
  if (!input) return serviceError('MalformedInput', 'The request is not a form of the query protocol.');
  const act = ownAction(version, action);
  if (!act) return unknownAction(version, action);
  const known = knownCaller(tools, call.authorization, defaultAccountId);
  if (!known.ok) return known;
  const caller = known.value;
  const refused = struckCall(tools, caller, action, input) ?? throttledCall(tools, caller, action);
  const result = refused ?? (await act(tools, { caller, input, requestId }));
  tools.state.journal({
    id: requestId,
    at: tools.state.now(),
    action,
    accountId: caller.accountId,
    region: caller.region,
    stackName: nameIn(formText(input, 'StackName')),
    token: formText(input, 'ClientRequestToken') ?? formText(input, 'ClientToken'),
    accessKeyId: caller.accessKeyId,
    roleArn: formText(input, 'RoleArn') ?? caller.session?.roleArn,
    error: result.ok ? undefined : result.error.code,
  });
  return result;
}

function ownAction(version: string, action: string): Action | undefined {
  const actions = Object.hasOwn(actionsOf, version) ? actionsOf[version] : undefined;
  return actions && Object.hasOwn(actions, action) ? actions[action] : undefined;
}

function unknownAction(version: string, action: string) {
  if (action === '') return serviceError('MissingAction', 'The request must contain the parameter Action.');
  return serviceError('InvalidAction', `Could not find operation ${action} for version ${version}`);
}

function knownCaller(
  { state }: CloudTools,
  authorization: string | undefined,
  defaultAccountId: string,
): Answer<Caller> {
  const signer = readSigner(authorization);
  if (!signer.ok) return signer;
  const { accountOfKey, sessionOfKey } = state;
  const caller = callerOf(signer.value, { defaultAccountId, accountOfKey, sessionOfKey });
  if (caller.session && caller.session.expiresAt <= state.now()) {
    return serviceError('ExpiredToken', 'The security token included in the request is expired', 403);
  }
  return answer(caller);
}

function struckCall({ state }: CloudTools, caller: Caller, action: string, input: FormMembers) {
  const stackName = formText(input, 'StackName');
  const roleArn = formText(input, 'RoleArn') ?? caller.session?.roleArn;
  const { accountId, region } = caller;
  const fault = state.counting((faults) =>
    strikeCall(faults, state.seed, { accountId, region, action, roleArn, stackName: nameIn(stackName) }),
  );
  return fault && serviceError(fault.code, fault.message, fault.httpStatus);
}

function throttledCall({ state }: CloudTools, { accountId, region }: Caller, action: string) {
  const { rateLimits } = state.settings;
  const call = { action, accountId, region };
  if (state.rateLimiter.admits(rateLimits, call, state.realNow().getTime())) return undefined;
  return serviceError('Throttling', 'Rate exceeded');
}

function nameIn(stackNameOrId: string | undefined): string | undefined {
  return stackNameOrId?.startsWith('arn:') ? stackNameOrId.split('/')[1] : stackNameOrId;
}

function sendFailure({ tools }: CloudServerOptions, reply: FastifyReply, error: unknown) {
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  const failure = failureOf(statusCode, message ?? '', tools.state.lost);
  if (failure.httpStatus >= 500)
    tools.log.error({ error: String((error as Error).stack ?? error) }, 'A call of the simulated cloud failed');
  return reply
    .code(failure.httpStatus)
    .type('text/xml')
    .send(errorXml(cloudFormationVersion, failure, randomUUID()));
}

function failureOf(statusCode: number | undefined, message: string, lost: string | undefined): ServiceError {
  if (lost) return { code: 'ServiceUnavailable', message: lost, httpStatus: 503 };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { code: 'MalformedInput', message, httpStatus: statusCode };
  }
  return { code: 'InternalFailure', message: 'The simulated cloud failed: see its log.', httpStatus: 500 };
}
