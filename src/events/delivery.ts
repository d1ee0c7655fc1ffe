import type { Brand } from '../identifiers/index.ts';
import type { WebhookId } from './webhook.ts';

export type DeliveryId = Brand<'DeliveryId'>;

export const deliveryStates = ['waiting', 'delivered', 'failed'] as const;
/** `failed`: nothing more is tried until somebody asks for it. */
export type DeliveryState = (typeof deliveryStates)[number];

/** One event on its way to one webhook. */
export interface Delivery {
  readonly id: DeliveryId;
  readonly webhookId: WebhookId;
  readonly eventId: string;
  readonly state: DeliveryState;
  /** How often it was tried since it was made, or asked for again. */
  readonly attempts: number;
  /** When it is tried next, while it waits. */
  readonly dueAt?: Date;
  readonly lastAttemptAt?: Date;
  /** For a person. */
  readonly lastOutcome?: string;
  readonly createdAt: Date;
}

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
/** After each failed attempt. All in all a receiver may be away for two days. */
const pausesMs = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  1 * hour,
  2 * hour,
  5 * hour,
  10 * hour,
  12 * hour,
  18 * hour,
];
/** Longer by up to a fifth, so that those who failed together do not come back together. */
const jitter = 0.2;

export const attemptsMax = pausesMs.length + 1;

/**
 * How long to wait after an attempt that failed; undefined: it was the last.
 * @param attempts how many were made, from 1
 * @param chance from 0 to 1
 */
export function pauseAfter(attempts: number, chance: number): number | undefined {
  const pause = pausesMs[attempts - 1];
  return pause === undefined ? undefined : Math.round(pause * (1 + jitter * chance));
}
