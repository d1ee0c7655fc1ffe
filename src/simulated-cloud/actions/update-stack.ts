import { beginOperation, updateOperation } from '../engine/stack-engine.ts';
import { changesNothing, type StackGoal } from '../engine/stack-goal.ts';
import { can, type Operation, type Stack, type StackDefinition } from '../state/stack.ts';
import { formFlag } from '../wire/query-protocol.ts';
import { answer, validationError } from '../wire/service-error.ts';
import type { Action, CloudTools } from './action.ts';
import { rememberRequest } from './repeated-request.ts';
import { noSuchStack, requestedStack } from './requested-stack.ts';
import { understandDefinition } from './stack-definition.ts';
import { readStackInput } from './stack-input.ts';
import { readStackPolicy } from './stack-settings.ts';

export const updateStack: Action = async (tools, call) => {
  const input = readStackInput(call.input);
  if (!input.ok) return input;
  const requested = await requestedStack(tools, call, 'UpdateStack');
  if (!requested.ok) return requested;
  const { stack, token, request, repeated } = requested.value;
  if (stack.status === 'DELETE_COMPLETE') return noSuchStack(input.value.stackName);
  if (repeated) return answer({ StackId: stack.id });
  const policy = await readStackPolicy(tools, call.input, 'StackPolicy');
  if (!policy.ok) return policy;
  const duringUpdate = await readStackPolicy(tools, call.input, 'StackPolicyDuringUpdate');
  if (!duringUpdate.ok) return duringUpdate;
  const refused = updateProblem(stack);
  if (refused) return refused;
  const understood = await understandDefinition(tools, stack, input.value, stack.definition);
  if (!understood.ok) return understood;
  const { definition, goal } = understood.value;
  tools.engine.catchUp(stack);
  const problem = updateProblem(stack) ?? goalProblem(stack, goal);
  if (problem) return problem;
  if (changesNothing(stack, definition, goal)) return validationError('No updates are to be performed.');

  rememberRequest(stack, request);
  stack.disableRollback = formFlag(call.input, 'DisableRollback') ?? false;
  stack.retainExceptOnCreate = formFlag(call.input, 'RetainExceptOnCreate') ?? false;
  stack.policyBody = policy.value ?? stack.policyBody;
  beginUpdate(tools, stack, definition, token, duringUpdate.value);
  return answer({ StackId: stack.id });
};

export function updateProblem(stack: Stack): ReturnType<typeof validationError> | undefined {
  if (can(stack, 'update')) return undefined;
  return validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

/** A resource keeps its type for life. */
export function goalProblem(stack: Stack, goal: StackGoal): ReturnType<typeof validationError> | undefined {
  const changed = [...goal.evaluated.resources.values()]
    .filter(({ logicalId, type }) => (stack.resources.get(logicalId)?.type ?? type) !== type)
    .map(({ logicalId }) => logicalId);
  if (changed.length === 0) return undefined;
  return validationError(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.join(', ')}]`,
  );
}

/** @param policyBody what the stack policy is replaced by during this update */
export function beginUpdate(
  tools: CloudTools,
  stack: Stack,
  definition: StackDefinition,
  token?: string,
  policyBody = stack.policyBody,
): void {
  const at = tools.state.now();
  const operation: Operation = { ...updateOperation(stack, at, token), policyBody };
  stack.definition = definition;
  stack.updatedAt = at;
  beginOperation({ stack, world: tools.world, at }, operation, 'UPDATE_IN_PROGRESS', 'User Initiated');
  tools.engine.drive(stack);
}
