import type { Json, JsonObject } from './json.ts';

/** What somebody has done to a resource outside CloudFormation. */
export interface ResourceDrift {
  /** How its properties differ from what the stack has made, as a JSON merge patch (RFC 7386): null takes one away. */
  readonly patch: JsonObject;
  readonly deleted: boolean;
}

export type DriftStatus = 'IN_SYNC' | 'MODIFIED' | 'DELETED' | 'NOT_CHECKED';

/** What drift detection has found out about a resource. Source: API reference, StackResourceDrift. */
export interface DriftFinding {
  readonly status: DriftStatus;
  readonly at: Date;
  readonly expected?: JsonObject;
  readonly actual?: JsonObject;
  readonly differences: readonly PropertyDifference[];
}

export interface PropertyDifference {
  /** `/Tags/0/Value` */
  readonly path: string;
  readonly expected?: Json;
  readonly actual?: Json;
  readonly type: 'ADD' | 'REMOVE' | 'NOT_EQUAL';
}

/** One run of drift detection over a stack. */
export interface DriftDetection {
  readonly id: string;
  readonly stackId: string;
  readonly startedAt: Date;
  /** In progress until then. */
  readonly endsAt: Date;
  readonly drifted: number;
}
