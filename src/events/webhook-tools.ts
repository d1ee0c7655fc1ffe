import type { Clock } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import type { SecretSeal } from './webhook.ts';

export interface WebhookTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly seal: SecretSeal;
  /** Whether events may be sent to loopback and link-local addresses. A setting of the installation. */
  readonly localAllowed: boolean;
}
