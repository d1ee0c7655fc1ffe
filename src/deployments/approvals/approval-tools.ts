import type { DeploymentTools } from '../deployment-tools.ts';
import type { Decide } from '../verdicts/verdict.ts';

/** What answering a deployment that waits needs. */
export interface ApprovalTools extends DeploymentTools {
  readonly decide: Decide;
  /** IANA name: where rules read weekday and hour. */
  readonly timeZone: string;
}
