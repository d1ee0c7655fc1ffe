import type { Labels } from '../units/unit.ts';

/** What the organization knows of a resource: where it is, and who answers for it. Resources are known by their ARN. */
export interface ResourcePlacement {
  readonly arn: string;
  readonly kind: ResourceKind;
  /** Absent: that of what it is a part of, or else the root. */
  readonly unit?: string;
  readonly ownerTeam?: string;
  /** Who answers for the data in it. */
  readonly dataOwnerTeam?: string;
  /** Of an environment: one of `environmentClasses`, or a word of one's own. */
  readonly environmentClass?: string;
  /** Of a service instance: what it runs in. */
  readonly environmentArn?: string;
  readonly labels: Labels;
}

export const resourceKinds = [
  'environment-template',
  'service-template',
  'environment',
  'service',
  'service-instance',
  'service-pipeline',
  'component',
  'account',
] as const;
export type ResourceKind = (typeof resourceKinds)[number];

export const environmentClasses = ['sandbox', 'test', 'production'] as const;

/** The tags on a request to create that say where the new thing belongs. */
export const placementTags = {
  unit: 'deuteron:unit',
  owner: 'deuteron:owner',
  dataOwner: 'deuteron:data-owner',
  environmentClass: 'deuteron:environment-class',
} as const;

/** Instances and pipelines are parts of their service, versions of their template: what they lack is as it is there. */
export function wholeOf(arn: string): string | undefined {
  const part = /^(arn:[^:]*:proton:[^:]*:\d*:service\/[^/]+)\/(?:service-instance\/[^/]+|pipeline)$/.exec(arn);
  const version = /^(arn:[^:]*:proton:[^:]*:\d*:(?:environment|service)-template\/[^/:]+):\d+\.\d+$/.exec(arn);
  return part?.[1] ?? version?.[1];
}

/** Facts of a resource with what it takes from the whole that it is a part of, and from its environment. */
export function inheritPlacement(
  own: ResourcePlacement,
  whole: ResourcePlacement | undefined,
  environment: ResourcePlacement | undefined,
): ResourcePlacement {
  return {
    ...own,
    unit: own.unit ?? whole?.unit,
    ownerTeam: own.ownerTeam ?? whole?.ownerTeam,
    dataOwnerTeam: own.dataOwnerTeam ?? whole?.dataOwnerTeam,
    environmentClass: own.environmentClass ?? environment?.environmentClass,
    labels: { ...whole?.labels, ...own.labels },
  };
}
