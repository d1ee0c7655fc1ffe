import { changesTo } from '../engine/compare-goal.ts';
import { newStack } from '../engine/new-stack.ts';
import type { Understood } from '../engine/stack-goal.ts';
import type { ChangeSet, ResourceChange } from '../state/change-set.ts';
import {
  can,
  type OnFailure,
  onFailures,
  type ResourceToImport,
  type Stack,
  type TokenedRequest,
} from '../state/stack.ts';
import { formFlag, formText } from '../wire/query-protocol.ts';
import { type Answer, answer, constraintError, serviceError, validationError } from '../wire/service-error.ts';
import type { Action, Call, CloudTools } from './action.ts';
import { putFamily, putReviewStack } from './change-set-family.ts';
import { isStillFree, newStackIdentity, stackLimitProblem } from './create-stack.ts';
import { findStack } from './find-stack.ts';
import { importProblem, outputsProblem, readResourcesToImport } from './import-resources.ts';
import { tokenedRequest } from './repeated-request.ts';
import { noSuchStack } from './requested-stack.ts';
import { understandDefinition } from './stack-definition.ts';
import { newNameProblem, readStackInput, readToken, type StackInput } from './stack-input.ts';
import { goalProblem, updateProblem } from './update-stack.ts';
import { workOutChangeSet } from './work-out-change-set.ts';

const changeSetNamePattern = /^[a-zA-Z][-a-zA-Z0-9]*$/;
const types = ['CREATE', 'UPDATE', 'IMPORT'] as const;

interface ChangeSetInput extends StackInput {
  readonly name: string;
  readonly type: ChangeSet['type'];
  readonly resourcesToImport: readonly ResourceToImport[];
  readonly includesNested: boolean;
  readonly description?: string;
  readonly onStackFailure?: OnFailure;
  readonly request?: TokenedRequest;
}

export const createChangeSet: Action = async (tools, call) => {
  const input = readChangeSetInput(call);
  if (!input.ok) return input;
  const stack = await findStack(tools, call.caller, input.value.stackName);
  if (stack) {
    const repeated = await repeatedChangeSet(tools, stack, input.value);
    if (!repeated.ok) return repeated;
    if (repeated.value) return answer({ Id: repeated.value.id, StackId: stack.id });
  }
  const { type } = input.value;
  const isNew = type === 'CREATE' || (type === 'IMPORT' && (!stack || stack.status === 'REVIEW_IN_PROGRESS'));
  return isNew ? forNewStack(tools, call, input.value, stack) : forUpdate(tools, input.value, stack);
};

function readChangeSetInput(call: Call): Answer<ChangeSetInput> {
  const shared = readStackInput(call.input);
  if (!shared.ok) return shared;
  const token = readToken(call.input, 'ClientToken');
  if (!token.ok) return token;
  const name = formText(call.input, 'ChangeSetName');
  if (name === undefined) return constraintError('changeSetName', null, 'not be null');
  if (!changeSetNamePattern.test(name) || name.length > 128) {
    return constraintError('changeSetName', name, 'satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*');
  }
  const type = types.find((known) => known === (formText(call.input, 'ChangeSetType') ?? 'UPDATE'));
  if (!type) {
    return constraintError(
      'changeSetType',
      formText(call.input, 'ChangeSetType') ?? null,
      `satisfy enum value set: [${types.join(', ')}]`,
    );
  }
  if (formFlag(call.input, 'ImportExistingResources')) {
    return validationError(
      'The simulated cloud does not import resources by their names: name them in a change set of type IMPORT.',
    );
  }
  const includesNested = formFlag(call.input, 'IncludeNestedStacks') ?? false;
  if (includesNested && type === 'IMPORT') {
    return validationError('The simulated cloud does not import into nested stacks: leave out IncludeNestedStacks.');
  }
  return answer({
    ...shared.value,
    name,
    type,
    includesNested,
    resourcesToImport: readResourcesToImport(call.input),
    description: formText(call.input, 'Description'),
    onStackFailure: onFailures.find((known) => known === formText(call.input, 'OnStackFailure')),
    token: token.value,
    request: tokenedRequest(call, 'CreateChangeSet', token.value),
  });
}

/** The change set that the same request has made before. */
async function repeatedChangeSet(
  { state }: CloudTools,
  stack: Stack,
  { name, request }: ChangeSetInput,
): Promise<Answer<ChangeSet | undefined>> {
  const known = (await state.changeSets(stack)).get(name);
  if (!known) return answer(undefined);
  if (request && known.request?.token === request.token && known.request.inputHash === request.inputHash) {
    return answer(known);
  }
  return serviceError('AlreadyExistsException', `ChangeSet ${name} already exists`);
}

async function forNewStack(tools: CloudTools, call: Call, input: ChangeSetInput, existing: Stack | undefined) {
  const taken = validationError(
    `Stack [${input.stackName}] already exists and cannot be created again with the changeSet [${input.name}].`,
  );
  if (existing && existing.status !== 'REVIEW_IN_PROGRESS') return taken;
  const wrongName = newNameProblem(input.stackName);
  if (wrongName) return wrongName;
  const account = await tools.state.account(call.caller.accountId);
  const tooMany = existing ? undefined : stackLimitProblem(tools, account, call.caller.region);
  if (tooMany) return tooMany;
  const identity = existing ?? newStackIdentity(tools, call.caller, account, input.stackName);
  const understood = await understandDefinition(tools, identity, input);
  if (!understood.ok) return understood;
  if (!existing && !isStillFree(account, identity)) return taken;
  const imports =
    input.type === 'IMPORT'
      ? importRefusal(
          tools,
          existing ?? newStack(identity, understood.value.definition, tools.state.now()),
          input,
          understood.value,
        )
      : undefined;
  if (imports) return imports;
  const stack = existing ?? newStack(identity, understood.value.definition, tools.state.now());
  if (!existing) putReviewStack(tools, stack);
  return putChangeSet(tools, stack, input, understood.value);
}

async function forUpdate(tools: CloudTools, input: ChangeSetInput, stack: Stack | undefined) {
  if (!stack || stack.status === 'DELETE_COMPLETE') return noSuchStack(input.stackName);
  const refused = can(stack, 'changeSet') ? undefined : updateProblem(stack);
  if (refused) return refused;
  const understood = await understandDefinition(tools, stack, input, stack.definition);
  if (!understood.ok) return understood;
  const problem = goalProblem(stack, understood.value.goal);
  if (problem) return problem;
  const refusal = input.type === 'IMPORT' ? importRefusal(tools, stack, input, understood.value) : undefined;
  if (refusal) return refusal;
  return putChangeSet(tools, stack, input, understood.value);
}

function importRefusal(
  { state }: CloudTools,
  stack: Stack,
  { resourcesToImport }: ChangeSetInput,
  { definition, goal }: Understood,
) {
  const account = state.loadedAccount(stack.accountId);
  const exported = (name: string) => account.export(stack.region, name)?.value;
  const problem = importProblem(stack, goal, resourcesToImport, changesTo(stack, goal, definition.tags, exported));
  if (problem) return problem;
  const outputs = outputsProblem(stack, goal);
  return outputs.ok ? undefined : outputs;
}

/** What is imported is not made. */
function shownChanges(
  changes: readonly ResourceChange[],
  { type, resourcesToImport }: ChangeSetInput,
): ResourceChange[] {
  return changes.map((change) => {
    const imported = resourcesToImport.find(({ logicalId }) => type === 'IMPORT' && logicalId === change.logicalId);
    if (!imported) return change;
    return { ...change, action: 'Import', physicalId: Object.values(imported.identifier).join('|') };
  });
}

async function putChangeSet(tools: CloudTools, stack: Stack, input: ChangeSetInput, understood: Understood) {
  const { state } = tools;
  const { name, type, description, onStackFailure, request, includesNested } = input;
  const taken = serviceError('AlreadyExistsException', `ChangeSet ${name} already exists`);
  const changeSets = await state.changeSets(stack);
  if (changeSets.has(name)) return taken;
  const [worked, below] = await workOutChangeSet(tools, { stack, understood, name, type, includesNested });
  if (changeSets.has(name)) return taken; // somebody was quicker while templates were fetched
  const changeSet: ChangeSet = {
    ...worked,
    description,
    changes: shownChanges(worked.changes, input),
    resourcesToImport: type === 'IMPORT' ? input.resourcesToImport : undefined,
    onStackFailure,
    request,
  };
  changeSets.set(changeSet.name, changeSet);
  state.noteStack(stack);
  state.noteChangeSet(changeSet);
  await putFamily(tools, below);
  return answer({ Id: changeSet.id, StackId: stack.id });
}
