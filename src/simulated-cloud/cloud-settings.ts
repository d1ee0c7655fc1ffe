import type { ClockSetting } from './simulated-clock.ts';

/** What the control door sets, beside faults. Plain data, kept in the database. */
export interface CloudSettings {
  readonly clock: ClockSetting;
  /** GetTemplate answers a question mark for every character beyond ASCII, as the real service long did. */
  readonly garblesTemplates: boolean;
}
