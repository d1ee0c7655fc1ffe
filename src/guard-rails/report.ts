import type { SourcePosition } from '../errors/index.ts';
import { type Effect, stricter } from './guard-rail.ts';

/** What a rail found, for people. */
export interface RailFinding {
  readonly rail: string;
  readonly effect: Exclude<Effect, 'off'>;
  /** Whether it is one cannot be known before it is deployed. */
  readonly isUnknown?: true;
  readonly logicalId?: string;
  readonly type?: string;
  /** `/` between names. */
  readonly property?: string;
  readonly message: string;
  readonly remedy: string;
  /** In the author's template. */
  readonly position?: SourcePosition;
  /** Dotted names of those that were read there. */
  readonly inputs: readonly string[];
  /** The scope whose setting wants it. */
  readonly scope: string;
  /** Of the exception that lifts it. */
  readonly exception?: string;
}

/** What came of looking. Plain data: it is kept with the deployment. */
export interface RailReport {
  readonly findings: readonly RailFinding[];
  /** Rails that were in force and found nothing. */
  readonly passed: readonly string[];
  /** Those that lifted something. */
  readonly exceptions: readonly { readonly id: string; readonly rail: string; readonly expiresAt: string }[];
  /** Of what was in force. */
  readonly digest: string;
}

export function isBlocking({ effect, exception }: RailFinding): boolean {
  return effect === 'block' && exception === undefined;
}

export function blockingFindings({ findings }: RailReport): readonly RailFinding[] {
  return findings.filter(isBlocking);
}

/** The same thing found by several settings, or in several accounts and regions, is said once, with the strictest effect. */
export function withoutRepeats(findings: readonly RailFinding[]): readonly RailFinding[] {
  const byKey = new Map<string, RailFinding>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rail, finding.logicalId, finding.property, finding.message]);
    const known = byKey.get(key);
    const isStricter = known === undefined || stricter(known.effect, finding.effect) !== known.effect;
    if (isStricter) byKey.set(key, finding);
  }
  return [...byKey.values()];
}

/** What was found in the template, then in the plan. */
export function joinReports(one: RailReport | undefined, other: RailReport): RailReport {
  if (!one) return other;
  const exceptions = new Map([...one.exceptions, ...other.exceptions].map((each) => [each.id, each]));
  return {
    findings: [...one.findings, ...other.findings],
    passed: [...one.passed, ...other.passed],
    exceptions: [...exceptions.values()],
    digest: other.digest,
  };
}
