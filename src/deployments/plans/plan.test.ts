import { expect, test } from 'vitest';
import type { StackAnalysis } from '../../changes/index.ts';
import type { Preview, ResourcePreview } from '../../provisioners/index.ts';
import { describePlan } from './describe-plan.ts';
import { type Looked, makeDeletionPlan } from './plan.ts';
import { planDifference } from './plan-difference.ts';

type Known = Extract<StackAnalysis, { known: true }>;
type Impact = Known['resources'][number]['impact'];

const placement = { accountId: '111122223333', region: 'us-east-1' };

function analysis(impacts: Readonly<Record<string, Impact>>, changes: Partial<Known> = {}): Known {
  const resources = Object.entries(impacts).map(([logicalId, impact]) => {
    return { logicalId, type: 'AWS::SQS::Queue', typeClass: 'stateful' as const, impact };
  });
  const rest = { flags: [], unchanged: 0, findings: [] } as const;
  return { known: true, changeClass: 'breaking', verdict: 'replacement', ...rest, resources, ...changes };
}

function says(resources: Readonly<Record<string, ResourcePreview['replacement']>>, physicalId?: string): Preview {
  return {
    kind: 'update',
    resources: Object.entries(resources).map(([logicalId, replacement]) => {
      return { logicalId, type: 'AWS::SQS::Queue', action: 'modify', replacement, physicalId, properties: [] };
    }),
  };
}

function plan(looked: Omit<Looked, 'placement'>, deployedBy = 'one') {
  const deployed = { state: 'nothing', notes: [`deployed by ${deployedBy}`] } as const;
  const subject = { operation: 'delete', targetArn: 'arn:aws:proton:::environment/books', deployed } as const;
  return makeDeletionPlan(subject, { stackName: 'books', placements: [placement] }, [{ placement, ...looked }]);
}

const lost = { changeClass: 'data-affecting' } as const;
const replaced = analysis({ Queue: 'replace' }, lost);
const open = analysis({ Queue: 'conditional-replace' });
const unknown = { known: false, why: 'nobody looked' } as const;

test.each<readonly [string, Omit<Looked, 'placement'>, Omit<Looked, 'placement'>]>([
  ['that the provider says the same', { analysis: replaced }, { analysis: replaced, preview: says({ Queue: 'yes' }) }],
  [
    'that it cannot say now',
    { analysis: replaced },
    { analysis: replaced, preview: { kind: 'unknown', reason: 'busy', resources: [] } },
  ],
  [
    'its own ids',
    { analysis: open, preview: says({ Queue: 'yes' }, 'q-1') },
    { analysis: open, preview: says({ Queue: 'yes' }, 'q-2') },
  ],
  [
    'the order of what it says',
    { analysis: unknown, preview: says({ Queue: 'yes', Left: 'no' }) },
    { analysis: unknown, preview: says({ Left: 'no', Queue: 'yes' }) },
  ],
])('not in the id of a plan: %s', (_, one, other) => {
  expect(plan(one).id).toBe(plan(other, 'another').id);
});

test.each<readonly [string, Omit<Looked, 'placement'>, Omit<Looked, 'placement'>, string]>([
  [
    'what the provider says beyond the analysis',
    { analysis: replaced, preview: says({ Queue: 'yes' }) },
    { analysis: replaced, preview: says({ Left: 'no', Queue: 'yes' }) },
    'new is Left: none by analysis, modify in place by the provider',
  ],
  [
    'what it decides',
    { analysis: open, preview: says({ Queue: 'no' }) },
    { analysis: open, preview: says({ Queue: 'yes' }) },
    'the class of the change was breaking and is data-affecting; new is Queue: replace by the provider; no longer said is Queue: modify in place by the provider',
  ],
  [
    'what it alone knows',
    { analysis: unknown, preview: says({ Queue: 'yes' }) },
    { analysis: unknown, preview: says({ Queue: 'yes', Left: 'yes' }) },
    'new is Left: replace by the provider',
  ],
  [
    'the class',
    { analysis: replaced },
    { analysis: analysis({ Queue: 'replace' }) },
    'the class of the change was data-affecting and is breaking',
  ],
  [
    'the verdict',
    { analysis: replaced },
    { analysis: analysis({ Queue: 'replace' }, { ...lost, verdict: 'fails' }) },
    'the verdict was replacement and is fails',
  ],
  [
    'what happens to a resource',
    { analysis: replaced },
    { analysis: analysis({ Queue: 'replace', Left: 'replace' }, lost) },
    'the same is applied, but what was said of it is not what is said now',
  ],
])('in the id of a plan: %s', (_, one, other, difference) => {
  expect(plan(one).id).not.toBe(plan(other).id);
  expect(planDifference(plan(one), plan(other)).join('; ')).toBe(difference);
});

test('the provider is shown in one order, whatever its own is', () => {
  const one = plan({ analysis: unknown, preview: says({ Queue: 'yes', Left: 'no' }) });
  const other = plan({ analysis: unknown, preview: says({ Left: 'no', Queue: 'yes' }) });
  expect(describePlan(one)).toContain('The provider says: modify Left; modify Queue, replaced');
  expect(describePlan(other)).toBe(describePlan(one));
});

test('of a nested stack and the data in it, the data alone is what cannot be undone', () => {
  const at = { code: 'R-NESTED', rule: '', versionClass: 'data-affecting', verdict: 'data-at-risk' } as const;
  const evidence = { source: 'rule', certainty: 'certain' } as const;
  const stack = { ...at, evidence, logicalId: 'Data', message: 'updates the nested stack Data' };
  const inside = {
    ...at,
    evidence,
    code: 'D-REPL',
    logicalId: 'Data/Db',
    message: 'replaces the DBInstance Db',
  } as const;
  const told = (findings: Known['findings']) => plan({ analysis: analysis({}, { findings }) }).irreversible;
  expect(told([stack, inside])).toEqual([inside.message]);
  expect(told([stack])).toEqual([stack.message]);
});
