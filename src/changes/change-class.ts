import type { ChangeFinding } from './finding.ts';
import type { InstanceVerdict, VersionClass } from './verdict.ts';

/**
 * How far one change of one thing reaches. Mildest first; `unknown` last: what nobody can say is decided on as if it
 * were the worst.
 */
export const changeClasses = ['none', 'compatible', 'breaking', 'data-affecting', 'unknown'] as const;
export type ChangeClass = (typeof changeClasses)[number];

/** The one place that says what a verdict is in a plan. A change that fails changes nothing, but nobody may rely on it. */
const classOfVerdict = {
  'no-change': 'none',
  'in-place': 'compatible',
  interruption: 'compatible',
  replacement: 'breaking',
  'data-at-risk': 'data-affecting',
  fails: 'breaking',
} as const satisfies Record<InstanceVerdict, ChangeClass>;

/** Who reads an output is not known when one thing is looked at: these count as for all who might. */
const countByVersion: ReadonlySet<string> = new Set(['I-OUT-REMOVE', 'I-OUT-TYPE']);

type Judged = Pick<ChangeFinding, 'code' | 'verdict'> & { readonly versionClass: VersionClass };

/** As grave as the gravest finding. One that fails is as grave as what it would have done. */
export function changeClassOf(findings: readonly Judged[]): ChangeClass {
  return findings
    .map(({ code, verdict, versionClass }): ChangeClass => {
      const own = classOfVerdict[verdict];
      return verdict === 'fails' || countByVersion.has(code) ? graverChange(own, versionClass) : own;
    })
    .reduce(graverChange, 'none');
}

export function graverChange(a: ChangeClass, b: ChangeClass): ChangeClass {
  return changeClasses.indexOf(a) >= changeClasses.indexOf(b) ? a : b;
}
