import type { Refusal, SourcePosition } from '../errors/index.ts';
import type { RuleId } from './rules.ts';

/** One thing a check has to say. An error refuses the bundle; a warning does not. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly rule: RuleId;
  /** Line and column from 1; line 1, column 1 for a whole file; file = directory path when something is missing. */
  readonly position: SourcePosition;
  readonly message: string;
  readonly remedy: string;
}

export function errorFinding(rule: RuleId, position: SourcePosition, message: string, remedy: string): Finding {
  return { severity: 'error', rule, position, message, remedy };
}

export function warningFinding(rule: RuleId, position: SourcePosition, message: string, remedy: string): Finding {
  return { severity: 'warning', rule, position, message, remedy };
}

/** A refusal of a file as a finding about it. */
export function findingOf(refusal: Refusal<RuleId> & { readonly position: SourcePosition }): Finding {
  return errorFinding(refusal.code, refusal.position, refusal.message, refusal.remedy);
}

/** A file or a directory as a whole. */
export function wholeFile(file: string): SourcePosition {
  return { file, line: 1, column: 1 };
}
