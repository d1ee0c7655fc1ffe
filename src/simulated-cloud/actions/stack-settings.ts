import { parseStackPolicy, policyBytesMax } from '../engine/stack-policy.ts';
import { type FormMembers, formFlag, formText } from '../wire/query-protocol.ts';
import { type Answer, answer, constraintError, validationError } from '../wire/service-error.ts';
import type { Action, CloudTools } from './action.ts';
import { fetchTemplate } from './fetch-template.ts';
import { findStack } from './find-stack.ts';
import { requestedStack } from './requested-stack.ts';

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

export const setStackPolicy: Action = async (tools, call) => {
  const policy = await readStackPolicy(tools, call.input, 'StackPolicy');
  if (!policy.ok) return policy;
  const body = policy.value;
  if (body === undefined) return validationError('Either StackPolicyBody or StackPolicyURL must be specified.');
  const requested = await requestedStack(tools, call, 'SetStackPolicy');
  if (!requested.ok) return requested;
  const { stack } = requested.value;
  stack.policyBody = body;
  tools.state.noteStack(stack);
  return answer({});
};

/** The policy that a request sends as text or by its address. */
export async function readStackPolicy(
  { state }: CloudTools,
  input: FormMembers,
  member: 'StackPolicy' | 'StackPolicyDuringUpdate',
): Promise<Answer<string | undefined>> {
  const [body, url] = [formText(input, `${member}Body`), formText(input, `${member}URL`)];
  if (body === undefined && url === undefined) return answer(undefined);
  if (body !== undefined && url !== undefined) {
    return validationError(`You cannot specify both ${member}Body and ${member}URL.`);
  }
  const fetched = url === undefined ? undefined : await fetchTemplate(state, url);
  if (fetched && !fetched.ok) return fetched;
  const text = body ?? fetched?.value.body ?? '';
  if (Buffer.byteLength(text) <= policyBytesMax && parseStackPolicy(text)) return answer(text);
  return validationError('Error validating stack policy: Invalid stack policy');
}

export const getStackPolicy: Action = async (tools, call) => {
  const name = formText(call.input, 'StackName') ?? '';
  const stack = await findStack(tools, call.caller, name);
  if (!stack) return validationError(`Stack: [${name}] does not exist`);
  return answer({ StackPolicyBody: stack.policyBody });
};

/** The quotas of a new account of the real service, or what the control door has made of them. */
export const describeAccountLimits: Action = async ({ state }) =>
  answer({
    AccountLimits: [
      { Name: 'StackLimit', Value: state.settings.quotas.stacks },
      { Name: 'StackOutputsLimit', Value: 200 },
      { Name: 'ConcurrentResourcesLimit', Value: 2500 },
    ],
  });
