import type { Action } from './action.ts';
import { findStack } from './find-stack.ts';
import { formFlag, formText } from './query-protocol.ts';
import { requestedStack } from './requested-stack.ts';
import { answer, constraintError, validationError } from './service-error.ts';

export const updateTerminationProtection: Action = async (tools, call) => {
  const enable = formFlag(call.input, 'EnableTerminationProtection');
  if (enable === undefined) return constraintError('enableTerminationProtection', null, 'not be null');
  const requested = await requestedStack(tools, call, 'UpdateTerminationProtection');
  if (!requested.ok) return requested;
  const { stack } = requested.value;
  if (stack.parentId) {
    return validationError(
      `TerminationProtection cannot be changed directly on nested stack [${stack.name}]: it is that of its root stack.`,
    );
  }
  stack.terminationProtection = enable;
  tools.state.noteStack(stack);
  return answer({ StackId: stack.id });
};

/** Kept and given back; it is not enforced. */
export const setStackPolicy: Action = async (tools, call) => {
  const body = formText(call.input, 'StackPolicyBody');
  if (body === undefined) return validationError('Either StackPolicyBody or StackPolicyURL must be specified.');
  if (!isJsonObject(body)) return validationError('Error validating stack policy: Invalid stack policy');
  const requested = await requestedStack(tools, call, 'SetStackPolicy');
  if (!requested.ok) return requested;
  const { stack } = requested.value;
  stack.policyBody = body;
  tools.state.noteStack(stack);
  return answer({});
};

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

export const getStackPolicy: Action = async (tools, call) => {
  const name = formText(call.input, 'StackName') ?? '';
  const stack = await findStack(tools, call.caller, name);
  if (!stack) return validationError(`Stack: [${name}] does not exist`);
  return answer({ StackPolicyBody: stack.policyBody });
};

/** The quotas of a new account of the real service; the simulated cloud does not enforce them. */
export const describeAccountLimits: Action = async () =>
  answer({
    AccountLimits: [
      { Name: 'StackLimit', Value: 2000 },
      { Name: 'StackOutputsLimit', Value: 200 },
      { Name: 'ConcurrentResourcesLimit', Value: 2500 },
    ],
  });
