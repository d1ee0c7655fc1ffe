import type { GovernanceTools } from '../governance/index.ts';
import type { Installation } from '../identifiers/index.ts';
import type { Rail } from './guard-rail.ts';

export interface GuardRailTools extends GovernanceTools {
  readonly installation: Installation;
  /** Those that can be set. */
  readonly rails: readonly Rail[];
}
