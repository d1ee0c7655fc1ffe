import { setTimeout as delay } from 'node:timers/promises';
import {
  type Change,
  type CloudFormationClient,
  CreateChangeSetCommand,
  type CreateChangeSetCommandInput,
  DeleteChangeSetCommand,
  paginateDescribeChangeSet,
} from '@aws-sdk/client-cloudformation';
import { mayNest, nestedMax, nestedStackType, nestingMax } from '../../changes/index.ts';
import type { Clock } from '../../clock/index.ts';
import { accept, type Result, refuse } from '../../errors/index.ts';
import type { ApplyRequest, Preview, ResourcePreview } from '../provisioner.ts';
import { isAccessDenied, isChangeSetBusy, isNameTaken, saysNothingToDo } from './provider-refusal.ts';

const changeSetPollMs = 200;
const changeSetMsMax = 5 * 60 * 1000;

type StackInput = Omit<CreateChangeSetCommandInput, 'ChangeSetName' | 'ChangeSetType' | 'IncludeNestedStacks'>;

/**
 * What an update would do, by a change set made, read and deleted; with those of its nested stacks, where it may have some.
 * Where these fail, for reasons that an update need not meet (what one of them reads of another is not known yet), it is
 * asked again about the stack alone.
 * @refuses change-set-failed, change-set-late
 */
export async function previewUpdate(
  client: CloudFormationClient,
  clock: Clock,
  { stackName, token, template }: ApplyRequest,
  input: StackInput,
): Promise<Result<Preview>> {
  const asking = new Asking(client, clock, stackName);
  const name = `deuteron-${token}`;
  if (!mayNest(template)) return asking.preview({ ...input, ChangeSetName: name });
  const family = await asking.preview({ ...input, ChangeSetName: `${name}-nested`, IncludeNestedStacks: true });
  if (family.ok || family.refusal.code !== 'change-set-failed') return family;
  return asking.preview({ ...input, ChangeSetName: name });
}

interface ChangeSetSeen {
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly reason?: string;
  readonly changes: readonly Change[];
  /** Whether the service has followed what was asked about nested stacks. */
  readonly includesNested: boolean;
}

/** What is told of nested stacks, and how many of their change sets may still be read. */
interface Inside {
  readonly resources: ResourcePreview[];
  readonly unseen: string[];
  left: number;
}

class Asking {
  readonly #client: CloudFormationClient;
  readonly #clock: Clock;
  readonly #stackName: string;
  readonly #deadline: number;

  constructor(client: CloudFormationClient, clock: Clock, stackName: string) {
    this.#client = client;
    this.#clock = clock;
    this.#stackName = stackName;
    this.#deadline = clock.now().getTime() + changeSetMsMax;
  }

  async preview(input: StackInput & { readonly ChangeSetName: string; readonly IncludeNestedStacks?: boolean }) {
    const subject = { StackName: this.#stackName, ChangeSetName: input.ChangeSetName };
    if (!(await this.#create({ ...input, ...subject, ChangeSetType: 'UPDATE' }))) return this.#late();
    try {
      return await this.#read(subject);
    } finally {
      await this.#delete(subject).catch(() => undefined);
    }
  }

  /** One of the same name was left by a process that died, and may be busy, or on its way to be gone. */
  async #create(input: CreateChangeSetCommandInput): Promise<boolean> {
    const { StackName, ChangeSetName } = input;
    await this.#client.send(new DeleteChangeSetCommand({ StackName, ChangeSetName })).catch(() => undefined);
    while (this.#isTime()) {
      try {
        await this.#client.send(new CreateChangeSetCommand(input));
        return true;
      } catch (error) {
        if (!isNameTaken(error)) throw error;
        await delay(changeSetPollMs);
        await this.#client.send(new DeleteChangeSetCommand({ StackName, ChangeSetName })).catch(() => undefined);
      }
    }
    return false;
  }

  /** With those of its nested stacks; as long as one of these is being made it cannot be deleted. */
  async #delete(subject: { StackName: string; ChangeSetName: string }): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#client.send(new DeleteChangeSetCommand(subject));
        return;
      } catch (error) {
        if (!isChangeSetBusy(error) || tries === 10) throw error;
        await delay(changeSetPollMs);
      }
    }
  }

  #isTime(): boolean {
    return this.#clock.now().getTime() < this.#deadline;
  }

  async #read(subject: { StackName: string; ChangeSetName: string }): Promise<Result<Preview>> {
    const seen = await this.#settled(subject);
    if (!seen) return this.#late();
    const { status, reason, changes, includesNested } = seen;
    const told = includesNested ? { unseen: [] } : {};
    if (status === 'FAILED' && saysNothingToDo(reason)) return accept({ kind: 'no-change', resources: [], ...told });
    if (status === 'FAILED') {
      return refuse({
        kind: 'invalid',
        code: 'change-set-failed',
        message: `CloudFormation cannot plan the update of ${this.#stackName}: ${reason}`,
        remedy: 'Correct the template or its inputs as the message says.',
      });
    }
    if (!includesNested) return accept({ kind: 'update', resources: changes.map((change) => resourcePreview(change)) });
    const inside: Inside = { resources: [], unseen: [], left: nestedMax };
    await this.#look(changes, inside, []);
    return accept({ kind: 'update', resources: inside.resources, unseen: inside.unseen });
  }

  /** Each change, with what it does in the nested stack that it is. */
  async #look(changes: readonly Change[], inside: Inside, path: readonly string[]): Promise<void> {
    for (const change of changes) {
      const resource = resourcePreview(change, path);
      inside.resources.push(resource);
      if (resource.type !== nestedStackType || resource.action === 'remove') continue;
      const { ChangeSetId, LogicalResourceId = '' } = change.ResourceChange ?? {};
      const nested = ChangeSetId === undefined ? undefined : await this.#nested(ChangeSetId, inside, path.length + 1);
      if (nested) await this.#look(nested, inside, [...path, LogicalResourceId]);
      else inside.unseen.push(resource.logicalId);
    }
  }

  /** undefined: it cannot be said. */
  async #nested(ChangeSetName: string, inside: Inside, depth: number): Promise<readonly Change[] | undefined> {
    if (depth > nestingMax || inside.left === 0) return undefined;
    inside.left -= 1;
    try {
      const seen = await this.#settled({ ChangeSetName });
      if (seen?.status === 'CREATE_COMPLETE') return seen.changes;
      return saysNothingToDo(seen?.reason) ? [] : undefined;
    } catch (error) {
      if (isAccessDenied(error)) return undefined; // its stack may be none that our role reaches
      throw error;
    }
  }

  /** undefined: it is not made in time. */
  async #settled(subject: { StackName?: string; ChangeSetName: string }): Promise<ChangeSetSeen | undefined> {
    while (this.#isTime()) {
      const changes: Change[] = [];
      let status: string | undefined;
      let reason: string | undefined;
      let includesNested = false;
      for await (const page of paginateDescribeChangeSet({ client: this.#client }, subject)) {
        status = page.Status;
        reason = page.StatusReason;
        includesNested = page.IncludeNestedStacks ?? false;
        changes.push(...(page.Changes ?? []));
      }
      if (status === 'CREATE_COMPLETE' || status === 'FAILED') return { status, reason, changes, includesNested };
      await delay(changeSetPollMs);
    }
    return undefined;
  }

  #late(): Result<Preview> {
    return refuse({
      kind: 'unavailable',
      code: 'change-set-late',
      message: `CloudFormation has not finished the change set of ${this.#stackName} in ${changeSetMsMax / 60_000} minutes.`,
      remedy: 'It is tried again by itself.',
    });
  }
}

const previewActions = {
  Add: 'add',
  Modify: 'modify',
  Remove: 'remove',
  Import: 'import',
  Dynamic: 'dynamic',
} as const;

function resourcePreview({ ResourceChange: change }: Change, path: readonly string[] = []): ResourcePreview {
  const { PolicyAction: policy = '' } = change ?? {};
  const kept = policy.endsWith('Retain') ? 'retained' : policy.endsWith('Snapshot') ? 'snapshot' : undefined;
  return {
    logicalId: [...path, change?.LogicalResourceId ?? ''].join('/'),
    type: change?.ResourceType ?? '',
    physicalId: change?.PhysicalResourceId,
    action: previewActions[(change?.Action ?? 'Dynamic') as keyof typeof previewActions] ?? 'dynamic',
    replacement: change?.Replacement === 'True' ? 'yes' : change?.Replacement === 'Conditional' ? 'maybe' : 'no',
    ...(kept && { kept }),
    properties: [...new Set((change?.Details ?? []).flatMap(({ Target }) => (Target?.Name ? [Target.Name] : [])))],
  };
}
