import type { DeploymentType } from './version-number.ts';

/** Which deployment a change means that names only the version it wants, seen from the major version in use. */
export function impliedDeploymentType(
  currentMajor: number,
  { major, minor }: { readonly major?: number; readonly minor?: number },
): Exclude<DeploymentType, 'NONE'> {
  if (major === undefined && minor === undefined) return 'CURRENT_VERSION';
  return major === undefined || major === currentMajor ? 'MINOR_VERSION' : 'MAJOR_VERSION';
}
