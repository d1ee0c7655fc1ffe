import type { NameClaim } from '../physical-ids/identity.ts';
import type { Json, JsonObject } from './json.ts';
import { partitionOf } from './place.ts';
import type { DriftFinding, ResourceDrift } from './resource-drift.ts';
import type { TemplateText } from './template-text.ts';

/** The states of a stack. Source: AWS CloudFormation user guide, "Stack status codes". */
export const stackStatuses = [
  'CREATE_IN_PROGRESS',
  'CREATE_FAILED',
  'CREATE_COMPLETE',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_FAILED',
  'ROLLBACK_COMPLETE',
  'DELETE_IN_PROGRESS',
  'DELETE_FAILED',
  'DELETE_COMPLETE',
  'UPDATE_IN_PROGRESS',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_IN_PROGRESS',
  'UPDATE_ROLLBACK_FAILED',
  'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'REVIEW_IN_PROGRESS',
  'IMPORT_IN_PROGRESS',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_IN_PROGRESS',
  'IMPORT_ROLLBACK_FAILED',
  'IMPORT_ROLLBACK_COMPLETE',
] as const;
export type StackStatus = (typeof stackStatuses)[number];

const changeable = [
  ...(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_FAILED'] as const),
  ...(['IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'] as const),
] as const;

/** What may be asked of a stack in which state. Anything else is answered with a ValidationError. */
export const stackCan = {
  update: [...changeable, 'CREATE_FAILED'],
  /** A deletion may interrupt a creation and its rollback. */
  delete: [
    'CREATE_IN_PROGRESS',
    'CREATE_FAILED',
    'CREATE_COMPLETE',
    'ROLLBACK_IN_PROGRESS',
    'ROLLBACK_FAILED',
    'ROLLBACK_COMPLETE',
    'DELETE_FAILED',
    'UPDATE_COMPLETE',
    'UPDATE_FAILED',
    'UPDATE_ROLLBACK_FAILED',
    'UPDATE_ROLLBACK_COMPLETE',
    'REVIEW_IN_PROGRESS',
    'IMPORT_COMPLETE',
    'IMPORT_ROLLBACK_FAILED',
    'IMPORT_ROLLBACK_COMPLETE',
  ],
  cancelUpdate: ['UPDATE_IN_PROGRESS'],
  continueRollback: ['UPDATE_ROLLBACK_FAILED'],
  rollBack: ['CREATE_FAILED', 'UPDATE_FAILED'],
  /** A change set of type UPDATE may be made; of type CREATE only in REVIEW_IN_PROGRESS or for a new stack. */
  changeSet: [...changeable, 'CREATE_FAILED'],
} as const satisfies Record<string, readonly StackStatus[]>;

export function can(stack: Stack, what: keyof typeof stackCan): boolean {
  if (what === 'update' && stack.status === 'CREATE_FAILED') return stack.disableRollback;
  return (stackCan[what] as readonly StackStatus[]).includes(stack.status);
}

export type ResourceStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_FAILED'
  | 'CREATE_COMPLETE'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_FAILED'
  | 'UPDATE_COMPLETE'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED'
  | 'DELETE_COMPLETE'
  | 'DELETE_SKIPPED'
  | 'IMPORT_IN_PROGRESS'
  | 'IMPORT_FAILED'
  | 'IMPORT_COMPLETE';

export type RetentionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';

/** A resource of a stack as it is now. Everything is replaced, not changed, so that a copy by reference is a snapshot. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  /** Absent until the creation was initiated. */
  readonly physicalId?: string;
  readonly status: ResourceStatus;
  readonly statusReason?: string;
  readonly updatedAt: Date;
  /** As last handed to the resource's own service: intrinsic functions are evaluated. */
  readonly properties: JsonObject;
  readonly attributes: JsonObject;
  readonly metadata?: Json;
  readonly deletionPolicy: RetentionPolicy;
  readonly updateReplacePolicy: RetentionPolicy;
  /** Logical ids that it was made from or waits for; deletion goes against these. */
  readonly dependsOn: readonly string[];
  /** Counts the physical resources under this logical id, from 1. */
  readonly generation: number;
  /** Counts the resources of the stack in the order of their creation, from 1. */
  readonly position: number;
  /** What somebody has done to it outside CloudFormation. */
  readonly drift?: ResourceDrift;
  /** What drift detection has found out last. */
  readonly driftFound?: DriftFinding;
  /** The name it holds, where names exist once. */
  readonly claim?: NameClaim;
}

export interface StackParameter {
  readonly key: string;
  /** As given or by default. */
  readonly value: string;
  /** What an SSM parameter type was resolved to. */
  readonly resolvedValue?: string;
  readonly noEcho: boolean;
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** What a stack is made from. */
export interface StackDefinition {
  readonly template: TemplateText;
  readonly description?: string;
  readonly parameters: readonly StackParameter[];
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
  readonly roleArn?: string;
}

export interface Stack {
  readonly id: string;
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  /** Counts the stacks that have had this name, from 1. */
  readonly ordinal: number;
  readonly createdAt: Date;
  /** Of a nested stack: the stack whose resource it is, and the one at the top. */
  readonly parentId?: string;
  readonly rootId?: string;
  updatedAt?: Date;
  deletedAt?: Date;
  status: StackStatus;
  statusReason?: string;
  definition: StackDefinition;
  outputs: readonly StackOutput[];
  /** Names of the exports that its resources or outputs read. */
  imports: readonly string[];
  disableRollback: boolean;
  timeoutMinutes?: number;
  terminationProtection: boolean;
  policyBody?: string;
  changeSetId?: string;
  /** Nested stacks that the executed change set has for those that come, by logical id. */
  reviewed?: Readonly<Record<string, string>>;
  retainExceptOnCreate: boolean;
  /** The latest states, oldest first: what a read that lags behind shows. */
  history?: readonly StatusMoment[];
  /** As of the last detection. */
  drift?: { readonly status: 'DRIFTED' | 'IN_SYNC'; readonly at: Date };
  /** Counts the detections. */
  driftDetections?: number;
  /** By logical id, in the order of creation. */
  readonly resources: Map<string, StackResource>;
  /** Of each logical id that the stack has ever had, the latest generation: no physical id is made twice. */
  readonly generations: Map<string, number>;
  operation?: Operation;
  /** The latest requests that came with a token, oldest first: the same request again is answered the same way. */
  requests: readonly TokenedRequest[];
  /** Number of the newest event. */
  eventCount: number;
  lastEventAt?: Date;
  /** Position of the newest resource. */
  resourceCount: number;
  /** The operation that failed and was left there: an update whose rollback failed or was switched off. */
  stuck?: Operation;
}

export interface StatusMoment {
  readonly status: StackStatus;
  readonly reason?: string;
  readonly at: Date;
}

export interface TokenedRequest {
  readonly action: string;
  readonly token: string;
  readonly inputHash: string;
}

export type OperationKind = 'create' | 'update' | 'delete' | 'import';

export type OperationPhase =
  /** Resources are brought to the definition. */
  | 'forward'
  /** What an update has replaced or removed is deleted. */
  | 'cleanup'
  /** A failed update is brought back to the former definition; a failed create goes to `delete` at once. */
  | 'restore'
  /** What a failed update had made is deleted. */
  | 'restore-cleanup'
  /** All resources are deleted: of a stack that is deleted, or whose creation failed. */
  | 'delete';

/** An operation in flight. Plain data: a restart goes on with it. */
export interface Operation {
  readonly kind: OperationKind;
  /** The client's request token: it stands on every event of the operation. */
  token?: string;
  phase: OperationPhase;
  readonly startedAt: Date;
  /** What a failed creation leads to. */
  readonly onFailure: OnFailure;
  /** An update's way back. */
  readonly former?: Former;
  /** By logical id, or by the key of a leftover. */
  readonly tasks: Map<string, Task>;
  /** What this phase has finished, by the same keys. */
  readonly done: Set<string>;
  /** What failed in this phase, by itself or because it was cancelled. */
  readonly failed: Map<string, TaskVerb>;
  /** Physical resources that this phase or the next one deletes, by key. */
  readonly leftovers: Map<string, Leftover>;
  /** Logical ids whose former physical resource was deleted before its successor was made: it cannot be gone back to. */
  readonly deletedFirst: Set<string>;
  /** Logical ids that a continued rollback leaves as they are, or that a deletion retains. */
  skip: ReadonlySet<string>;
  /** A deletion that leaves behind what it cannot delete. */
  readonly force: boolean;
  /** Why the operation as a whole failed, when that was not a resource: a missing export, a cancellation, a time-out. */
  stackReason?: string;
  /** Of an import: what it takes over, by logical id. */
  readonly imports?: ReadonlyMap<string, ResourceToImport>;
  /** Of an update: the stack policy that it has to keep, as JSON. */
  readonly policyBody?: string;
  /** Of a nested stack: its cleanup waits until its parent cleans up. */
  held?: boolean;
  /** A cleanup has left something behind that it could not delete. */
  gaveUp?: boolean;
  /** Counts the tasks begun: what the chance of a fault is drawn by. */
  attempts: number;
}

export const onFailures = ['ROLLBACK', 'DELETE', 'DO_NOTHING'] as const;
export type OnFailure = (typeof onFailures)[number];

export interface Former {
  readonly definition: StackDefinition;
  readonly imports: readonly string[];
  readonly outputs: readonly StackOutput[];
  /** Each resource that the update has touched, as it was before; null: it did not exist. */
  readonly resources: Map<string, StackResource | null>;
}

export interface Leftover {
  readonly resource: StackResource;
  /** Decides whether it is deleted. */
  readonly policy: RetentionPolicy;
  /** It was made by the operation that is being undone. */
  readonly justMade: boolean;
  attempts: number;
}

export type TaskVerb = 'create' | 'update' | 'delete' | 'import';

/** Work on one resource. Replaced, not changed. */
export interface Task {
  readonly verb: TaskVerb;
  /** It makes a physical resource: a creation or a replacement. */
  readonly makes: boolean;
  /** The physical resource that goes for it. */
  readonly replaces?: StackResource;
  /** It must go before the new one is made. */
  readonly deletesFirst: boolean;
  /** `requested`: the service has not answered yet; `initiated`: a physical resource is there. */
  readonly stage: 'requested' | 'initiated';
  readonly startedAt: Date;
  /** At clock scale 1. */
  readonly durationSeconds: number;
  /** What the resource will be when the task has ended well. */
  readonly result: StackResource;
  /** How it will fail instead. */
  readonly failure?: TaskFailure;
  /** What it does with a nested stack; its end is that stack's. */
  readonly nested?: NestedTask;
  /** The fault that lets it hang until the operation is cancelled or the fault is cleared. */
  readonly hangsByFault?: string;
}

export interface NestedTask {
  /** `restore`: a failed update of the parent takes it back. */
  readonly work: 'create' | 'update' | 'restore' | 'delete';
  /** Of one that is created. */
  readonly name?: string;
  /** The stack, as soon as its operation has begun. */
  readonly stackId?: string;
}

export interface TaskFailure {
  readonly reason: string;
  /** Whether a physical resource is there by then, which the rollback has to delete. */
  readonly afterInitiation: boolean;
}

export function newOperation(
  given: Pick<Operation, 'kind' | 'phase' | 'startedAt'> &
    Partial<Pick<Operation, 'token' | 'onFailure' | 'former' | 'skip' | 'force' | 'held' | 'policyBody' | 'imports'>>,
): Operation {
  return {
    onFailure: 'ROLLBACK',
    skip: new Set(),
    force: false,
    tasks: new Map(),
    done: new Set(),
    failed: new Map(),
    leftovers: new Map(),
    deletedFirst: new Set(),
    attempts: 0,
    ...given,
  };
}

export function stackArn(place: { accountId: string; region: string }, name: string, uuid: string): string {
  return `arn:${partitionOf(place.region)}:cloudformation:${place.region}:${place.accountId}:stack/${name}/${uuid}`;
}

const stackArnPattern = /^arn:aws[a-z-]*:cloudformation:([a-z0-9-]+):(\d{12}):stack\/([^/]+)\/([^/]+)$/;

export function isStackArn(nameOrId: string): boolean {
  return stackArnPattern.test(nameOrId);
}

/** Whether nothing is left of it but its record. */
export function isGone({ status }: StackResource): boolean {
  return status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED';
}

/** Whether a physical resource is there. */
export function isThere(
  resource: StackResource | undefined,
): resource is StackResource & { readonly physicalId: string } {
  return resource?.physicalId !== undefined && !isGone(resource);
}

/** A resource that somebody has made and a stack shall take over. Source: API reference, ResourceToImport. */
export interface ResourceToImport {
  readonly logicalId: string;
  readonly type: string;
  /** Names and values of what identifies it. */
  readonly identifier: Readonly<Record<string, string>>;
}
