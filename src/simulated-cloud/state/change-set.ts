import type { Json } from './json.ts';
import type { OnFailure, ResourceToImport, Stack, StackDefinition, TokenedRequest } from './stack.ts';

export type ChangeSetStatus = 'CREATE_COMPLETE' | 'FAILED';
export type ExecutionStatus =
  | 'AVAILABLE'
  | 'UNAVAILABLE'
  | 'EXECUTE_IN_PROGRESS'
  | 'EXECUTE_COMPLETE'
  | 'EXECUTE_FAILED'
  | 'OBSOLETE';

/** What executing a change set would do to one resource. Source: CloudFormation API reference, ResourceChange. */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Import';
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly policyAction?:
    | 'Delete'
    | 'Retain'
    | 'Snapshot'
    | 'ReplaceAndDelete'
    | 'ReplaceAndRetain'
    | 'ReplaceAndSnapshot';
  readonly replacement?: 'True' | 'False' | 'Conditional';
  readonly scope: readonly ChangeScope[];
  readonly details: readonly ChangeDetail[];
  readonly before?: Json;
  readonly after?: Json;
  /** Of a nested stack that has a change set of its own. */
  readonly changeSetId?: string;
}

export type ChangeScope =
  | 'Properties'
  | 'Metadata'
  | 'CreationPolicy'
  | 'UpdatePolicy'
  | 'DeletionPolicy'
  | 'UpdateReplacePolicy'
  | 'Tags';

export interface ChangeDetail {
  readonly attribute: ChangeScope;
  /** The property, when the attribute is Properties. */
  readonly name?: string;
  readonly requiresRecreation: 'Never' | 'Conditionally' | 'Always';
  /** `Dynamic`: whether the value changes is known only when it is done. */
  readonly evaluation: 'Static' | 'Dynamic';
  readonly source:
    | 'ResourceReference'
    | 'ParameterReference'
    | 'ResourceAttribute'
    | 'DirectModification'
    | 'Automatic';
  /** The resource, attribute or parameter that makes it change. */
  readonly causingEntity?: string;
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly type: 'CREATE' | 'UPDATE' | 'IMPORT';
  /** Of an import. */
  readonly resourcesToImport?: readonly ResourceToImport[];
  readonly description?: string;
  readonly createdAt: Date;
  readonly definition: StackDefinition;
  readonly status: ChangeSetStatus;
  readonly statusReason?: string;
  executionStatus: ExecutionStatus;
  readonly changes: readonly ResourceChange[];
  /** The change sets of its nested stacks, those that would not change included. Absent: they were not asked for. */
  readonly nested?: readonly NestedChangeSet[];
  /** Of the change set of a nested stack: the one of its parent, and the one at the top. */
  readonly parentId?: string;
  readonly rootId?: string;
  readonly onStackFailure?: OnFailure;
  readonly request?: TokenedRequest;
}

export interface NestedChangeSet {
  readonly logicalId: string;
  readonly stackId: string;
  readonly id: string;
}

/** Source: aws/copilot-cli#4426 (nothing changes), aws/aws-sam-cli#2406 (failed), aws-amplify/amplify-cli#14764 (by root). */
export const changeSetReasons = {
  nothing: "The submitted information didn't contain changes. Submit different information to create a change set.",
  nothingProcessed: 'No updates are to be performed.',
  byRoot: 'Only executable from the root change set.',
  nestedFailed: (id: string) => `Nested change set ${id} was not successfully created: Currently in FAILED.`,
} as const;

/** Whether it failed for no other reason than that nothing would change. */
export function isEmptyChangeSet({ status, statusReason }: ChangeSet): boolean {
  const { nothing, nothingProcessed } = changeSetReasons;
  return status === 'FAILED' && (statusReason === nothing || statusReason === nothingProcessed);
}

/** A change set was computed against the stack as it was then; after any other change it is worth nothing. */
export function executionStatusOf(changeSet: ChangeSet, stack: Stack): ExecutionStatus {
  const outdated = stack.updatedAt !== undefined && stack.updatedAt > changeSet.createdAt;
  return outdated && changeSet.executionStatus === 'AVAILABLE' ? 'OBSOLETE' : changeSet.executionStatus;
}
