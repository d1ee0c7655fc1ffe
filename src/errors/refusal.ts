/** Chooses the wire status: invalid 400, missing 404, conflict 409, forbidden 403, limit 429, unavailable 503. */
export type RefusalKind = 'invalid' | 'missing' | 'conflict' | 'forbidden' | 'limit' | 'unavailable';

/** Where in an author's source a refusal comes from. `line` and `column` count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** An expected "no". Returned as a value; never thrown across a room's border. */
export interface Refusal<Code extends string = string> {
  readonly kind: RefusalKind;
  /** A stable word with a heading of its own in docs/errors.md; clients may depend on it. */
  readonly code: Code;
  /** What happened, with the offending value. */
  readonly message: string;
  /** What this reader can do next, and who can if he cannot. */
  readonly remedy: string;
  /** The author's file, line and column, where one is at fault. */
  readonly position?: SourcePosition;
  /** Dotted names of the inputs that were read at that position, e.g. `service_instance.inputs.port`. */
  readonly inputs?: readonly string[];
  /** For our log; never sent. */
  readonly detail?: unknown;
}

export type Result<Value, R extends Refusal = Refusal> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: R };

export function accept<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function refuse<Code extends string>(
  refusal: Refusal<Code>,
): { readonly ok: false; readonly refusal: Refusal<Code> } {
  return { ok: false, refusal };
}

/** `file:line:column` */
export function placeOf({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column}`;
}

/** For a person: `file:line:column: message (inputs …). remedy`; the remedy of a list stands in a line of its own. */
export function describeRefusal(refusal: Refusal): string {
  const { position, inputs } = refusal;
  const where = position ? `${placeOf(position)}: ` : '';
  const read = inputs?.length ? ` (inputs read here: ${inputs.join(', ')})` : '';
  const said = `${where}${refusal.message}${read}`;
  if (!refusal.remedy) return said;
  if (said.includes('\n')) return `${said.trimEnd()}\n${refusal.remedy}`;
  const isWhole = /[.?!:]["'`)]?$/.test(refusal.message);
  return `${said}${isWhole ? '' : '.'} ${refusal.remedy}`;
}

/** One refusal that tells all: it has the code and the place of the first. */
export function allAsOne(refusals: readonly Refusal[]): Refusal {
  const [first, ...rest] = refusals as [Refusal, ...Refusal[]];
  if (rest.length === 0) return first;
  const shown = rest.slice(0, 19).map(describeRefusal);
  const more = rest.length > shown.length ? [`and ${rest.length - shown.length} more`] : [];
  return {
    ...first,
    message: `${first.message} ${first.remedy}\n${[...shown, ...more].join('\n')}\n`,
    remedy: 'Correct all of them.',
  };
}
