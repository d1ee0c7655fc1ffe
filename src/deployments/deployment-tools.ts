import type { Clock } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import type { DeploymentTargets } from './target.ts';

/** What the actions of this room need; made once, by the wiring. */
export interface DeploymentTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly targets: DeploymentTargets;
  /** What becomes of a change while another one of the same target runs. A setting of the installation. */
  readonly whenBusy: WhenBusy;
}

/**
 * `refuse`: as Proton did. `queue`: it waits; of several that wait only the newest is carried out, and a deletion waits
 * for the running one to end.
 */
export type WhenBusy = 'refuse' | 'queue';
