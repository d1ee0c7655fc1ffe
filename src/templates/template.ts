import { type Installation, protonArn } from '../identifiers/index.ts';
import type { VersionNumber } from './version-number.ts';

export const templateKinds = ['environment', 'service'] as const;
export type TemplateKind = (typeof templateKinds)[number];

/** What becomes of a version whose number says less than it does: publishing it is refused, or it only warns. */
export const versionEnforcements = ['refuse', 'warn'] as const;
export type VersionEnforcement = (typeof versionEnforcements)[number];

export interface TemplateRef {
  readonly kind: TemplateKind;
  readonly name: string;
}

/** A template: the name under which versions are registered. */
export interface Template extends TemplateRef {
  /** Tells two lives of one name apart. */
  readonly creationId: string;
  readonly arn: string;
  readonly displayName: string | null;
  readonly description: string | null;
  readonly encryptionKey: string | null;
  /** Environment: the infrastructure exists, the spec gives its outputs. Service: without pipeline. */
  readonly customerManaged: boolean;
  readonly versionEnforcement: VersionEnforcement;
  readonly createHash: string;
  /** Since it was created. */
  readonly modified: boolean;
  readonly createdAt: Date;
  readonly lastModifiedAt: Date;
}

export function templateArn(installation: Installation, { kind, name }: TemplateRef): string {
  return protonArn(installation, `${kind}-template/${name}`);
}

export function templateVersionArn(
  installation: Installation,
  template: TemplateRef,
  { major, minor }: VersionNumber,
): string {
  return `${templateArn(installation, template)}:${major}.${minor}`;
}
