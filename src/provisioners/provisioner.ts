import type { Refusal, Result, SourcePosition } from '../errors/index.ts';

/** Where a part of a deployment lands, and as whom we act there. */
export interface Placement {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
  /** Assumed before every call; absent: the server's own credentials. */
  readonly roleArn?: string;
}

/** Whether two are one account and region, as whomever we act there. */
export function isSamePlace(
  one: Pick<Placement, 'accountId' | 'region'>,
  other: Pick<Placement, 'accountId' | 'region'>,
): boolean {
  return one.accountId === other.accountId && one.region === other.region;
}

/** What a provisioner works on. A stack (or a work folder, or a pull request) has one subject for life. */
export interface Subject {
  readonly placement: Placement;
  /** Stable for the life of the resource: `AWSProton-<kind>-<name>-<8 hex>`. */
  readonly stackName: string;
  /** The provider's own identifier of what was last begun there, where it is known: found by it even when it is gone. */
  readonly stackId?: string;
}

export interface ApplyRequest extends Subject {
  /** The same token never starts two things: the deployment's id. */
  readonly token: string;
  /** Resources to give up where a failed rollback has to be continued first: they stay as they are, unknown to it. */
  readonly rollbackSkips?: readonly string[];
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DeleteRequest extends Subject {
  readonly token: string;
}

/** What the provider says it would do. `id` is kept so that exactly this can be looked up again. */
export interface ResourcePreview {
  /** In a nested stack `Nested/Resource`. */
  readonly logicalId: string;
  readonly type: string;
  readonly action: 'add' | 'modify' | 'remove' | 'import' | 'dynamic';
  readonly replacement: 'yes' | 'no' | 'maybe';
  /** What a policy leaves of one that goes or is replaced. Absent: nothing. */
  readonly kept?: 'retained' | 'snapshot';
  readonly physicalId?: string;
  readonly properties: readonly string[];
}

export interface Preview {
  /** `create`: everything in the template is new. `unknown`: the provider cannot say now; `reason` tells why. */
  readonly kind: 'create' | 'update' | 'no-change' | 'unknown';
  readonly reason?: string;
  /** Those in nested stacks, too, where `unseen` says so. */
  readonly resources: readonly ResourcePreview[];
  /** Nested stacks that it cannot say what happens in; absent: it says nothing of what is in any. */
  readonly unseen?: readonly string[];
}

export interface ProvisionerEvent {
  readonly id: string;
  readonly at: Date;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  /** The provider's own word, e.g. CREATE_FAILED. */
  readonly status: string;
  readonly reason?: string;
}

export interface ProvisionedResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
}

/** What the cloud's own rules say of a resource. `not-evaluated`: no rule has looked at it. */
export interface ResourceCompliance {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly compliance: 'compliant' | 'non-compliant' | 'not-evaluated';
  readonly rules: readonly {
    readonly name: string;
    /** The service's own word, e.g. NON_COMPLIANT. */
    readonly result: string;
    readonly annotation?: string;
    readonly at?: Date;
  }[];
}

/** One look at the provider. Looking changes nothing and may be repeated at will. */
export type Observation =
  | { readonly state: 'in-progress'; readonly message?: string }
  | {
      readonly state: 'succeeded';
      /** False when the provider found nothing to do ("No updates are to be performed"). */
      readonly changed: boolean;
      readonly stackId: string;
      readonly outputs: Readonly<Record<string, string>>;
      readonly resources: readonly ProvisionedResource[];
    }
  | {
      readonly state: 'failed';
      readonly stackId?: string;
      /** What is left in the cloud: everything undone, a part of it, or nothing undone. */
      readonly undone: 'all' | 'part' | 'nothing';
      readonly refusal: Refusal;
      /** The resources that failed first, with the provider's own message. */
      readonly causes: readonly { readonly logicalId: string; readonly type: string; readonly reason: string }[];
    }
  | { readonly state: 'cancelled'; readonly stackId?: string; readonly undone: 'all' | 'part' | 'nothing' }
  | {
      readonly state: 'deleted';
      /** What the template lets live on, where the provider says so; absent: nothing. */
      readonly retained?: readonly ProvisionedResource[];
    };

/** What may be sent back to the author's file; the deployment maps it with the rendering's source map. */
export interface LocatedResource {
  readonly logicalId: string;
  readonly position: SourcePosition;
}

/** What became of a request to begin. Each call makes at most one change in the cloud. */
export type Start =
  /** The provider works on this token (or has finished it): observe it. */
  | { readonly begun: 'yes'; readonly stackId?: string }
  /** The provider found nothing to do; observe with operation `none` for the outputs, `delete` for what was retained. */
  | { readonly begun: 'nothing-to-do' }
  /** Only of a removal: the provider knows nothing of what was begun there. No proof that its resources are gone. */
  | { readonly begun: 'no-trace'; readonly message: string }
  /** A former dead state is being cleared away first (e.g. ROLLBACK_COMPLETE is deleted): call again after a while. */
  | { readonly begun: 'not-yet'; readonly message: string };

/**
 * The contract of every way to provision. A provisioner never decides and never renders.
 * All methods may be called again after a crash: `start` and `remove` are idempotent by token.
 */
export interface Provisioner {
  readonly method: 'cloudformation' | 'command' | 'pull-request' | 'opentofu';
  /** What the cloud's own rules say of resources that were provisioned there. Absent: it cannot be asked. */
  compliance?(
    placement: Placement,
    resources: readonly ProvisionedResource[],
  ): Promise<Result<readonly ResourceCompliance[]>>;
  /** Asks the provider what `request` would do; leaves nothing behind. */
  preview(request: ApplyRequest): Promise<Result<Preview>>;
  /** Creates or updates. Takes the way out of every former failed state first; never deletes a live stack. */
  start(request: ApplyRequest): Promise<Result<Start>>;
  /**
   * How the operation with this token stands. `none`: no operation of ours, only how the thing is now.
   * An `apply` that was cancelled is seen as `cancelled`, or as `failed` with everything undone.
   */
  observe(subject: Subject, token: string, operation: 'apply' | 'delete' | 'none'): Promise<Result<Observation>>;
  /** Asks the provider to stop what this token began; best effort, idempotent. What follows is seen by `observe`. */
  cancel(subject: Subject, token: string): Promise<Result<void>>;
  /**
   * Deletes. Never needs the template. What is not there counts as deleted when nothing is known to have been begun
   * (no `stackId`), or when the provider itself says that this one was deleted; else it leaves `no-trace`.
   */
  remove(request: DeleteRequest): Promise<Result<Start>>;
  /**
   * Events of the operation with this token, oldest first, complete.
   * @param afterId the last event that is known already: only what came after it is read and given
   */
  events(subject: Subject, token: string, afterId?: string): Promise<Result<readonly ProvisionerEvent[]>>;
}
