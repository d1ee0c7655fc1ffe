import type { Refusal, RefusalKind, Result } from '../../errors/index.ts';

/** A "no" to a change of the organization, and which member of the change is at fault. */
export interface ChartRefusal<Code extends string = string> extends Refusal<Code> {
  readonly field?: string;
}

export function no(
  kind: RefusalKind,
  refusal: Omit<ChartRefusal, 'kind'>,
): Result<never, ChartRefusal> & { readonly ok: false } {
  return { ok: false, refusal: { kind, ...refusal } };
}

export function inField(
  { refusal }: { readonly refusal: Refusal },
  field: string,
): Result<never, ChartRefusal> & { readonly ok: false } {
  return { ok: false, refusal: { ...refusal, field } };
}
