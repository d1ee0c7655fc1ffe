import type { PlacementReach, PlacementSelector } from '../../organization/index.ts';
import type { VersionNumber } from '../../templates/index.ts';

/** Which of the things on a template are looked at. What is empty does not narrow; the rest must all hold. */
export interface PreviewSelector {
  /** Names; of instances, the environment that they live in. */
  readonly environments: readonly string[];
  readonly services: readonly string[];
  /** What is deployed: a version, or every minor of a major. */
  readonly deployed: readonly DeployedVersion[];
  /** Of a service template: instances, pipelines, or both. */
  readonly parts: readonly ('instance' | 'pipeline')[];
  /** All of them, each on the thing, on its service or on its environment. */
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** Where it is and who answers for it, as the organization knows; of a pipeline, no environment class. */
  readonly placed?: PlacementSelector;
  /** What its reader may see; absent: all. */
  readonly reach?: PlacementReach;
}

export type DeployedVersion = Pick<VersionNumber, 'major'> & Partial<VersionNumber>;

export const everything: PreviewSelector = { environments: [], services: [], deployed: [], parts: [], tags: [] };

/** `1` or `1.2`; undefined for anything else. */
export function deployedVersion(text: string): DeployedVersion | undefined {
  const [, major, minor] = /^(\d{1,6})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (major === undefined) return undefined;
  return { major: Number(major), ...(minor !== undefined && { minor: Number(minor) }) };
}
