import type { ProvisioningMethod } from '../../bundles/index.ts';
import type { Placement, ProvisionedResource } from '../../provisioners/index.ts';

/** What a thing has in one account and region. */
export interface Provisioned {
  readonly method: ProvisioningMethod;
  /** The provider's own identifier, e.g. the ARN of the stack. */
  readonly identifier: string;
  readonly name: string;
  readonly placement: Placement;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly ProvisionedResource[];
}
