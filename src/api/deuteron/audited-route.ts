import type { FastifyRequest } from 'fastify';
import { audited, type WrittenAlong } from '../../audit/index.ts';
import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { callerOf } from './caller.ts';

/** Does what the caller asks for, and writes it down. @param verb with its service, e.g. `deuteron:PutUnit` */
export function asAudited<Value>(
  db: Db,
  request: FastifyRequest,
  { verb, target }: { readonly verb: string; readonly target?: string },
  work: () => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const { id: principalId, name: principal } = callerOf(request);
  return audited(db, { principalId, principal, verb, target, requestId: request.id }, work, decisionsOf(request));
}

/** What was decided about a request is kept with its entry. */
function decisionsOf({ authorised, id }: FastifyRequest): WrittenAlong {
  return async (tx) => authorised?.keep(tx, id);
}
