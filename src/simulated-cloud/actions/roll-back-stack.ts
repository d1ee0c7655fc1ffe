import { beginOperation, cancelUpdate, rollBackStuck } from '../engine/stack-engine.ts';
import { can, type Operation, type Stack } from '../state/stack.ts';
import { stackType } from '../state/stack-events.ts';
import { formFlag, formTexts } from '../wire/query-protocol.ts';
import { answer, validationError } from '../wire/service-error.ts';
import type { Action, CloudTools } from './action.ts';
import { rememberRequest } from './repeated-request.ts';
import { requestedStack } from './requested-stack.ts';

/** The ways back that a client asks for: of a running update, of a rollback that failed, of an update left as it failed. */

function wrongStatus(action: string) {
  return validationError(`${action} cannot be called from current stack status`);
}

export const cancelUpdateStack: Action = async (tools, call) => {
  const requested = await requestedStack(tools, call, 'CancelUpdateStack');
  if (!requested.ok) return requested;
  const { stack, token, request, repeated } = requested.value;
  if (repeated) return answer({});
  const { operation } = stack;
  if (!can(stack, 'cancelUpdate') || !operation) return wrongStatus('CancelUpdateStack');
  rememberRequest(stack, request);
  operation.token = token ?? operation.token;
  cancelUpdate({ stack, operation, world: tools.world, at: tools.state.now() }, 'Stack update cancelled');
  tools.engine.drive(stack);
  return answer({});
};

export const continueUpdateRollback: Action = async (tools, call) => {
  const requested = await requestedStack(tools, call, 'ContinueUpdateRollback');
  if (!requested.ok) return requested;
  const { stack, token, request, repeated } = requested.value;
  if (repeated) return answer({});
  const { stuck } = stack;
  if (!can(stack, 'continueRollback') || !stuck) return wrongStatus('ContinueUpdateRollback');
  const skip = formTexts(call.input, 'ResourcesToSkip') ?? [];
  const statuses = await Promise.all(skip.map((path) => statusOf(tools, stack, path)));
  const wrong = skip.filter((_, index) => statuses[index] !== 'UPDATE_FAILED');
  if (wrong.length > 0) {
    return validationError(`Resources to skip must be in UPDATE_FAILED state, these are not: [${wrong.join(', ')}]`);
  }
  rememberRequest(stack, request);
  const at = tools.state.now();
  const operation: Operation = { ...stuck, token, tasks: new Map(), failed: new Map(), skip: new Set(skip) };
  beginOperation({ stack, world: tools.world, at }, operation, 'UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated');
  tools.engine.drive(stack);
  return answer({});
};

/** `Nested.Queue` is a resource of a nested stack. */
async function statusOf(tools: CloudTools, stack: Stack, path: string): Promise<string | undefined> {
  const [logicalId = '', ...inside] = path.split('.');
  const resource = stack.resources.get(logicalId);
  if (inside.length === 0) return resource?.status;
  const nested = resource?.type === stackType ? await tools.state.stack(resource.physicalId ?? '') : undefined;
  return nested && statusOf(tools, nested, inside.join('.'));
}

export const rollbackStack: Action = async (tools, call) => {
  const requested = await requestedStack(tools, call, 'RollbackStack');
  if (!requested.ok) return requested;
  const { stack, token, request, repeated } = requested.value;
  if (repeated) return answer({ StackId: stack.id });
  const { stuck } = stack;
  if (!can(stack, 'rollBack') || !stuck) return wrongStatus('RollbackStack');
  rememberRequest(stack, request);
  stack.retainExceptOnCreate = formFlag(call.input, 'RetainExceptOnCreate') ?? stack.retainExceptOnCreate;
  const operation: Operation = { ...stuck, token, onFailure: 'ROLLBACK' };
  rollBackStuck({ stack, operation, world: tools.world, at: tools.state.now() }, 'User Initiated');
  tools.engine.drive(stack);
  return answer({ StackId: stack.id });
};
