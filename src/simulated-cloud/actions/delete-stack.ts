import { setStackStatus } from '../engine/engine-world.ts';
import { cancelTasks } from '../engine/resource-engine.ts';
import { beginOperation, deleteOperation } from '../engine/stack-engine.ts';
import { deletionBlock } from '../engine/stack-exports.ts';
import { can, type Operation, type Stack } from '../state/stack.ts';
import { formText, formTexts } from '../wire/query-protocol.ts';
import { answer, validationError } from '../wire/service-error.ts';
import type { Action, CloudTools } from './action.ts';
import { discardFamily, familyOf } from './change-set-family.ts';
import { findStack } from './find-stack.ts';
import { rememberRequest } from './repeated-request.ts';
import { requestedStack } from './requested-stack.ts';
import { readStackName } from './stack-input.ts';

/** Deleting what is not there, or is being deleted already, succeeds. */
export const deleteStack: Action = async (tools, call) => {
  const name = readStackName(call.input);
  if (!name.ok) return name;
  if (!(await findStack(tools, call.caller, name.value))) return answer({});
  const requested = await requestedStack(tools, call, 'DeleteStack');
  if (!requested.ok) return requested;
  const { stack, token, request, repeated } = requested.value;
  if (repeated || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return answer({});
  const retained = formTexts(call.input, 'RetainResources') ?? [];
  const refused = deleteProblem(stack, retained);
  if (refused) return refused;
  rememberRequest(stack, request);
  const force = formText(call.input, 'DeletionMode') === 'FORCE_DELETE_STACK';
  beginDeletion(tools, stack, { skip: new Set(retained), force, token });
  for (const changeSet of (await tools.state.changeSets(stack)).values()) {
    if (changeSet.rootId === undefined) await discardFamily(tools, await familyOf(tools, stack, changeSet));
  }
  return answer({});
};

function deleteProblem(stack: Stack, retained: readonly string[]): ReturnType<typeof validationError> | undefined {
  if (stack.terminationProtection) {
    return validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  if (!can(stack, 'delete')) {
    return validationError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
  }
  if (retained.length > 0 && stack.status !== 'DELETE_FAILED') {
    return validationError(
      `Invalid operation on stack [${stack.id}]. RetainResources can be given only while the stack is in DELETE_FAILED state.`,
    );
  }
  const unknown = retained.filter((logicalId) => !stack.resources.has(logicalId));
  if (unknown.length === 0) return undefined;
  return validationError(`Resources [${unknown.join(', ')}] do not exist in stack [${stack.id}]`);
}

function beginDeletion(
  { state, world, engine }: CloudTools,
  stack: Stack,
  how: Pick<Operation, 'skip' | 'force' | 'token'>,
): void {
  const at = state.now();
  const moment = { stack, world, at };
  const former = stack.status;
  const interrupted = stack.operation;
  // A rollback that is deleting already goes on under another name; a creation is stopped first.
  if (interrupted?.phase === 'forward') cancelTasks({ ...moment, operation: interrupted });
  const operation = deleteOperation(stack, at, how);
  if (interrupted?.phase === 'delete') {
    for (const [key, task] of interrupted.tasks) operation.tasks.set(key, task);
    for (const key of interrupted.done) operation.done.add(key);
  }
  const block = deletionBlock(moment);
  if (block === undefined) {
    beginOperation(moment, operation, 'DELETE_IN_PROGRESS', 'User Initiated');
    engine.drive(stack);
    return;
  }
  stack.operation = operation;
  setStackStatus(moment, 'DELETE_IN_PROGRESS', 'User Initiated');
  setStackStatus(moment, former, block);
  stack.operation = undefined;
}
