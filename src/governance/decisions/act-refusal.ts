import { type Refusal, refuse } from '../../errors/index.ts';
import { describeApprover } from '../relations.ts';
import type { Decision } from './decision.ts';

export type ActRefusal = Refusal<'not-permitted' | 'approval-needed'>;

/**
 * What is said to whoever may not do something at once; undefined: he may.
 * @param whoMight relations to the thing of which one would be enough
 */
export function actRefusal(
  { id, verdict, request }: Decision,
  whoMight: readonly string[] = [],
): ActRefusal | undefined {
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
    case 'needs-approvals': {
      const who = verdict.approvals.map(({ approvers, count }) => {
        const named = approvers.map((each) => describeApprover(each, request.resource)).join(' or ');
        return count > 1 ? `${count} of ${named}` : named;
      });
      return refuse({
        kind: 'forbidden',
        code: 'approval-needed',
        message: verdict.approvals.flatMap(({ reasons }) => reasons.map(({ message }) => message)).join(' '),
        remedy: `It would need approval by ${who.join(', and by ')}, and what is done at once cannot wait for it: ask one who needs none. Decision ${id} keeps the rules and facts that decided.`,
      }).refusal;
    }
  }
}
