import { resourceSchema } from '../../cloudformation/index.ts';
import type { StackGoal } from '../engine/stack-goal.ts';
import type { ResourceChange } from '../state/change-set.ts';
import { isThere, type ResourceToImport, type Stack } from '../state/stack.ts';
import { type FormMembers, formStructures, formText } from '../wire/query-protocol.ts';
import { type Answer, answer, validationError } from '../wire/service-error.ts';

export function readResourcesToImport(input: FormMembers): readonly ResourceToImport[] {
  return (formStructures(input, 'ResourcesToImport') ?? []).map((resource) => ({
    logicalId: formText(resource, 'LogicalResourceId') ?? '',
    type: formText(resource, 'ResourceType') ?? '',
    identifier: identifierIn(resource.ResourceIdentifier),
  }));
}

/** A map of the query protocol: `entry.1.key`, `entry.1.value`. */
function identifierIn(value: FormMembers[string] | undefined): Record<string, string> {
  const entries = isMembers(value) && isMembers(value.entry) ? Object.values(value.entry).filter(isMembers) : [];
  return Object.fromEntries(entries.map((entry) => [formText(entry, 'key') ?? '', formText(entry, 'value') ?? '']));
}

function isMembers(value: FormMembers[string] | undefined): value is FormMembers {
  return typeof value === 'object' && !Array.isArray(value);
}

/**
 * Why these resources cannot be imported so: an import only adds what it imports, and each must say what becomes of it.
 * Source: user guide, "Import AWS resources into a CloudFormation stack".
 * @param others what the template changes besides
 */
export function importProblem(
  stack: Stack,
  goal: StackGoal,
  resources: readonly ResourceToImport[],
  others: readonly ResourceChange[],
): ReturnType<typeof validationError> | undefined {
  if (resources.length === 0)
    return validationError('ResourcesToImport must be specified for a change set of type IMPORT.');
  const named = new Set(resources.map(({ logicalId }) => logicalId));
  for (const { logicalId, type, identifier } of resources) {
    const declared = goal.evaluated.resources.get(logicalId);
    if (!declared) return validationError(`Resource ${logicalId} to import does not exist in the template`);
    if (isThere(stack.resources.get(logicalId)))
      return validationError(`Resource ${logicalId} already exists in the stack`);
    if (declared.type !== type) {
      return validationError(`Resource type ${type} does not match the type ${declared.type} of resource ${logicalId}`);
    }
    if (goal.template.resources.get(logicalId)?.deletionPolicy === undefined) {
      return validationError(
        `DeletionPolicy must be specified in the template for resource ${logicalId} to be imported`,
      );
    }
    const parts = identifierParts(type);
    const missing = parts.filter((part) => !identifier[part]);
    if (missing.length > 0 || Object.keys(identifier).some((part) => !parts.includes(part))) {
      return validationError(
        `Invalid resource identifier for ${logicalId}: ${type} is identified by [${parts.join(', ')}]`,
      );
    }
  }
  const added = others.filter(({ action, logicalId }) => action === 'Add' && !named.has(logicalId));
  if (added.length > 0) {
    return validationError(
      `Resources [${added.map(({ logicalId }) => logicalId).join(', ')}] is missing from ResourceToImport list`,
    );
  }
  const touched = others.filter(({ action }) => action !== 'Add');
  if (touched.length === 0) return undefined;
  return validationError(
    `You have modified resources [${touched.map(({ logicalId }) => logicalId).join(', ')}] in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.`,
  );
}

function identifierParts(type: string): readonly string[] {
  return resourceSchema(type)?.primaryIdentifier ?? [];
}

/** Outputs come and go by an update, not by an import. */
export function outputsProblem(stack: Stack, goal: StackGoal): Answer<undefined> {
  const before = stack.outputs.map(({ key }) => key);
  if ([...goal.evaluated.outputs.keys()].every((key) => before.includes(key))) return answer(undefined);
  return validationError('As part of the import operation, you cannot modify or add [Outputs]');
}
