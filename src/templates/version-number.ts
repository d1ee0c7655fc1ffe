import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

/** Compared as numbers, never as text. */
export interface VersionNumber {
  readonly major: number;
  readonly minor: number;
}

export type VersionStatus = 'REGISTRATION_IN_PROGRESS' | 'REGISTRATION_FAILED' | 'DRAFT' | 'PUBLISHED';

/** `deprecated`: nothing new comes to it. `withdrawn`: nothing is deployed at it any more. */
export type VersionAvailability = 'open' | 'deprecated' | 'withdrawn';

export interface ListedVersion extends VersionNumber {
  readonly status: VersionStatus;
  /** Absent: open. */
  readonly availability?: VersionAvailability;
  /** By name, in place of the highest of its major. */
  readonly isRecommended?: boolean;
}

/** Negative, zero or positive. */
export function compareVersions(left: VersionNumber, right: VersionNumber): number {
  return left.major - right.major || left.minor - right.minor;
}

export function versionText({ major, minor }: VersionNumber): string {
  return `${major}.${minor}`;
}

function mayBeRecommended({ status, availability = 'open' }: ListedVersion): boolean {
  return status === 'PUBLISHED' && availability === 'open';
}

/**
 * Of a major the minor that was named, else the highest that is published and open; undefined when none is. Never computed
 * from another major (roadmap 79).
 */
export function recommendedMinor(versions: readonly ListedVersion[], major: number): number | undefined {
  const candidates = versions.filter((each) => each.major === major && mayBeRecommended(each));
  const named = candidates.find(({ isRecommended }) => isRecommended);
  return named?.minor ?? candidates.toSorted(compareVersions).at(-1)?.minor;
}

/** The recommended version of the highest major that has one; undefined when none has. */
export function recommendedVersion(versions: readonly ListedVersion[]): VersionNumber | undefined {
  const major = versions.filter(mayBeRecommended).toSorted(compareVersions).at(-1)?.major;
  const minor = major === undefined ? undefined : recommendedMinor(versions, major);
  return major === undefined || minor === undefined ? undefined : { major, minor };
}

export type NextVersionRefusal = Refusal<'template-major-missing'>;

/**
 * The number of the next version.
 * @param counters the last minor ever given in each major, deleted ones included
 * @param wanted the major asked for; absent: a new one
 * @refuses a major that is neither there nor the next one. Source: AWS Proton API reference, Create*TemplateVersion
 */
export function nextVersion(
  counters: ReadonlyMap<number, number>,
  wanted: number | undefined,
): Result<VersionNumber, NextVersionRefusal> {
  const next = Math.max(0, ...counters.keys()) + 1;
  if (wanted === undefined || wanted === next) return accept({ major: next, minor: 0 });
  const last = counters.get(wanted);
  if (last !== undefined) return accept({ major: wanted, minor: last + 1 });
  return refuse({
    kind: 'missing',
    code: 'template-major-missing',
    message: `The template has no major version ${wanted}; its next one is ${next}.`,
    remedy: `Leave the major version out for a new one, or name one of ${[...counters.keys()].join(', ') || 'none yet'}.`,
  });
}

export type DeploymentType = 'NONE' | 'CURRENT_VERSION' | 'MINOR_VERSION' | 'MAJOR_VERSION';

export type UpgradeRefusal = Refusal<
  | 'upgrade-version-given'
  | 'upgrade-major-wrong'
  | 'upgrade-version-missing'
  | 'upgrade-version-not-ready'
  | 'version-deprecated'
  | 'version-withdrawn'
>;

/**
 * The version that a deployment brings a thing to. Only versions that exist are ever named, so gaps do no harm.
 * An older minor may be named (the way back that Proton lacked: roadmap 10); it is never a default.
 * Source: AWS Proton API reference, UpdateEnvironment and UpdateServiceInstance.
 */
export function versionForUpdate(
  versions: readonly ListedVersion[],
  deploymentType: Exclude<DeploymentType, 'NONE'>,
  current: VersionNumber,
  wanted: { readonly major?: number; readonly minor?: number },
): Result<VersionNumber, UpgradeRefusal> {
  const { major, minor } = wanted;
  switch (deploymentType) {
    case 'CURRENT_VERSION':
      if (major === undefined && minor === undefined) return mayDeploy(versions, current, current);
      return no(
        'upgrade-version-given',
        'A deployment of type CURRENT_VERSION names no template version.',
        'Leave the version out, or use MINOR_VERSION or MAJOR_VERSION.',
      );
    case 'MINOR_VERSION': {
      if (major !== undefined && major !== current.major) {
        return no(
          'upgrade-major-wrong',
          `A deployment of type MINOR_VERSION stays in major version ${current.major}; ${major} was given.`,
          'Use MAJOR_VERSION to change the major version.',
        );
      }
      const recommended = recommendedMinor(versions, current.major);
      const isBehindUse = recommended !== undefined && recommended < current.minor; // a draft is in use
      return chosen(versions, current.major, minor ?? (isBehindUse ? current.minor : recommended), current);
    }
    case 'MAJOR_VERSION': {
      const target = major ?? recommendedVersion(versions)?.major;
      if (target === undefined || target <= current.major) {
        const why = major === undefined ? 'the template recommends no higher one' : `${major} is not higher`;
        return no(
          'upgrade-major-wrong',
          `A deployment of type MAJOR_VERSION goes above major version ${current.major}; ${why}.`,
          'Name a higher major version, or use MINOR_VERSION.',
        );
      }
      return chosen(versions, target, minor);
    }
  }
}

/**
 * The named version, or the recommended minor of its major. It must have been registered.
 * @param current what is there already; absent for something new
 */
export function chosen(
  versions: readonly ListedVersion[],
  major: number,
  minor: number | undefined,
  current?: VersionNumber,
): Result<VersionNumber, UpgradeRefusal> {
  const target = minor ?? recommendedMinor(versions, major);
  if (target === undefined) {
    return no(
      'upgrade-version-missing',
      `Major version ${major} of the template has no published version.`,
      'A platform engineer publishes one; or name a draft by its minor version.',
      'invalid',
    );
  }
  const version = versions.find((each) => each.major === major && each.minor === target);
  if (!version) {
    return no(
      'upgrade-version-missing',
      `The requested template version does not exist: ${major}.${target}.`,
      'Name a version that the template has.',
      'missing',
    );
  }
  if (version.status === 'DRAFT' || version.status === 'PUBLISHED')
    return mayDeploy(versions, { major, minor: target }, current);
  return no(
    'upgrade-version-not-ready',
    `The template version ${major}.${target} is ${version.status}.`,
    'Name a version that is registered.',
    'conflict',
  );
}

/**
 * Whether something may be deployed at a version, as far as the registry says.
 * @param current the version that it is at; absent for something new
 * @refuses a withdrawn version always, and a deprecated one to whatever is not at it already
 */
export function mayDeploy(
  versions: readonly ListedVersion[],
  { major, minor }: VersionNumber,
  current?: VersionNumber,
): Result<VersionNumber, Refusal<'version-deprecated' | 'version-withdrawn'>> {
  const version = versions.find((each) => each.major === major && each.minor === minor);
  const recommended = recommendedMinor(versions, major);
  const instead = recommended === undefined ? 'Use another version' : `Use ${major}.${recommended}`;
  if (version?.availability === 'withdrawn') {
    return no(
      'version-withdrawn',
      `The template version ${major}.${minor} was withdrawn: nothing is deployed at it any more.`,
      `${instead}; what is at it stays as it is, can move to another version, and can be deleted.`,
      'conflict',
    );
  }
  const isThere = current?.major === major && current.minor === minor;
  if (version?.availability === 'deprecated' && !isThere) {
    return no(
      'version-deprecated',
      `The template version ${major}.${minor} is deprecated: nothing new is deployed at it.`,
      `${instead}. What is at it already can still be updated.`,
      'conflict',
    );
  }
  return accept({ major, minor });
}

function no<Code extends string>(
  code: Code,
  message: string,
  remedy: string,
  kind: 'invalid' | 'missing' | 'conflict' = 'invalid',
) {
  return refuse({ kind, code, message, remedy });
}

export type DeleteVersionRefusal = Refusal<'template-version-recommended'>;

/** A recommended version protects its users: it goes last. Source: AWS Proton user guide, "Delete templates". */
export function mayDeleteVersion(
  versions: readonly ListedVersion[],
  version: VersionNumber,
): Result<void, DeleteVersionRefusal> {
  const siblings = versions.filter((each) => each.major === version.major && each.minor !== version.minor);
  const others = versions.filter((each) => each.major !== version.major);
  const isRecommendedMinor = recommendedMinor(versions, version.major) === version.minor;
  const isRecommendedMajor = recommendedVersion(versions)?.major === version.major;
  if (isRecommendedMinor && siblings.length > 0)
    return protectedVersion(version, `the recommended version of major ${version.major}`);
  if (isRecommendedMinor && isRecommendedMajor && others.length > 0)
    return protectedVersion(version, 'the recommended version of the template');
  return accept(undefined);
}

function protectedVersion(version: VersionNumber, what: string) {
  return refuse({
    kind: 'conflict',
    code: 'template-version-recommended' as const,
    message: `Version ${versionText(version)} is ${what} and others are still there.`,
    remedy: 'Publish a newer version, or delete the other versions first.',
  });
}
