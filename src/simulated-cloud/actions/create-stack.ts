import { type NewStackIdentity, newStack, putStackIn } from '../engine/new-stack.ts';
import { beginOperation } from '../engine/stack-engine.ts';
import { drawFrom } from '../physical-ids/draw.ts';
import type { AccountIndex } from '../state/account-index.ts';
import type { Place } from '../state/place.ts';
import { newOperation, type OnFailure, onFailures, type Stack, stackArn, type TokenedRequest } from '../state/stack.ts';
import { formFlag, formText } from '../wire/query-protocol.ts';
import { type Answer, answer, constraintError, serviceError, validationError } from '../wire/service-error.ts';
import type { XmlMembers } from '../wire/xml.ts';
import type { Action, Call, CloudTools } from './action.ts';
import { findStack } from './find-stack.ts';
import { isRepeated, rememberRequest, tokenedRequest } from './repeated-request.ts';
import { understandDefinition } from './stack-definition.ts';
import { newNameProblem, readStackInput } from './stack-input.ts';
import { readStackPolicy } from './stack-settings.ts';

export const createStack: Action = async (tools, call) => {
  const input = readStackInput(call.input);
  if (!input.ok) return input;
  const { stackName, token } = input.value;
  const wrongName = newNameProblem(stackName);
  if (wrongName) return wrongName;
  const options = readCreateOptions(call);
  if (!options.ok) return options;
  const policy = await readStackPolicy(tools, call.input, 'StackPolicy');
  if (!policy.ok) return policy;
  const request = tokenedRequest(call, 'CreateStack', token);

  const answered = await answeredBefore(tools, call, stackName, request);
  if (answered) return answered;
  const account = await tools.state.account(call.caller.accountId);
  const tooMany = stackLimitProblem(tools, account, call.caller.region);
  if (tooMany) return tooMany;
  const identity = newStackIdentity(tools, call.caller, account, stackName);
  const understood = await understandDefinition(tools, identity, input.value);
  if (!understood.ok) return understood;
  // Somebody may have been quicker while the template was fetched.
  if (!isStillFree(account, identity)) {
    return (await answeredBefore(tools, call, stackName, request)) ?? alreadyExists(stackName);
  }

  const at = tools.state.now();
  const { onFailure, ...settings } = options.value;
  const stack: Stack = {
    ...newStack(identity, understood.value.definition, at),
    ...settings,
    policyBody: policy.value,
  };
  rememberRequest(stack, request);
  putStack(tools, account, stack);
  const operation = newOperation({ kind: 'create', phase: 'forward', startedAt: at, onFailure, token });
  beginOperation({ stack, world: tools.world, at }, operation, 'CREATE_IN_PROGRESS', 'User Initiated');
  tools.engine.drive(stack);
  return answer({ StackId: stack.id });
};

/** The answer where the name is taken: the same as before to the same request, else a refusal. */
async function answeredBefore(
  tools: CloudTools,
  call: Call,
  stackName: string,
  request: TokenedRequest | undefined,
): Promise<Answer<XmlMembers> | undefined> {
  const existing = await findStack(tools, call.caller, stackName);
  if (!existing) return undefined;
  const repeated = isRepeated(existing, request);
  if (!repeated.ok) return repeated;
  return repeated.value ? answer({ StackId: existing.id }) : alreadyExists(stackName);
}

/** Whether no stack has had the name since the identity was made. */
export function isStillFree(account: AccountIndex, { region, name, ordinal }: NewStackIdentity): boolean {
  const latest = account.stackNamed(region, name);
  return !latest?.live && (latest?.ordinal ?? 0) === ordinal - 1;
}

export function stackLimitProblem({ state }: CloudTools, account: AccountIndex, region: string) {
  if (account.liveStacks(region) < state.settings.quotas.stacks) return undefined;
  return serviceError('LimitExceededException', 'Limit for stack has been exceeded');
}

function alreadyExists(stackName: string) {
  return serviceError('AlreadyExistsException', `Stack [${stackName}] already exists`);
}

interface CreateOptions {
  readonly onFailure: OnFailure;
  readonly disableRollback: boolean;
  readonly timeoutMinutes?: number;
  readonly terminationProtection: boolean;
  readonly retainExceptOnCreate: boolean;
}

function readCreateOptions({ input }: Call): Answer<CreateOptions> {
  const disableRollback = formFlag(input, 'DisableRollback');
  const onFailure = formText(input, 'OnFailure');
  if (disableRollback !== undefined && onFailure !== undefined) {
    return validationError('You can specify either DisableRollback or OnFailure, but not both.');
  }
  const known = onFailures.find((value) => value === onFailure);
  if (onFailure !== undefined && !known) {
    return constraintError('onFailure', onFailure, 'satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]');
  }
  const timeout = formText(input, 'TimeoutInMinutes');
  const timeoutMinutes = timeout === undefined ? undefined : Number(timeout);
  if (timeoutMinutes !== undefined && !(timeoutMinutes >= 1)) {
    return constraintError('timeoutInMinutes', timeout ?? '', 'have value greater than or equal to 1');
  }
  return answer({
    onFailure: known ?? (disableRollback ? 'DO_NOTHING' : 'ROLLBACK'),
    disableRollback: disableRollback ?? onFailure === 'DO_NOTHING',
    timeoutMinutes,
    terminationProtection: formFlag(input, 'EnableTerminationProtection') ?? false,
    retainExceptOnCreate: formFlag(input, 'RetainExceptOnCreate') ?? false,
  });
}

/** The same name in the same place always gives the same ids, one after the other. */
export function newStackIdentity(
  { state }: CloudTools,
  { accountId, region }: Place,
  account: AccountIndex,
  name: string,
): NewStackIdentity {
  const ordinal = (account.stackNamed(region, name)?.ordinal ?? 0) + 1;
  const uuid = drawFrom(state.seed, accountId, region, name, ordinal).uuid();
  return { id: stackArn({ accountId, region }, name, uuid), accountId, region, name, ordinal };
}

export function putStack({ state }: CloudTools, account: AccountIndex, stack: Stack): void {
  state.adopt(stack);
  putStackIn(account, stack);
  state.noteStack(stack);
}
