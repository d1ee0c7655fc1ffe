import type { ProvisioningMethod } from '../../bundles/index.ts';
import { isSamePlace } from '../../provisioners/index.ts';
import type { Deployed } from '../renderings/deployed.ts';
import type { PlanningTools } from '../running/deploy-tools.ts';
import type { TargetLocation } from '../target.ts';
import { lookAhead } from './look-ahead.ts';
import { type Looked, makeDeletionPlan, type Plan } from './plan.ts';

/**
 * What a deletion removes, what stays, and what data goes with it, from what is known to be deployed. It needs no bundle,
 * and where nothing is known it says so: it never stands in the way of a deletion.
 */
export async function planDeletion(
  tools: Pick<PlanningTools, 'analyse'>,
  targetArn: string,
  deployed: Deployed,
  location: TargetLocation & { readonly method?: ProvisioningMethod },
): Promise<Plan> {
  const { stackName } = location;
  const known = deployed.state === 'rendered' ? deployed.rendering.placements : [];
  const elsewhere = known.filter((each) => !location.placements.some((here) => isSamePlace(here, each)));
  const placements = [...location.placements, ...elsewhere];
  const looked: Looked[] = [];
  for (const placement of placements) {
    const look = await lookAhead(tools, { deployed, placement, stackName, previews: 'never' });
    if (look.ok) looked.push(look.value);
  }
  return makeDeletionPlan({ operation: 'delete', targetArn, deployed }, { ...location, placements }, looked);
}
