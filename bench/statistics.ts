/**
 * The smallest sample that at least `share` of all samples do not exceed (nearest rank): always a value that was
 * measured, never one in between.
 * @param share 0 < share <= 1
 * @throws for no samples
 */
export function percentile(samples: readonly number[], share: number): number {
  if (!(share > 0 && share <= 1)) throw new RangeError(`${share} is no share above 0 and up to 1`);
  const sorted = samples.toSorted((left, right) => left - right);
  const found = sorted[Math.ceil(share * sorted.length) - 1];
  if (found === undefined) throw new RangeError('there is no percentile of no samples');
  return found;
}

/** The middle sample, or the mean of the two in the middle. @throws for no samples */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new RangeError('there is no median of no samples');
  return (lower + upper) / 2;
}
