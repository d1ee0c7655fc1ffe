import type { ProvisioningMethod } from '../../bundles/index.ts';
import type { RailReport, RailsInForce } from '../../guard-rails/index.ts';
import { isSamePlace, type Placement } from '../../provisioners/index.ts';
import type { Deployed } from '../renderings/deployed.ts';
import { inspectRemoval } from '../renderings/inspect-deployment.ts';
import type { PlanningTools } from '../running/deploy-tools.ts';
import type { TargetLocation } from '../target.ts';
import { lookAhead } from './look-ahead.ts';
import { type Looked, makeDeletionPlan, type Plan } from './plan.ts';

/**
 * What a deletion removes, what stays, and what data goes with it, from what is known to be deployed. It needs no bundle,
 * and where nothing is known it says so: it never stands in the way of a deletion.
 * @param rails that the deletion is held to
 */
export async function planDeletion(
  tools: Pick<PlanningTools, 'analyse'>,
  targetArn: string,
  deployed: Deployed,
  location: TargetLocation & { readonly method?: ProvisioningMethod },
  rails: RailsInForce,
  now: Date,
): Promise<Plan & { readonly guardRails: RailReport }> {
  const { stackName } = location;
  const placements = placementsToDelete(deployed, location);
  const looked: Looked[] = [];
  for (const placement of placements) {
    const look = await lookAhead(tools, { deployed, placement, stackName, previews: 'never' });
    if (look.ok) looked.push(look.value);
  }
  const plan = makeDeletionPlan({ operation: 'delete', targetArn, deployed }, { ...location, placements }, looked);
  return { ...plan, guardRails: inspectRemoval(rails, deployed, plan, now) };
}

/** Where it lies now, and where it was deployed before. */
export function placementsToDelete(deployed: Deployed, { placements }: TargetLocation): readonly Placement[] {
  const known = deployed.state === 'rendered' ? deployed.rendering.placements : [];
  return [...placements, ...known.filter((each) => !placements.some((here) => isSamePlace(here, each)))];
}
