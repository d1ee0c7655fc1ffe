import { reservedNames } from './shipped-rules.ts';

/** An installation's own rules: a model that can be assigned, or a restriction that can be attached. */
export interface PolicyVersion {
  readonly name: string;
  readonly purpose: PolicyPurpose;
  /** From 1; a version never changes. */
  readonly version: number;
  readonly text: string;
  readonly writtenBy: string;
  readonly writtenAt: Date;
}

export const policyPurposes = ['model', 'restriction'] as const;
export type PolicyPurpose = (typeof policyPurposes)[number];

/** Not one of those that are shipped. */
export function isPolicyName(name: string): boolean {
  return /^[a-z][a-z0-9-]{0,62}$/.test(name) && !reservedNames.includes(name);
}

/** `no-fridays@2`: as rules, verdicts and scopes name it. */
export function versionedName({ name, version }: Pick<PolicyVersion, 'name' | 'version'>): string {
  return `${name}@${version}`;
}
