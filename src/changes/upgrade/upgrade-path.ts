import { type ParameterSchema, stepName, type UpgradeStep } from '../../bundles/index.ts';

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** A version as upgrades need it; also of one that was deleted long ago. */
export interface KnownVersion extends Version {
  /** Absent when it was deleted before schemas were kept. */
  readonly schema?: ParameterSchema;
  /** All steps that lie in its bundle. */
  readonly steps: readonly UpgradeStep[];
}

/** One step on the way, and the schemas on its two sides. */
export interface PathStep {
  readonly step: UpgradeStep;
  readonly direction: 'up' | 'down';
  /** What its inputs fit. */
  readonly before?: KnownVersion;
  /** What its result must fit: the target, or the latest minor of the major in between. */
  readonly after?: KnownVersion;
}

/**
 * The steps from one version to another, in order. A major without a step is passed as it is. Of several ways the one
 * with the fewest such gaps is taken, then the one with the most steps: a shortcut serves where the chain has a hole. Of
 * a step that lies in several bundles, the highest version's counts, which may have corrected it.
 */
export function upgradePath(versions: readonly KnownVersion[], from: Version, to: Version): PathStep[] {
  const isDown = compare(from, to) > 0;
  const [low, high] = isDown ? [to, from] : [from, to];
  const { steps } = bestWay(stepsUpTo(versions, high), low, high, new Map());
  /** Between two steps, and at both ends. */
  const stations = [
    steps[0] && (isDown ? versionAt(versions, low) : (latestBefore(versions, steps[0]) ?? versionAt(versions, low))),
    ...steps
      .slice(1)
      .map((step, index) => latestBefore(versions, step) ?? latestMinor(versions, steps[index]?.to.major)),
    versionAt(versions, high),
  ];
  const path = steps.map((step, index): PathStep => {
    const [below, above] = [stations[index], stations[index + 1]];
    return isDown
      ? { step, direction: 'down', before: above, after: below }
      : { step, direction: 'up', before: below, after: above };
  });
  return isDown ? path.reverse() : path;
}

/** A step is written for the latest minor of its major, or for the one that it names when it stays within the major. */
function latestBefore(versions: readonly KnownVersion[], { from, to }: UpgradeStep): KnownVersion | undefined {
  return latestMinor(versions, from.major, from.major === to.major ? from.minor : undefined);
}

interface Way {
  readonly gaps: number;
  readonly steps: readonly UpgradeStep[];
}

function bestWay(steps: readonly UpgradeStep[], at: Version, to: Version, known: Map<string, Way>): Way {
  const key = `${at.major}.${at.minor}`;
  const found = known.get(key);
  if (found) return found;
  let best: Way = { gaps: to.major - at.major, steps: [] };
  for (const step of steps) {
    if (!follows(step, at)) continue;
    const rest = bestWay(steps, step.to, to, known);
    const way = { gaps: step.from.major - at.major + rest.gaps, steps: [step, ...rest.steps] };
    if (way.gaps < best.gaps || (way.gaps === best.gaps && way.steps.length > best.steps.length)) best = way;
  }
  known.set(key, best);
  return best;
}

/** The minor of `from` says which schema a step to another major was written for; it serves the whole major. */
function follows({ from, to }: UpgradeStep, at: Version): boolean {
  if (compare(to, at) <= 0 || from.major < at.major) return false;
  return from.major > at.major || to.major > from.major || (from.minor ?? 0) >= at.minor;
}

function stepsUpTo(versions: readonly KnownVersion[], to: Version): UpgradeStep[] {
  const found = new Map<string, UpgradeStep>();
  for (const version of versions.toSorted(compare)) {
    if (compare(version, to) > 0) continue;
    for (const step of version.steps) {
      const { from } = step;
      const key = from.major === step.to.major ? stepName(step) : `${from.major} to ${step.to.major}`;
      if (compare(step.to, to) <= 0) found.set(key, step);
    }
  }
  return [...found.values()];
}

function latestMinor(
  versions: readonly KnownVersion[],
  major: number | undefined,
  minorMax = Number.POSITIVE_INFINITY,
): KnownVersion | undefined {
  return versions
    .filter((version) => version.major === major && version.minor <= minorMax && version.schema !== undefined)
    .reduce<KnownVersion | undefined>(
      (last, version) => (!last || version.minor > last.minor ? version : last),
      undefined,
    );
}

function versionAt(versions: readonly KnownVersion[], { major, minor }: Version): KnownVersion | undefined {
  return versions.find((version) => version.major === major && version.minor === minor);
}

function compare(left: Version, right: Version): number {
  return left.major - right.major || left.minor - right.minor;
}
