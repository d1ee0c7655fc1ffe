const units = [
  [86_400_000, 'days'],
  [3_600_000, 'hours'],
  [60_000, 'minutes'],
  [1_000, 'seconds'],
] as const;

/** In words, in the largest unit of which there are at least two: `3 hours`. */
export function lasting(ms: number): string {
  const [unitMs, unit] = units.find(([each]) => ms >= 2 * each) ?? ([1_000, 'seconds'] as const);
  return `${Math.max(0, Math.floor(ms / unitMs))} ${unit}`;
}
