import { foreignKeyUser, transact } from '../../database/index.ts';
import { accept, type Refusal, type Result } from '../../errors/index.ts';
import type { AuthorityTools } from '../authority/authorise.ts';
import { resourceFactsOf } from '../placements/resource-facts.ts';
import type { PrincipalId } from '../principal.ts';
import { organizationLock } from '../units/unit-store.ts';
import { actsOfChange } from './acts-of-change.ts';
import { changeChart } from './change-chart.ts';
import type { ChartChange, OrganizationChart } from './chart.ts';
import { no } from './chart-refusals.ts';
import { chartLoad, chartWrite } from './chart-store.ts';

/**
 * Makes one change of the organization.
 * @returns the organization as it is then
 * @refuses what governance refuses him, and whatever changeChart does
 */
export async function changeOrganization(
  { db, clock, authorise }: AuthorityTools,
  by: PrincipalId,
  change: ChartChange,
): Promise<Result<OrganizationChart>> {
  return whileUnused(() =>
    transact<OrganizationChart, Refusal>(db, async (tx) => {
      await organizationLock(tx);
      const now = clock.now();
      const placed = change.change === 'place-resource' ? [change] : [];
      const chart = await chartLoad(
        tx,
        placed.map(({ arn }) => arn),
      );
      const things = await resourceFactsOf(tx, placed);
      const allowed = await authorise(tx, by, actsOfChange(chart, change, things, now));
      if (!allowed.ok) return allowed;
      const changed = changeChart(chart, change, now);
      if (!changed.ok) return changed;
      await chartWrite(tx, chart, change, now);
      return accept(chart);
    }),
  );
}

/** A resource may be created in a unit in the very moment in which the unit is deleted: the database notices. */
export async function whileUnused<Value>(work: () => Promise<Result<Value>>): Promise<Result<Value>> {
  try {
    return await work();
  } catch (error) {
    const user = foreignKeyUser(error);
    if (!user) throw error;
    return no('conflict', {
      code: 'organization-busy',
      message: `Something that was to be deleted came into use at the same moment (${user.replaceAll('_', ' ')}).`,
      remedy: 'Look at what it is, and try again.',
    });
  }
}
