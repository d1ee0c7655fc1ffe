import { expect, test } from 'vitest';
import { people, resource, wednesday } from '../testing/example-estate.ts';
import { actRefusal } from './act-refusal.ts';
import type { Decision } from './decision.ts';

test('what cannot wait for approvals names whose they would be, and the decision', () => {
  const reasons = [{ rule: 'r', message: 'The path is the platform’s.' }];
  const decision = {
    id: 'd-1',
    policies: 'p',
    request: {
      verb: 'template:publish',
      principal: people.owner,
      resource: resource('service-template', { ownerTeam: 'web' }),
      at: wednesday,
      timeZone: 'UTC',
      via: 'native',
    },
    verdict: {
      verdict: 'needs-approvals',
      rules: ['r'],
      model: 'm',
      informs: [],
      approvals: [
        { approvers: ['owner', 'platform'], count: 2, noSelfApproval: false, reasons },
        { approvers: ['security'], count: 1, noSelfApproval: false, reasons: [] },
      ],
    },
  } as unknown as Decision;
  expect(actRefusal(decision)).toMatchObject({
    code: 'approval-needed',
    message: 'The path is the platform’s.',
    remedy: expect.stringMatching(
      /^It would need approval by 2 of owner \(team web\) or platform, and by security, .*Decision d-1 keeps/,
    ),
  });
});
