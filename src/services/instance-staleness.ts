import type { Db } from '../database/index.ts';
import { type ListedVersion, recommendedMinor, recommendedVersion, versionsRecommended } from '../templates/index.ts';
import type { ServiceInstance } from './service-instance-store.ts';

/** How far an instance is behind what its template recommends: Proton's `deployedTemplateVersionStatus`. */
export const instanceStalenesses = ['UP_TO_DATE', 'BEHIND_MINOR', 'BEHIND_MAJOR'] as const;
export type InstanceStaleness = (typeof instanceStalenesses)[number];

/** Undefined for an instance that was never deployed. Ahead of what is recommended is up to date. */
export function stalenessOf(
  { deployed }: Pick<ServiceInstance, 'deployed'>,
  published: readonly ListedVersion[],
): InstanceStaleness | undefined {
  if (!deployed) return undefined;
  const recommended = recommendedVersion(published);
  if (recommended && deployed.major < recommended.major) return 'BEHIND_MAJOR';
  const minor = recommendedMinor(published, deployed.major);
  return minor !== undefined && deployed.minor < minor ? 'BEHIND_MINOR' : 'UP_TO_DATE';
}

/** Those of the instances that are one of these. */
export async function instancesStale(
  db: Db,
  instances: readonly ServiceInstance[],
  wanted: readonly InstanceStaleness[],
): Promise<readonly ServiceInstance[]> {
  const names = [...new Set(instances.map(({ templateName }) => templateName))];
  const published = await versionsRecommended(db, 'service', names);
  return instances.filter((instance) => {
    const staleness = stalenessOf(instance, published.get(instance.templateName) ?? []);
    return staleness !== undefined && wanted.includes(staleness);
  });
}
