import { accept, type Refusal, type Result } from '../../errors/index.ts';
import type {
  ApplyRequest,
  DeleteRequest,
  Observation,
  Preview,
  ProvisionedResource,
  Provisioner,
  ProvisionerEvent,
  Start,
  Subject,
} from '../../provisioners/index.ts';

/** What the fake provider does with an operation. */
export type Script =
  /** Works for this many looks, then succeeds. */
  | { readonly outcome: 'succeed'; readonly looks?: number; readonly outputs?: Readonly<Record<string, string>> }
  | {
      readonly outcome: 'fail';
      readonly looks?: number;
      readonly logicalId?: string;
      readonly reason?: string;
      /** What it takes back of a change; absent: all. */
      readonly undone?: 'all' | 'part' | 'nothing';
    }
  /** Never ends by itself; a cancel takes everything back. */
  | { readonly outcome: 'hang' }
  /** Never ends, not even when cancelled. */
  | { readonly outcome: 'hang-for-ever' }
  /** Says no at once; nothing was begun. */
  | { readonly outcome: 'refuse'; readonly refusal: Refusal };

interface FakeOperation {
  readonly kind: 'apply' | 'delete';
  readonly token: string;
  script: Script;
  looks: number;
  stopped: boolean;
  over: boolean;
}

interface FakeStack {
  exists: boolean;
  readonly stackId: string;
  template?: string;
  outputs: Readonly<Record<string, string>>;
  operation?: FakeOperation;
  /** The provider has lost its record. */
  isForgotten?: boolean;
  retained?: readonly ProvisionedResource[];
  readonly events: (ProvisionerEvent & { readonly token: string })[];
}

export type FakeCall = 'preview' | 'start' | 'observe' | 'cancel' | 'remove' | 'events';

/** A provider in memory that fulfils the contract and does what its script says. It outlives engines, as clouds do. */
export class FakeProvisioner implements Provisioner {
  readonly method = 'cloudformation';
  /** Every call that was answered, oldest first. */
  readonly calls: { call: FakeCall; stackName: string; token?: string }[] = [];
  /** Operations that were really begun, e.g. `create token`. */
  readonly begun: string[] = [];
  /** What every start asked for, by token. */
  readonly asked = new Map<string, ApplyRequest>();
  readonly #stacks = new Map<string, FakeStack>();
  #scripts: Script[] = [];
  #before: ((call: FakeCall, stackName: string) => Promise<void>) | undefined;
  #after: ((call: FakeCall, stackName: string) => Promise<void>) | undefined;
  #unreachable: Refusal | undefined;

  /** The scripts of the next operations, in order; without one they succeed at once. */
  script(...scripts: Script[]): void {
    this.#scripts.push(...scripts);
  }

  /** Called at every call, before it does anything; may wait or throw. */
  onCall(before: (call: FakeCall, stackName: string) => Promise<void>): void {
    this.#before = before;
  }

  /** Called after a call has done its work and before it answers: what dies here was accepted and not written down. */
  onAnswer(after: (call: FakeCall, stackName: string) => Promise<void>): void {
    this.#after = after;
  }

  /** Every call answers this until it is undefined again. */
  unreachable(refusal: Refusal | undefined): void {
    this.#unreachable = refusal;
  }

  reset(): void {
    this.calls.length = 0;
    this.begun.length = 0;
    this.#scripts = [];
    this.#before = undefined;
    this.#after = undefined;
    this.#unreachable = undefined;
  }

  /** Lets the operation that runs end well, whatever its script says. */
  finishNow(stackName: string): void {
    const operation = this.#named(stackName)?.operation;
    if (operation) operation.script = { outcome: 'succeed' };
  }

  /** The record of a stack is lost, or found again; its resources are not touched. */
  forget(stackName: string, isForgotten = true): void {
    const stack = this.#named(stackName);
    if (stack) stack.isForgotten = isForgotten;
  }

  /** What a deletion lets live on. */
  retain(stackName: string, retained: readonly ProvisionedResource[]): void {
    const stack = this.#named(stackName);
    if (stack) stack.retained = retained;
  }

  has(stackName: string): boolean {
    return this.#named(stackName)?.exists ?? false;
  }

  templateOf(stackName: string): string | undefined {
    return this.#named(stackName)?.template;
  }

  called(call: FakeCall): number {
    return this.calls.filter((each) => each.call === call).length;
  }

  async preview(request: ApplyRequest): Promise<Result<Preview>> {
    return this.#answer<Preview>('preview', request, request.token, () => {
      const stack = this.#stack(request);
      if (!stack.exists) return accept({ kind: 'create', resources: [] });
      return accept({ kind: stack.template === request.template ? 'no-change' : 'update', resources: [] });
    });
  }

  async start(request: ApplyRequest): Promise<Result<Start>> {
    return this.#answer<Start>('start', request, request.token, () => {
      this.asked.set(request.token, request);
      const stack = this.#stack(request);
      if (stack.operation?.token === request.token) return accept({ begun: 'yes', stackId: stack.stackId });
      if (stack.operation && !stack.operation.over) return accept({ begun: 'not-yet', message: 'busy' });
      if (stack.exists && stack.template === request.template) return accept({ begun: 'nothing-to-do' });
      const script = this.#scripts.shift() ?? { outcome: 'succeed' };
      if (script.outcome === 'refuse') return { ok: false, refusal: script.refusal };
      this.#begin(stack, 'apply', request.token, script);
      if (!stack.exists) stack.outputs = {};
      const made = { ...request, existed: stack.exists };
      this.#requests.set(request.token, made);
      stack.exists = true;
      this.begun.push(`${made.existed ? 'update' : 'create'} ${request.token}`);
      return accept({ begun: 'yes', stackId: stack.stackId });
    });
  }

  async observe(subject: Subject, token: string, operation: 'apply' | 'delete' | 'none'): Promise<Result<Observation>> {
    return this.#answer('observe', subject, token, () => {
      const stack = this.#stack(subject);
      this.#advance(subject.stackName, stack);
      const current = stack.operation;
      if (current && !current.over) return accept({ state: 'in-progress' });
      if (operation === 'none') return accept(this.#standing(stack, false));
      if (operation === 'delete' && !stack.exists) return accept(this.#gone(stack));
      if (current?.token !== token) return accept({ state: 'in-progress', message: 'not visible yet' });
      return accept(this.#ending(stack, current));
    });
  }

  async cancel(subject: Subject, token: string): Promise<Result<void>> {
    return this.#answer('cancel', subject, token, () => {
      const { operation } = this.#stack(subject);
      if (operation?.kind === 'apply' && operation.token === token && !operation.over) operation.stopped = true;
      return accept(undefined);
    });
  }

  async remove(request: DeleteRequest): Promise<Result<Start>> {
    return this.#answer<Start>('remove', request, request.token, () => {
      const stack = this.#stack(request);
      if (stack.operation?.token === request.token) return accept({ begun: 'yes', stackId: stack.stackId });
      if (stack.isForgotten && request.stackId) {
        return accept({ begun: 'no-trace', message: `nobody knows ${request.stackId}` });
      }
      if (!stack.exists || stack.isForgotten) return accept({ begun: 'nothing-to-do' });
      if (stack.operation && !stack.operation.over) return accept({ begun: 'not-yet', message: 'busy' });
      const script = this.#scripts.shift() ?? { outcome: 'succeed' };
      if (script.outcome === 'refuse') return { ok: false, refusal: script.refusal };
      this.#begin(stack, 'delete', request.token, script);
      this.begun.push(`delete ${request.token}`);
      return accept({ begun: 'yes', stackId: stack.stackId });
    });
  }

  async events(subject: Subject, token: string, afterId?: string): Promise<Result<readonly ProvisionerEvent[]>> {
    return this.#answer('events', subject, token, () => {
      const events = this.#stack(subject).events.filter((event) => event.token === token);
      return accept(events.slice(events.findIndex(({ id }) => id === afterId) + 1));
    });
  }

  readonly #requests = new Map<string, ApplyRequest & { existed: boolean }>();

  async #answer<Value>(
    call: FakeCall,
    { stackName }: Subject,
    token: string,
    work: () => Result<Value>,
  ): Promise<Result<Value>> {
    await this.#before?.(call, stackName);
    if (this.#unreachable) return { ok: false, refusal: this.#unreachable };
    const answer = work();
    this.calls.push({ call, stackName, token });
    await this.#after?.(call, stackName);
    return answer;
  }

  #stack({ placement: { region, accountId }, stackName }: Subject): FakeStack {
    const stackId = `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/1`;
    const known = this.#stacks.get(stackId);
    if (known) return known;
    const stack: FakeStack = { exists: false, stackId, outputs: {}, events: [] };
    this.#stacks.set(stackId, stack);
    return stack;
  }

  /** The stack of this name, wherever it first came up. */
  #named(stackName: string): FakeStack | undefined {
    return [...this.#stacks.values()].find(({ stackId }) => stackId.endsWith(`/${stackName}/1`));
  }

  #begin(stack: FakeStack, kind: 'apply' | 'delete', token: string, script: Script): void {
    stack.operation = { kind, token, script, looks: 0, stopped: false, over: false };
    this.#tell(stack, token, kind === 'apply' ? 'CREATE_IN_PROGRESS' : 'DELETE_IN_PROGRESS');
  }

  #advance(stackName: string, stack: FakeStack): void {
    const { operation } = stack;
    if (!operation || operation.over) return;
    operation.looks += 1;
    const { script } = operation;
    if (script.outcome === 'hang-for-ever') return;
    if (operation.stopped && script.outcome !== 'succeed') {
      this.#takeBack(stack, operation.token);
      operation.over = true;
      return;
    }
    const needed = script.outcome === 'hang' ? Number.POSITIVE_INFINITY : ('looks' in script && script.looks) || 1;
    if (operation.looks < needed) return;
    operation.over = true;
    if (script.outcome === 'fail') {
      if (operation.kind === 'apply') this.#takeBack(stack, operation.token);
      this.#tell(stack, operation.token, 'CREATE_FAILED', script.reason);
    } else if (operation.kind === 'delete') {
      stack.exists = false;
      stack.template = undefined;
      this.#tell(stack, operation.token, 'DELETE_COMPLETE');
    } else {
      stack.template = this.#requests.get(operation.token)?.template;
      stack.outputs = 'outputs' in script && script.outputs ? script.outputs : { StackName: stackName };
      this.#tell(stack, operation.token, 'CREATE_COMPLETE');
    }
  }

  #takeBack(stack: FakeStack, token: string): void {
    stack.exists = this.#requests.get(token)?.existed ?? false;
  }

  #ending(stack: FakeStack, { kind, script, stopped }: FakeOperation): Observation {
    if (stopped && script.outcome !== 'succeed') return { state: 'cancelled', stackId: stack.stackId, undone: 'all' };
    if (script.outcome === 'fail') {
      const { logicalId = 'Bucket', reason = 'it went wrong' } = script;
      return {
        state: 'failed',
        stackId: stack.stackId,
        undone: kind === 'apply' ? (script.undone ?? 'all') : 'part',
        refusal: {
          kind: 'invalid',
          code: 'stack-operation-failed',
          message: `The stack failed: ${logicalId}: ${reason}`,
          remedy: 'Correct the template or its inputs, or deploy another version.',
        },
        causes: [{ logicalId, type: 'AWS::S3::Bucket', reason }],
      };
    }
    return kind === 'delete' ? this.#gone(stack) : this.#standing(stack, true);
  }

  #gone({ retained }: FakeStack): Observation {
    return retained ? { state: 'deleted', retained } : { state: 'deleted' };
  }

  #standing({ exists, stackId, outputs }: FakeStack, changed: boolean): Observation {
    if (!exists) return { state: 'cancelled', stackId, undone: 'all' };
    const resources = [
      { logicalId: 'Bucket', physicalId: 'bucket-1', type: 'AWS::S3::Bucket', status: 'CREATE_COMPLETE' },
    ];
    return { state: 'succeeded', changed, stackId, outputs, resources };
  }

  #tell(stack: FakeStack, token: string, status: string, reason?: string): void {
    const id = String(stack.events.length + 1);
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, stack.events.length));
    stack.events.push({ id, at, logicalId: 'Bucket', type: 'AWS::S3::Bucket', status, reason, token });
  }
}
