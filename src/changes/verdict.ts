/** How far a new version reaches, worst case over every input the old schema allowed. Mildest first. */
export const versionClasses = ['compatible', 'breaking', 'data-affecting'] as const;
export type VersionClass = (typeof versionClasses)[number];

/** The smallest step of the version number that a version may be published with. Smallest first. */
export const bumps = ['patch', 'minor', 'major'] as const;
export type Bump = (typeof bumps)[number];

/** What a target version does to one instance with its stored inputs. Mildest first. */
export const instanceVerdicts = [
  'no-change',
  'in-place',
  'interruption',
  'replacement',
  'data-at-risk',
  'fails',
] as const;
export type InstanceVerdict = (typeof instanceVerdicts)[number];

/** What happens to one resource. `retain`: it leaves the template and stays in the cloud. */
export const resourceImpacts = [
  'none',
  'add',
  'update-in-place',
  'update-interrupt',
  'conditional-replace',
  'replace',
  'remove',
  'retain',
] as const;
export type ResourceImpact = (typeof resourceImpacts)[number];

/** They ride beside the verdict and are never hidden by it. */
export const changeFlags = [
  'exposure-widening',
  'privilege-widening',
  'capability',
  'name-collision',
  'export-in-use',
  'breaks-consumer',
  'orphan',
  'protection-lowered',
  'irreversible',
  'stack-metadata-only',
] as const;
export type ChangeFlag = (typeof changeFlags)[number];

/** The graver of two words of one scale; a scale lists the mildest first. */
function graverIn<Word>(scale: readonly Word[]): (a: Word, b: Word) => Word {
  return (a, b) => (scale.indexOf(a) >= scale.indexOf(b) ? a : b);
}

export const graverClass = graverIn<VersionClass>(versionClasses);
export const graverVerdict = graverIn<InstanceVerdict>(instanceVerdicts);
export const largerBump = graverIn<Bump>(bumps);

interface Classed {
  readonly versionClass: VersionClass;
}

export function gravestClass(findings: readonly Classed[]): VersionClass {
  return findings.map(({ versionClass }) => versionClass).reduce(graverClass, 'compatible');
}

/** What is of one class stays in its order. */
export function gravestFirst<Finding extends Classed>(findings: readonly Finding[]): readonly Finding[] {
  const gravity = ({ versionClass }: Classed) => versionClasses.indexOf(versionClass);
  return findings.toSorted((a, b) => gravity(b) - gravity(a));
}

/** @param isPatch nothing differs that anybody could notice */
export function bumpFor(versionClass: VersionClass, isPatch: boolean): Bump {
  if (versionClass !== 'compatible') return 'major';
  return isPatch ? 'patch' : 'minor';
}

/** What changing one property does to its resource, mildest first. `unsupported`: the service refuses. */
export const propertyEffects = ['in-place', 'interrupt', 'conditional', 'replace', 'unsupported'] as const;
export type PropertyEffect = (typeof propertyEffects)[number];
