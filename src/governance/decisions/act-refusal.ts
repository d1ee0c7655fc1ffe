import { type Refusal, refuse } from '../../errors/index.ts';
import type { Decision } from './decision.ts';

export type ActRefusal = Refusal<'not-permitted' | 'approval-needed'>;

/**
 * What is said to whoever may not do something at once; undefined: he may.
 * @param whoMight relations to the thing of which one would be enough
 */
export function actRefusal({ id, verdict }: Decision, whoMight: readonly string[] = []): ActRefusal | undefined {
  switch (verdict.verdict) {
    case 'allow':
      return undefined;
    case 'deny': {
      const who = whoMight.length > 0 ? `It is for: ${whoMight.join(', ')}. ` : '';
      return refuse({
        kind: 'forbidden',
        code: 'not-permitted',
        message: verdict.reasons.map(({ message }) => message).join(' '),
        remedy: `${who}Decision ${id} keeps the rules and facts that decided.`,
      }).refusal;
    }
    case 'needs-approvals':
      return refuse({
        kind: 'forbidden',
        code: 'approval-needed',
        message: verdict.approvals.flatMap(({ reasons }) => reasons.map(({ message }) => message)).join(' '),
        remedy: 'Ask somebody who needs no approval for it.',
      }).refusal;
  }
}
