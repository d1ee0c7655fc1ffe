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
  readonly onStackFailure?: OnFailure;
  readonly request?: TokenedRequest;
}

export const changeSetReasons = {
  nothing: "The submitted information didn't contain changes. Submit different information to create a change set.",
  nothingProcessed: 'No updates are to be performed.',
} as const;

/** A change set was computed against the stack as it was then; after any other change it is worth nothing. */
export function executionStatusOf(changeSet: ChangeSet, stack: Stack): ExecutionStatus {
  const outdated = stack.updatedAt !== undefined && stack.updatedAt > changeSet.createdAt;
  return outdated && changeSet.executionStatus === 'AVAILABLE' ? 'OBSOLETE' : changeSet.executionStatus;
}
