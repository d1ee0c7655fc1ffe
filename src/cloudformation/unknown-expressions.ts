import {
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
  objectFrom,
  type ResourceRead,
  type TemplateValue,
  UnknownValue,
} from './template-value.ts';

/** The function call whose result is not known yet, because some of its arguments are not. */
export function unknownCall(name: string, ...args: readonly EvaluatedValue[]): UnknownValue {
  const argument = args.length === 1 ? expressionOf(args[0]!) : args.map(expressionOf);
  return new UnknownValue(objectFrom([[name, argument]]), readsOf(args));
}

/** The value as an expression: unknown parts as the calls that would give them. */
export function expressionOf(value: EvaluatedValue): TemplateValue {
  if (isUnknown(value)) return value.expression;
  if (isEvaluatedList(value)) return value.map(expressionOf);
  if (isEvaluatedObject(value)) {
    return objectFrom(
      Object.entries(value).map(([key, member]): [string, TemplateValue] => [key, expressionOf(member)]),
    );
  }
  return value;
}

/** Resources that the unknown parts of the values hang on, each once, in order of appearance. */
export function readsOf(values: readonly EvaluatedValue[]): readonly ResourceRead[] {
  const reads = new Map<string, ResourceRead>();
  const pending = [...values].reverse();
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (isUnknown(value)) for (const read of value.reads) reads.set(`${read.logicalId}.${read.attribute ?? ''}`, read);
    else if (isEvaluatedList(value)) pending.push(...value.toReversed());
    else if (isEvaluatedObject(value)) pending.push(...Object.values(value).reverse());
  }
  return [...reads.values()];
}

export function isWhollyKnown(value: EvaluatedValue): boolean {
  if (isUnknown(value)) return false;
  if (isEvaluatedList(value)) return value.every(isWhollyKnown);
  if (isEvaluatedObject(value)) return Object.values(value).every(isWhollyKnown);
  return true;
}

/**
 * Text from pieces, some unknown. Written as one `Fn::Join` with nothing between its pieces, neighbouring texts run
 * together and inner joins flattened, so that `Fn::Sub` and `Fn::Join` spell the same value the same way.
 */
export function concatenation(pieces: readonly (string | UnknownValue)[]): string | UnknownValue {
  const flat = pieces.flatMap(piecesOf);
  const merged: (string | UnknownValue)[] = [];
  for (const piece of flat) {
    const last = merged.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') merged[merged.length - 1] = last + piece;
    else if (piece !== '') merged.push(piece);
  }
  if (merged.every((piece) => typeof piece === 'string')) return merged.join('');
  const only = merged[0];
  if (merged.length === 1 && isUnknown(only)) return only;
  return new UnknownValue(objectFrom([['Fn::Join', ['', merged.map(expressionOf)]]]), readsOf(merged));
}

/** Pieces of a text that concatenation made; reads are kept whole on the first unknown piece. */
function piecesOf(piece: string | UnknownValue): readonly (string | UnknownValue)[] {
  if (typeof piece === 'string') return [piece];
  const inner = joinedPieces(piece.expression);
  if (!inner) return [piece];
  return inner.map((part) => (typeof part === 'string' ? part : new UnknownValue(part, piece.reads)));
}

function joinedPieces(expression: TemplateValue): readonly TemplateValue[] | undefined {
  if (typeof expression !== 'object' || Array.isArray(expression)) return undefined;
  const argument = (expression as { readonly [key: string]: TemplateValue })['Fn::Join'];
  return Array.isArray(argument) && argument[0] === '' && Array.isArray(argument[1]) ? argument[1] : undefined;
}
