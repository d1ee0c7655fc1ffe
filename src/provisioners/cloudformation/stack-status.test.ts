import { describe, expect, test } from 'vitest';
import { operationToken, removeStep, stackEnd, stackPhase, startStep } from './stack-status.ts';

const token = 'd-1';

describe('what a start does in each stack status', () => {
  const cases = [
    { status: undefined, step: 'create', reason: 'nothing is there' },
    { status: 'DELETE_COMPLETE', step: 'create', reason: 'only a tombstone is there' },
    { status: 'CREATE_COMPLETE', step: 'update', reason: 'a live stack' },
    { status: 'UPDATE_COMPLETE', step: 'update', reason: 'a live stack' },
    { status: 'IMPORT_COMPLETE', step: 'update', reason: 'a live stack' },
    { status: 'UPDATE_ROLLBACK_COMPLETE', step: 'update', reason: 'a clean rollback is no dead end (F23, roadmap 46)' },
    { status: 'IMPORT_ROLLBACK_COMPLETE', step: 'update', reason: 'as above' },
    { status: 'ROLLBACK_COMPLETE', step: 'delete-dead-stack', reason: 'accepts no update (F36)' },
    { status: 'CREATE_FAILED', step: 'delete-dead-stack', reason: 'accepts no update' },
    { status: 'ROLLBACK_FAILED', step: 'delete-dead-stack', reason: 'accepts no update' },
    { status: 'REVIEW_IN_PROGRESS', step: 'delete-dead-stack', reason: 'holds a change set and no resource' },
    { status: 'DELETE_FAILED', step: 'delete-dead-stack', reason: 'accepts nothing but deletion' },
    { status: 'UPDATE_ROLLBACK_FAILED', step: 'continue-rollback', reason: 'never a delete (F22)' },
    { status: 'IMPORT_ROLLBACK_FAILED', step: 'import-stuck', reason: 'no call of the service goes on from there' },
    { status: 'UPDATE_FAILED', step: 'roll-back', reason: 'somebody switched rollback off' },
    { status: 'UPDATE_IN_PROGRESS', step: 'wait', reason: "somebody else's operation runs" },
    { status: 'IMPORT_IN_PROGRESS', step: 'wait', reason: 'as above' },
    { status: 'IMPORT_ROLLBACK_IN_PROGRESS', step: 'wait', reason: 'as above' },
    { status: 'A_STATUS_OF_TOMORROW', step: 'wait', reason: 'what we do not know we do not touch' },
  ] as const;
  test.each(cases)('$status: $step', ({ status, step, reason }) => {
    expect(startStep(status, undefined, token), reason).toBe(step);
  });

  test.each(cases)('$status after our own operation: begun already', ({ status }) => {
    expect(startStep(status, operationToken('apply', token), token)).toBe('begun-already');
  });

  test.each(['UPDATE_ROLLBACK_FAILED', 'UPDATE_FAILED'])(
    '%s after a way out that failed is stuck, not tried for ever',
    (status) => {
      expect(startStep(status, operationToken('recover', token), token)).toBe('stuck');
    },
  );

  test('a dead stack that could not be deleted is stuck', () => {
    expect(startStep('DELETE_FAILED', operationToken('clear', token), token)).toBe('stuck');
  });

  test('another deployment may try the way out again', () => {
    expect(startStep('UPDATE_ROLLBACK_FAILED', operationToken('recover', 'd-0'), token)).toBe('continue-rollback');
  });
});

describe('what a removal does', () => {
  test.each([
    { status: undefined, last: undefined, step: 'gone' },
    { status: 'DELETE_COMPLETE', last: undefined, step: 'gone' },
    { status: 'CREATE_COMPLETE', last: undefined, step: 'delete' },
    { status: 'CREATE_IN_PROGRESS', last: undefined, step: 'delete' },
    { status: 'UPDATE_IN_PROGRESS', last: undefined, step: 'wait' },
    { status: 'UPDATE_ROLLBACK_FAILED', last: undefined, step: 'delete' },
    { status: 'DELETE_IN_PROGRESS', last: undefined, step: 'begun-already' },
    { status: 'DELETE_FAILED', last: operationToken('delete', token), step: 'begun-already' },
    { status: 'DELETE_FAILED', last: operationToken('delete', 'd-0'), step: 'delete' },
  ] as const)('$status: $step', ({ status, last, step }) => {
    expect(removeStep(status, last, token)).toBe(step);
  });
});

test('a stack has an end exactly when it is not busy, but for a stack under review', () => {
  const statuses = [
    'CREATE_COMPLETE',
    'ROLLBACK_COMPLETE',
    'UPDATE_ROLLBACK_FAILED',
    'DELETE_FAILED',
    'UPDATE_IN_PROGRESS',
  ];
  for (const status of statuses) expect(stackEnd(status) === undefined, status).toBe(stackPhase(status) === 'busy');
  expect(stackEnd('REVIEW_IN_PROGRESS')).toBeUndefined();
});
