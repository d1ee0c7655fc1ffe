import { drawFrom } from '../physical-ids/draw.ts';

/** Something that shall go wrong, ordered through the control door. Every condition that is given must hold. */
export type Fault = ResourceFault | CallFault;

interface FaultBase {
  readonly id: string;
  readonly accountId?: string;
  readonly region?: string;
  /** Name of the stack; `*` at the end stands for any rest. */
  readonly stackName?: string;
  /** Strikes the nth time that its conditions hold, counted from 1, and only then. */
  readonly nth?: number;
  /** Strikes in this share of the cases, drawn from the cloud's seed; 0 < probability <= 1. */
  readonly probability?: number;
  /** Is over after so many strikes. */
  readonly timesMax?: number;
  /** How often its conditions have held, and how often it has struck. */
  matches: number;
  strikes: number;
}

/** Strikes the work on one resource of a stack. */
export interface ResourceFault extends FaultBase {
  readonly target: 'resource';
  readonly type?: string;
  readonly logicalId?: string;
  readonly operation?: 'create' | 'update' | 'delete' | 'import';
  /** `forward`: while a stack is created, updated or deleted; `rollback`: on the way back; `cleanup`: behind an update. */
  readonly phase?: 'forward' | 'rollback' | 'cleanup';
  /** The resource fails with this reason. */
  readonly message?: string;
  /** Whether the failure comes after a physical resource was made. */
  readonly afterInitiation?: boolean;
  /** Makes it slower by so much, at clock scale 1. */
  readonly delaySeconds?: number;
  /** It goes on only when the operation is cancelled or the fault is cleared. */
  readonly hang?: boolean;
}

/** Strikes a call of the API: it is refused with this error and does nothing. */
export interface CallFault extends FaultBase {
  readonly target: 'call';
  readonly action?: string;
  /** Of the role that is assumed, or of the caller's session. */
  readonly roleArn?: string;
  readonly code: string;
  readonly message: string;
  readonly httpStatus: number;
}

export interface ResourceOccasion {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  readonly operation: NonNullable<ResourceFault['operation']>;
  readonly phase: NonNullable<ResourceFault['phase']>;
  /** Tells two attempts at the same resource apart. */
  readonly attempt: number;
}

export interface CallOccasion {
  readonly accountId: string;
  readonly region: string;
  readonly stackName?: string;
  readonly action: string;
  readonly roleArn?: string;
}

/** The faults in the order in which they were injected; the first that strikes decides. */
export function strikeResource(
  faults: Iterable<Fault>,
  seed: string,
  occasion: ResourceOccasion,
): ResourceFault | undefined {
  for (const fault of faults) {
    if (fault.target !== 'resource' || !holdsForResource(fault, occasion)) continue;
    const chance = drawFrom(seed, fault.id, occasion.stackId, occasion.logicalId, occasion.operation, occasion.attempt);
    if (strikes(fault, chance.below(1_000_000) / 1_000_000)) return fault;
  }
  return undefined;
}

export function strikeCall(faults: Iterable<Fault>, seed: string, occasion: CallOccasion): CallFault | undefined {
  for (const fault of faults) {
    if (fault.target !== 'call' || !holdsForCall(fault, occasion)) continue;
    const chance = drawFrom(seed, fault.id, fault.matches);
    if (strikes(fault, chance.below(1_000_000) / 1_000_000)) return fault;
  }
  return undefined;
}

function strikes(fault: Fault, chance: number): boolean {
  if (fault.timesMax !== undefined && fault.strikes >= fault.timesMax) return false;
  fault.matches++;
  if (fault.nth !== undefined && fault.matches !== fault.nth) return false;
  if (fault.probability !== undefined && chance >= fault.probability) return false;
  fault.strikes++;
  return true;
}

function holdsForResource(fault: ResourceFault, occasion: ResourceOccasion): boolean {
  return (
    is(fault.accountId, occasion.accountId) &&
    is(fault.region, occasion.region) &&
    isName(fault.stackName, occasion.stackName) &&
    is(fault.type, occasion.type) &&
    is(fault.logicalId, occasion.logicalId) &&
    is(fault.operation, occasion.operation) &&
    is(fault.phase, occasion.phase)
  );
}

function holdsForCall(fault: CallFault, occasion: CallOccasion): boolean {
  return (
    is(fault.accountId, occasion.accountId) &&
    is(fault.region, occasion.region) &&
    isName(fault.stackName, occasion.stackName) &&
    is(fault.action, occasion.action) &&
    is(fault.roleArn, occasion.roleArn)
  );
}

function is(asked: string | undefined, actual: string | undefined): boolean {
  return asked === undefined || asked === actual;
}

function isName(asked: string | undefined, actual: string | undefined): boolean {
  if (asked === undefined) return true;
  return asked.endsWith('*') ? (actual ?? '').startsWith(asked.slice(0, -1)) : asked === actual;
}
