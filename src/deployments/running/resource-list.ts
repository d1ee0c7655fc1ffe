import type { ProvisionedResource } from '../../provisioners/index.ts';

const namedMax = 20;

/** Resources for a person to go and look at: `Bin (AWS::S3::Bucket) my-bin; ...`. */
export function describeResources(resources: readonly ProvisionedResource[]): string {
  const named = resources
    .slice(0, namedMax)
    .map(({ logicalId, type, physicalId }) => [`${logicalId} (${type})`, physicalId].filter(Boolean).join(' '));
  const more = resources.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
