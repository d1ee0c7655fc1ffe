import { InvalidArgumentError } from 'commander';

/** Reads a whole number between two bounds, both included. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER
        ? `Give a whole number, ${min} or more.`
        : `Give a whole number from ${min} to ${max}.`,
    );
  };
}

/** Reads what is measured: 0.5 is possible. @param bounds both included */
export function amount({ min = 0, max = Number.MAX_SAFE_INTEGER } = {}): (text: string) => number {
  return (text) => {
    const value = amountOf(text);
    if (value !== undefined && value >= min && value <= max) return value;
    throw new InvalidArgumentError(
      max === Number.MAX_SAFE_INTEGER ? `Give a number, ${min} or more.` : `Give a number from ${min} to ${max}.`,
    );
  };
}

/** Reads what lasts: it is more than nothing. */
export function duration(text: string): number {
  const value = amountOf(text);
  if (value !== undefined && value > 0) return value;
  throw new InvalidArgumentError('Give a number above 0.');
}

function amountOf(text: string): number | undefined {
  return /^\d{1,15}(\.\d{1,15})?$|^\.\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
}

/** Reads a text that has to say something, as a reason. */
export function saying(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Give a text that says something.');
}

/** Reads the address of a server. */
export function serverUrl(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
  const guess = `http://${text}`;
  throw new InvalidArgumentError(
    URL.canParse(guess) && !text.includes('://')
      ? `Write http:// or https:// before it: ${guess}.`
      : 'Give a URL, as http://127.0.0.1:4400.',
  );
}

/** Reads the number of a version. */
export function versionNumber(text: string): string {
  if (/^\d{1,9}\.\d{1,9}$/.test(text)) return text;
  throw new InvalidArgumentError('Give major and minor, as 1.0.');
}

/** Where something begins: a day means its first moment, in UTC. @returns ISO 8601 */
export function begin(text: string): string {
  return momentOf(text).first.toISOString();
}

/** Where something ends: a day means that it is over, in UTC. @returns ISO 8601; what has it is not meant any more */
export function end(text: string): string {
  return momentOf(text).last.toISOString();
}

/** A day or a moment as it was given: what it ends, a server tells. */
export function dayOrMoment(text: string): string {
  momentOf(text);
  return text.trim();
}

const dayMs = 86_400_000;

function momentOf(given: string): { readonly first: Date; readonly last: Date } {
  const text = given.trim();
  const [, day, time] =
    /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text) ?? [];
  const start = new Date(`${day}T00:00:00Z`);
  const isDay = day !== undefined && !Number.isNaN(start.getTime()) && start.toISOString().startsWith(day);
  const moment = new Date(text);
  if (isDay && time === undefined) return { first: start, last: new Date(start.getTime() + dayMs) };
  if (isDay && !Number.isNaN(moment.getTime())) return { first: moment, last: moment };
  throw new InvalidArgumentError('Give a day, as 2027-01-31, or a moment with its zone, as 2027-01-31T18:00:00Z.');
}
