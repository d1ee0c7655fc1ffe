import { drawFrom } from '../physical-ids/draw.ts';
import type { Identity, IdentityRequest } from '../physical-ids/identity.ts';
import type { AccountIndex } from '../state/account-index.ts';
import type { ResourceFault, ResourceOccasion } from '../state/fault.ts';
import type { JsonObject } from '../state/json.ts';
import type { Operation, Stack, StackResource, StackStatus, Task, TaskVerb } from '../state/stack.ts';
import { resourceEvent, type StackEvent, stackEvent } from '../state/stack-events.ts';
import type { Resolved } from '../state/stored-values.ts';
import type { OpenGoal } from './stack-goal.ts';
import type { Impact } from './update-impact.ts';
import type { ResourceUpdate } from './value-rules.ts';

/** What the engine asks of everything outside one stack. All answers come at once: the engine never waits. */
export interface EngineWorld {
  readonly seed: string;
  readonly nested: NestedStacks;
  account(accountId: string): AccountIndex;
  /** Of the stack's definition as it is now. */
  goal(stack: Stack): OpenGoal;
  identify(request: Omit<IdentityRequest, 'seed' | 'published'>): Identity;
  /** What the schema of the type says against the properties; undefined when nothing. */
  propertiesFault(type: string, properties: JsonObject): string | undefined;
  /** With every dynamic reference resolved as of now, or why one cannot be. */
  withStoredValues(stack: Stack, properties: JsonObject): Resolved<JsonObject>;
  /** A resource whose work is done has stored its value, where it is one that holds a value. */
  storeValue(stack: Stack, resource: StackResource): void;
  dropValue(stack: Stack, resource: StackResource): void;
  impact(update: ResourceUpdate): Impact;
  takesStackTags(type: string): boolean;
  strike(occasion: ResourceOccasion): ResourceFault | undefined;
  durationSeconds(type: string, verb: TaskVerb): number;
  scaledMs(seconds: number): number;
  noteStack(stack: Stack): void;
  noteResource(stack: Stack, logicalId: string): void;
  noteEvent(event: StackEvent): void;
}

/** Stacks that are resources of other stacks, as the engine of their parents sees them. */
export interface NestedStacks {
  /** Of the stack's family, those that are worked on: the stack at the top first. */
  family(stack: Stack): readonly Stack[];
  /** Begins the work on nested stacks that everything is known for; asks for what is not known yet. */
  begin(moment: OperationMoment): void;
  /** The parent does not want the work any more. */
  cancel(moment: OperationMoment, task: Task): void;
  /** The parent cleans up, so its nested stacks may do it too. */
  release(moment: OperationMoment): void;
  /** Whether a nested stack has not finished its cleanup. */
  stillCleaning(moment: OperationMoment): boolean;
  /** A nested stack has got another state, which may be what its parent waits for. */
  told(moment: Moment): void;
}

/** One moment in the life of a stack. */
export interface Moment {
  readonly stack: Stack;
  readonly world: EngineWorld;
  readonly at: Date;
}

/** A moment in which an operation is under way. */
export interface OperationMoment extends Moment {
  readonly operation: Operation;
}

/** Events of one stack never share a time: clients order them by it. */
function eventTime({ stack, at }: Moment): Date {
  const last = stack.lastEventAt?.getTime() ?? 0;
  const time = new Date(Math.max(at.getTime(), last + 1));
  stack.lastEventAt = time;
  return time;
}

const statusesKept = 12;

/** Gives the stack a state and tells it. */
export function setStackStatus(moment: Moment, status: StackStatus, reason?: string): void {
  const { stack, world } = moment;
  stack.status = status;
  stack.statusReason = reason;
  stack.history = [...(stack.history ?? []), { status, reason, at: moment.at }].slice(-statusesKept);
  const draw = drawFrom(world.seed, stack.id);
  world.noteEvent(stackEvent(stack, eventTime(moment), draw, status, reason));
  stack.eventCount++;
  world.noteStack(stack);
}

/** Makes this the resource's state, and tells it. */
export function setResource(moment: Moment, resource: StackResource): void {
  keepResource(moment, resource);
  tellResource(moment, resource);
}

/** Makes this the resource's state without an event. */
export function keepResource({ stack, world }: Moment, resource: StackResource): void {
  stack.resources.set(resource.logicalId, resource);
  world.noteResource(stack, resource.logicalId);
  world.noteStack(stack);
}

export function dropResource({ stack, world }: Moment, logicalId: string): void {
  stack.resources.delete(logicalId);
  world.noteResource(stack, logicalId);
}

/** Tells of a physical resource that the stack no longer has under its logical id. */
export function tellResource(moment: Moment, resource: StackResource): void {
  const { stack, world } = moment;
  world.noteEvent(resourceEvent(stack, eventTime(moment), resource));
  stack.eventCount++;
  world.noteStack(stack);
}
