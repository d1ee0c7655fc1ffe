import type { Verdict } from './verdict.ts';

/**
 * What governance would say to a plan if somebody asked for it now. It is no part of the plan: rules, people and the hour
 * change, and it is decided when the plan is asked for.
 */
export interface PlanAdvice {
  /** `refused`: it would not come to a decision, for what `message` says. */
  readonly verdict: Verdict['verdict'] | 'refused';
  /** Name of whose request is judged. */
  readonly asks: string;
  /** Who would have to approve, for a person. */
  readonly waitsFor?: string;
  /** Why it is denied, refused, or must be approved: in the words of the rules. */
  readonly message?: string;
  /** Names of the rules that would decide. */
  readonly rules: readonly string[];
}

/** For a person; the first line says whose request it is about. */
export function describeAdvice(advice: PlanAdvice): readonly string[] {
  const { asks, rules, message } = advice;
  const lines = [`Were it asked for by ${asks} now (rules and people may change until it is):`, `  ${would(advice)}`];
  if (message && advice.verdict === 'needs-approvals') lines.push(`  ${message}`);
  return rules.length > 0 ? [...lines, `  By the rules: ${rules.join(', ')}`] : lines;
}

function would({ verdict, waitsFor, message }: PlanAdvice): string {
  switch (verdict) {
    case 'allow':
      return 'Would be applied at once.';
    case 'needs-approvals':
      return `Would wait for approval by: ${waitsFor}`;
    case 'deny':
      return `Would be denied: ${message}`;
    case 'refused':
      return `Would be refused: ${message}`;
  }
}
