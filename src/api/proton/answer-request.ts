import { audited } from '../../audit/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import type { Log } from '../../log/index.ts';
import type { Principal } from '../../organization/index.ts';
import { type AuthorisedRequest, authoriseRequest, permitted } from '../authorisation/index.ts';
import type { RequestHead } from '../signature-v4/index.ts';
import { headerValue } from '../signature-v4/index.ts';
import { auditAttempt, isAudited } from './audited-request.ts';
import {
  exceptionOf,
  frontException,
  type ProtonException,
  unexpectedException,
  unknownOperation,
} from './exceptions.ts';
import type { OperationName, OperationOutputs } from './generated/types.ts';
import { apiModel } from './model/api-model.ts';
import type { ProtonOperations, RequestContext } from './operation.ts';
import { operationActs } from './operation-acts.ts';
import { readableOutput } from './readable-output.ts';
import { serializeOutput } from './serialize-output.ts';
import { parseStrictJson } from './strict-json.ts';
import { validateInput } from './validate-input.ts';

export interface ProtonDoorTools {
  readonly operations: ProtonOperations;
  /** Who signed this request, whose body is given whole? */
  readonly authenticate: (head: RequestHead, body: Uint8Array) => Promise<Result<Principal, Refusal>>;
  /** Where entries of the audit go, and what rules and facts are read from. */
  readonly db: Db;
  readonly clock: Clock;
  /** IANA name: where rules read weekday and hour. */
  readonly timeZone: string;
  /** Whose ARNs they name. */
  readonly installation: Installation;
  readonly log: Log;
  readonly version: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** The exception's name, of an answer that is a "no". */
  readonly errorType?: string;
}

/** From a request to its answer. Never throws: whatever breaks becomes an InternalServerException, and a line in the log. */
export async function answerRequest(
  tools: ProtonDoorTools,
  request: { readonly head: RequestHead; readonly body: Uint8Array; readonly requestId: string },
): Promise<Answer> {
  const { head, body, requestId } = request;
  const target = headerValue(head, 'x-amz-target') ?? '';
  const log = tools.log.child({ target });
  try {
    const operation = targetOperation(target);
    if (!operation) return refused(unknownOperation(target), log);
    const wrongForm = contentTypeFault(headerValue(head, 'content-type'));
    if (wrongForm) return refused(frontException(wrongForm), log);
    const caller = await tools.authenticate(head, body);
    if (!caller.ok) {
      if (caller.refusal.kind === 'unavailable') log.error({ code: caller.refusal.code }, caller.refusal.message);
      return refused(frontException(caller.refusal), log);
    }
    const json = parseStrictJson(body);
    if (!json.ok) return refused(frontException(json.refusal), log);
    return await answerOperation(tools, log, operation, json.value, { caller: caller.value, requestId });
  } catch (error) {
    log.error({ error: errorFacts(error) }, 'An operation failed unexpectedly.');
    return refused(unexpectedException(requestId), log);
  }
}

async function answerOperation<Name extends OperationName>(
  tools: ProtonDoorTools,
  log: Log,
  operation: Name,
  json: Readonly<Record<string, unknown>>,
  context: Pick<RequestContext, 'caller' | 'requestId'>,
): Promise<Answer> {
  let authorised: AuthorisedRequest | undefined;
  const work = async (): Promise<Result<OperationOutputs[Name]>> => {
    const input = validateInput(operation, json);
    if (!input.ok) return input;
    const { caller } = context;
    const governed = await operationActs(operation, input.value, tools);
    authorised = await authoriseRequest(tools, { caller, via: 'proton', governed });
    const may = permitted(authorised);
    if (!may.ok) return may;
    const handler = tools.operations[operation];
    if (!handler) return notAvailable(operation, tools.version);
    const { reads } = authorised;
    const done = await handler(input.value, { ...context, reads: reads.reach, readsWhole: reads.whole });
    return done.ok && !reads.isExact ? accept(await readableOutput(operation, done.value, reads)) : done;
  };
  const along = async (tx: Db) => authorised?.keep(tx, context.requestId);
  const output = isAudited(operation)
    ? await audited(tools.db, auditAttempt(tools.installation, operation, json, context), work, along)
    : await work();
  if (!output.ok) {
    const { refusal } = output;
    if (refusal.detail !== undefined) log.warn({ code: refusal.code }, refusal.message);
    return refused(refusal.code === 'WrongType' ? frontException(refusal) : exceptionOf(operation, refusal), log);
  }
  log.debug({ caller: context.caller.name }, 'answered');
  return { status: 200, body: serializeOutput(operation, output.value) };
}

/** undefined for a target that names no operation of Proton's API. */
export function targetOperation(target: string): OperationName | undefined {
  const prefix = `${apiModel.metadata.targetPrefix}.`;
  const name = target.startsWith(prefix) ? target.slice(prefix.length) : '';
  return Object.hasOwn(apiModel.operations, name) ? (name as OperationName) : undefined;
}

/** Another form of AWS's JSON would be read differently, so it is refused. */
function contentTypeFault(contentType = ''): Refusal | undefined {
  const expected = `application/x-amz-json-${apiModel.metadata.jsonVersion}`;
  if (contentType.split(';')[0]!.trim().toLowerCase() === expected) return undefined;
  return {
    kind: 'invalid',
    code: 'ContentTypeUnknown',
    message: `The content type is '${contentType.slice(0, 100)}'.`,
    remedy: `Send ${expected}, as the AWS SDKs do.`,
  };
}

function notAvailable(operation: OperationName, version: string) {
  return refuse({
    kind: 'invalid',
    code: 'OperationNotAvailable',
    message: `${operation} is not available in this version of Deuteron (${version}).`,
    remedy: 'Nothing was changed. A later version may have it.',
  });
}

function refused(exception: ProtonException, log: Log): Answer {
  log.debug({ exception: exception.name }, 'refused');
  return exceptionAnswer(exception);
}

export function exceptionAnswer({ name, namespace, message, status }: ProtonException): Answer {
  return { status, body: JSON.stringify({ __type: `${namespace}#${name}`, message }), errorType: name };
}

/** An error's own words, without the values that a database driver attaches to it. */
function errorFacts(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return { name, message, stack, code: (error as { code?: unknown }).code };
}
