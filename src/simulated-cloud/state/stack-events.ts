import type { Draw } from '../physical-ids/draw.ts';
import type { Stack, StackResource, StackStatus } from './stack.ts';

/** One line of a stack's history. Source: CloudFormation API reference, StackEvent. */
export interface StackEvent {
  readonly stackId: string;
  /** Counts the events of the stack, from 1. */
  readonly sequence: number;
  readonly eventId: string;
  readonly at: Date;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly token?: string;
  /** As JSON; only of resources. */
  readonly properties?: string;
}

export const stackType = 'AWS::CloudFormation::Stack';

export function stackEvent(stack: Stack, at: Date, draw: Draw, status: StackStatus, reason?: string): StackEvent {
  const sequence = stack.eventCount + 1;
  return {
    stackId: stack.id,
    sequence,
    eventId: draw.uuid(`event ${sequence}`),
    at,
    logicalId: stack.name,
    physicalId: stack.id,
    type: stackType,
    status,
    reason,
    token: stack.operation?.token,
  };
}

export function resourceEvent(stack: Stack, at: Date, resource: StackResource): StackEvent {
  const { logicalId, physicalId, type, status, statusReason, properties } = resource;
  return {
    stackId: stack.id,
    sequence: stack.eventCount + 1,
    eventId: `${logicalId}-${status}-${at.toISOString()}`,
    at,
    logicalId,
    physicalId: physicalId ?? '',
    type,
    status,
    reason: statusReason,
    token: stack.operation?.token,
    properties: Object.keys(properties).length > 0 ? JSON.stringify(properties) : undefined,
  };
}
