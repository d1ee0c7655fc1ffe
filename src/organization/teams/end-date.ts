const dayMs = 86_400_000;

/**
 * `2026-12-31`: to the end of that day in UTC; or a moment as ISO 8601 with its zone. undefined for anything else, also
 * for a day that no month has.
 */
export function readEndDate(text: string): Date | undefined {
  const [, day, time] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  const start = new Date(`${day}T00:00:00Z`);
  if (day === undefined || Number.isNaN(start.getTime()) || !start.toISOString().startsWith(day)) return undefined;
  if (time === undefined) return new Date(start.getTime() + dayMs);
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** As `readEndDate` reads it. */
export function showEndDate(date: Date): string {
  const last = new Date(date.getTime() - dayMs).toISOString();
  return last.endsWith('T00:00:00.000Z') ? last.slice(0, 10) : date.toISOString();
}
