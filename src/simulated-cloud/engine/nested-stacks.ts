import { can, newOperation, type Operation, type Stack, type StackResource, type Task } from '../state/stack.ts';
import { type Moment, type NestedStacks, type OperationMoment, setResource } from './engine-world.ts';
import { type NewStackIdentity, newStack, putStackIn } from './new-stack.ts';
import { settleDelete } from './resource-deletion.ts';
import { completeTask, failTask, reasons } from './resource-engine.ts';
import {
  beginOperation,
  cancelUpdate,
  deleteOperation,
  failForward,
  rollBackStuck,
  runPhases,
  undoUpdate,
  updateOperation,
} from './stack-engine.ts';
import { deletionBlock } from './stack-exports.ts';
import { changesNothing, type Understood } from './stack-goal.ts';

/** Everything that must be waited for before the work on a nested stack can begin. */
export type Prepared =
  | {
      readonly ok: true;
      /** Of a stack that will be made. */
      readonly identity?: NewStackIdentity;
      /** The stack that is there; of one that will be made: that a change set has prepared for it. */
      readonly child?: Stack;
      /** What it will be made from. */
      readonly understood?: Understood;
    }
  | { readonly ok: false; readonly reason: string };

export type PrepareNested = (parent: Stack, task: Task) => Promise<Prepared>;

/**
 * Nested stacks: a resource that is a stack of its own. Its operation is begun by the parent's, and the parent's task ends
 * as that operation does. Nothing is cleaned up before the whole family has been updated or taken back, so that a nested
 * stack can still go back when a sibling fails. Source: user guide, "Nested stacks are stuck in
 * UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" in "Troubleshooting CloudFormation".
 */
export interface NestedStacksOptions {
  /** Of the working set; undefined: nobody works with it now. */
  readonly inMemory: (stackId: string) => Stack | undefined;
  readonly adopt: (stack: Stack) => void;
  /** Has the engine look after a stack. */
  readonly drive: (stack: Stack) => void;
  readonly prepare: PrepareNested;
}

export class NestedStackEngine implements NestedStacks {
  readonly #options: NestedStacksOptions;
  /** Nested stacks that were worked on, by their parent's id. */
  readonly #children = new Map<string, Map<string, Stack>>();
  readonly #preparations = new Map<string, { task: Task; prepared?: Prepared }>();
  readonly #pending = new Set<Promise<void>>();

  constructor(options: NestedStacksOptions) {
    this.#options = options;
  }

  /** Resolves when nothing is being prepared any more. */
  async prepared(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  get isPreparing(): boolean {
    return this.#pending.size > 0;
  }

  /** An operation of the stack is in flight. */
  watch(stack: Stack): void {
    if (!stack.parentId) return;
    const siblings = this.#children.get(stack.parentId) ?? new Map();
    this.#children.set(stack.parentId, siblings.set(stack.id, stack));
  }

  #busyChildren(stackId: string): Stack[] {
    const children = this.#children.get(stackId);
    if (!children) return [];
    for (const [id, child] of children) if (!child.operation) children.delete(id);
    if (children.size === 0) this.#children.delete(stackId);
    return [...children.values()];
  }

  family(stack: Stack): readonly Stack[] {
    let top = stack;
    for (let parent = this.#busyParent(top); parent; parent = this.#busyParent(top)) top = parent;
    return this.#withChildren(top);
  }

  #busyParent({ parentId }: Stack): Stack | undefined {
    const parent = parentId === undefined ? undefined : this.#options.inMemory(parentId);
    return parent?.operation ? parent : undefined;
  }

  #withChildren(stack: Stack): readonly Stack[] {
    const children = this.#busyChildren(stack.id);
    return children.length === 0 ? [stack] : [stack, ...children.flatMap((child) => this.#withChildren(child))];
  }

  begin({ stack, operation, world }: OperationMoment): void {
    for (const [key, task] of [...operation.tasks]) {
      if (!task.nested || task.failure || task.stage !== 'requested') continue;
      const prepared = this.#preparation(stack, key, task);
      if (!prepared) continue;
      const moment = { stack, operation, world, at: task.startedAt };
      if (prepared.ok) this.#start(moment, key, task, prepared);
      else failTask(moment, key, task, prepared.reason);
      runPhases(moment);
    }
  }

  #preparation(stack: Stack, key: string, task: Task): Prepared | undefined {
    const id = `${stack.id}\n${key}`;
    const known = this.#preparations.get(id);
    if (known?.task === task) {
      if (known.prepared) this.#preparations.delete(id);
      return known.prepared;
    }
    const entry: { task: Task; prepared?: Prepared } = { task };
    this.#preparations.set(id, entry);
    const pending = this.#options.prepare(stack, task).then((prepared) => {
      entry.prepared = prepared;
      this.#pending.delete(pending);
      this.#options.drive(stack);
    });
    this.#pending.add(pending);
    return undefined;
  }

  #start(moment: OperationMoment, key: string, task: Task, prepared: Prepared & { ok: true }): void {
    switch (task.nested?.work) {
      case 'create':
        return this.#create(moment, key, task, prepared);
      case 'update':
        return this.#update(moment, key, task, prepared);
      case 'restore':
        return this.#restore(moment, key, task, prepared);
      case 'delete':
        return this.#delete(moment, key, task, prepared);
    }
  }

  #create(moment: OperationMoment, key: string, task: Task, prepared: Prepared & { ok: true }): void {
    const { stack, operation, world, at } = moment;
    const { identity, understood } = prepared;
    if (!identity || !understood) throw new Error('A nested stack was prepared without its definition');
    const child = prepared.child ?? nestedStack(identity, understood, stack, at);
    child.definition = understood.definition;
    child.timeoutMinutes = Number(task.result.properties.TimeoutInMinutes) || undefined;
    this.#options.adopt(child);
    putStackIn(world.account(child.accountId), child);
    const result: StackResource = { ...task.result, physicalId: child.id };
    setResource(moment, { ...result, status: 'CREATE_IN_PROGRESS', statusReason: reasons.initiated, updatedAt: at });
    this.#wait(operation, key, { ...task, result }, child);
    const creation = newOperation({
      kind: 'create',
      phase: 'forward',
      startedAt: at,
      onFailure: 'DO_NOTHING', // the parent decides what becomes of it
      token: operation.token,
    });
    this.#drive(child, () =>
      beginOperation({ stack: child, world, at }, creation, 'CREATE_IN_PROGRESS', 'User Initiated'),
    );
  }

  #update(moment: OperationMoment, key: string, task: Task, { child, understood }: Prepared & { ok: true }): void {
    const { stack, operation, world, at } = moment;
    if (!child || !understood) return failTask(moment, key, task, 'The nested stack does not exist any more.');
    if (!takeOverHeld(child) && !can(child, 'update')) {
      const reason = `Stack:${child.id} is in ${child.status} state and can not be updated.`;
      return failTask(moment, key, task, reason);
    }
    if (changesNothing(child, understood.definition, understood.goal))
      return completeTask(moment, key, withOutputs(task, child));
    this.#wait(operation, key, task, child);
    child.disableRollback = stack.disableRollback;
    const update: Operation = {
      ...updateOperation(child, at, operation.token),
      held: true,
      policyBody: child.policyBody,
    };
    child.definition = understood.definition;
    child.updatedAt = at;
    this.#drive(child, () =>
      beginOperation({ stack: child, world, at }, update, 'UPDATE_IN_PROGRESS', 'User Initiated'),
    );
  }

  #restore(moment: OperationMoment, key: string, task: Task, { child }: Prepared & { ok: true }): void {
    const { operation, world, at } = moment;
    if (!child) return failTask(moment, key, task, 'The nested stack does not exist any more.');
    const childMoment = { stack: child, world, at };
    const running = child.operation;
    const { stuck } = child;
    if (!running && !stuck) return completeTask(moment, key, task);
    this.#wait(operation, key, task, child);
    const reason = 'User Initiated';
    this.#drive(child, () => {
      if (running?.phase === 'forward') cancelUpdate({ ...childMoment, operation: running }, reason);
      else if (running?.phase === 'cleanup') undoUpdate({ ...childMoment, operation: running }, reason);
      else if (!running && stuck) {
        const again: Operation = {
          ...stuck,
          held: true,
          tasks: new Map(),
          failed: new Map(),
          skip: skipped(moment, task),
        };
        if (child.status === 'UPDATE_FAILED') rollBackStuck({ ...childMoment, operation: again }, reason);
        else beginOperation(childMoment, again, 'UPDATE_ROLLBACK_IN_PROGRESS', reason);
      } else this.told(childMoment);
    });
  }

  #delete(moment: OperationMoment, key: string, task: Task, { child }: Prepared & { ok: true }): void {
    const { operation, world, at } = moment;
    if (!child || child.status === 'DELETE_COMPLETE') return settleDelete(moment, key, task);
    this.#wait(operation, key, task, child);
    if (child.operation?.kind === 'delete') return;
    const childMoment = { stack: child, world, at };
    const mayGo = takeOverHeld(child) || can(child, 'delete');
    const block = mayGo ? deletionBlock(childMoment) : `it is in status ${child.status}`;
    if (block !== undefined) return settleDelete(moment, key, failing(task, embedded(child, 'deleted', block)));
    const deletion = deleteOperation(child, at, { force: operation.force, token: operation.token });
    this.#drive(child, () => beginOperation(childMoment, deletion, 'DELETE_IN_PROGRESS', 'User Initiated'));
  }

  #wait({ tasks }: Operation, key: string, task: Task, child: Stack): void {
    tasks.set(key, { ...task, stage: 'initiated', nested: { ...task.nested!, stackId: child.id } });
  }

  #drive(child: Stack, begin: () => void): void {
    begin();
    if (child.operation) this.#options.drive(child);
  }

  cancel({ stack, world, at }: OperationMoment, { nested }: Task): void {
    const child = this.#busyChildren(stack.id).find(({ id }) => id === nested?.stackId);
    const operation = child?.operation;
    if (!child || operation?.phase !== 'forward') return;
    const moment = { stack: child, operation, world, at };
    // The parent must not hear of it: it has given the task up already.
    if (operation.kind === 'create') failForward(moment, reasons.creationCancelled);
    else cancelUpdate(moment, reasons.updateCancelled);
  }

  release({ stack, world, at }: OperationMoment): void {
    for (const child of this.#busyChildren(stack.id)) {
      if (!child.operation?.held) continue;
      child.operation.held = false;
      world.noteStack(child);
      runPhases({ stack: child, world, at });
      this.#options.drive(child);
    }
  }

  stillCleaning({ stack }: OperationMoment): boolean {
    return this.#busyChildren(stack.id).some(({ operation }) => operation?.held === false);
  }

  told({ stack: child, world, at }: Moment): void {
    const stack = this.#busyParent(child);
    const operation = stack?.operation;
    if (!stack || !operation) return;
    const moment = { stack, operation, world, at };
    const found = [...operation.tasks].find(
      ([, { nested, stage }]) => stage === 'initiated' && nested?.stackId === child.id,
    );
    if (found) this.#settle(moment, found[0], found[1], child);
    runPhases(moment);
  }

  /** Ends the parent's task where the nested stack has come to an end. */
  #settle(moment: OperationMoment, key: string, task: Task, child: Stack): void {
    const { status, statusReason = '' } = child;
    const inWhich = `. Currently in ${status} with reason: ${statusReason}`;
    switch (task.nested?.work) {
      case 'create':
        if (status === 'CREATE_COMPLETE') completeTask(moment, key, withOutputs(task, child));
        else if (status !== 'CREATE_IN_PROGRESS') failTask(moment, key, task, embedded(child, 'created', statusReason));
        return;
      case 'update':
        if (status === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') completeTask(moment, key, withOutputs(task, child));
        else if (status !== 'UPDATE_IN_PROGRESS')
          failTask(moment, key, task, `${embedded(child, 'updated')}${inWhich}`);
        return;
      case 'restore':
        if (status.startsWith('UPDATE_ROLLBACK_COMPLETE')) completeTask(moment, key, task);
        else if (status === 'UPDATE_ROLLBACK_FAILED')
          failTask(moment, key, task, `${embedded(child, 'updated')}${inWhich}`);
        return;
      case 'delete':
        if (status === 'DELETE_COMPLETE') settleDelete(moment, key, task);
        else if (status === 'DELETE_FAILED')
          settleDelete(moment, key, failing(task, embedded(child, 'deleted', statusReason)));
        return;
    }
  }
}

/** One that is not there yet. */
export function nestedStack(
  identity: NewStackIdentity,
  { definition }: Understood,
  parent: Pick<Stack, 'id' | 'rootId'>,
  at: Date,
): Stack {
  return { ...newStack(identity, definition, at), parentId: parent.id, rootId: parent.rootId ?? parent.id };
}

/**
 * A nested stack that waits to clean up, because its parent has failed and was left so, takes the parent's next operation:
 * what it had to clean up is for that one to do. @returns whether it waited
 */
function takeOverHeld(child: Stack): boolean {
  const { operation } = child;
  if (!operation?.held || (operation.phase !== 'cleanup' && operation.phase !== 'restore-cleanup')) return false;
  child.stuck = operation;
  child.operation = undefined;
  return true;
}

function failing(task: Task, reason: string): Task {
  return { ...task, failure: { reason, afterInitiation: false } };
}

/** What the parent reads by `Fn::GetAtt` are the outputs. */
function withOutputs(task: Task, { outputs }: Stack): Task {
  const attributes = Object.fromEntries(outputs.map(({ key, value }) => [`Outputs.${key}`, value]));
  return { ...task, result: { ...task.result, attributes } };
}

function embedded({ id }: Stack, what: 'created' | 'updated' | 'deleted', reason?: string): string {
  const said = `Embedded stack ${id} was not successfully ${what}`;
  return reason === undefined ? said : `${said}: ${reason}`;
}

/** `Nested.Queue` skips the queue of the nested stack. Source: API reference, ContinueUpdateRollback. */
function skipped({ operation }: OperationMoment, { result }: Task): ReadonlySet<string> {
  const prefix = `${result.logicalId}.`;
  return new Set([...operation.skip].filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length)));
}
