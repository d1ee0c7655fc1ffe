import type { Finding } from '../bundles/index.ts';
import type { VersionReport } from '../changes/index.ts';
import type { TemplateKind } from './template.ts';
import type { VersionAvailability, VersionNumber, VersionStatus } from './version-number.ts';

/** Where a bundle came from. */
export interface BundleSource {
  readonly bucket: string;
  readonly key: string;
}

export interface CompatibleEnvironment {
  readonly templateName: string;
  readonly majorVersion: number;
}

/** One version of a template. Once it is registered its bundle never changes. */
export interface TemplateVersion extends VersionNumber {
  readonly kind: TemplateKind;
  readonly templateName: string;
  readonly arn: string;
  readonly registrationId: string;
  readonly status: VersionStatus;
  readonly statusMessage: string;
  readonly description: string | null;
  readonly source: BundleSource;
  /** Service templates: the environments that an instance can run in. */
  readonly compatibleEnvironments: readonly CompatibleEnvironment[];
  readonly supportedComponentSources: readonly string[];
  /** schema/schema.yaml, verbatim. */
  readonly schemaText: string | null;
  readonly bundleDigest: string | null;
  readonly findings: readonly Finding[];
  readonly availability: VersionAvailability;
  /** Why it is deprecated or withdrawn, for people. */
  readonly availabilityReason: string | null;
  /** By name, in place of the highest of its major. */
  readonly isRecommended: boolean;
  /** Null as long as it is not registered, and where it was registered before there were reports. */
  readonly report: VersionReport | null;
  readonly createdAt: Date;
  readonly lastModifiedAt: Date;
}

/** A version without what its bundle says: lists have many. */
export type TemplateVersionSummary = Omit<TemplateVersion, 'schemaText' | 'findings' | 'report'>;

export interface VersionRef extends VersionNumber {
  readonly kind: TemplateKind;
  readonly templateName: string;
}

/** What may be asked in which status. */
export const templateVersionCan = {
  publish: ['DRAFT', 'PUBLISHED'],
  deploy: ['DRAFT', 'PUBLISHED'],
  recommend: ['PUBLISHED'],
  deprecate: ['PUBLISHED'],
  withdraw: ['DRAFT', 'PUBLISHED'],
} as const satisfies Record<string, readonly VersionStatus[]>;

export function versionCan(action: keyof typeof templateVersionCan, status: VersionStatus): boolean {
  const statuses: readonly VersionStatus[] = templateVersionCan[action];
  return statuses.includes(status);
}
