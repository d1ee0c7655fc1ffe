import { describe, expect, test } from 'vitest';
import { applyEnd, deletionEnd, type StackEventSeen, type StackSight } from './operation-end.ts';
import { operationToken, stackStatuses } from './stack-status.ts';

const token = 'd-1';
const older = operationToken('apply', 'd-0');

function event(status: string, eventToken?: string, reason?: string): StackEventSeen {
  return { id: `${status} ${eventToken}`, status, token: eventToken, reason };
}

function sight(status: string | undefined, events: readonly StackEventSeen[], more: Partial<StackSight> = {}) {
  return { status, events, keepsTokens: true, hasMoved: false, isWaitOver: false, ...more };
}

/** What each settled status means when our own operation is what ran last, and when nothing of ours can be seen. */
const settled = [
  { status: 'CREATE_COMPLETE', apply: 'well', deletion: 'refused' },
  { status: 'UPDATE_COMPLETE', apply: 'well', deletion: 'refused' },
  { status: 'IMPORT_COMPLETE', apply: 'well', deletion: 'refused' },
  { status: 'ROLLBACK_COMPLETE', apply: 'badly all', deletion: 'refused' },
  { status: 'UPDATE_ROLLBACK_COMPLETE', apply: 'badly all', deletion: 'refused' },
  { status: 'IMPORT_ROLLBACK_COMPLETE', apply: 'badly all', deletion: 'refused' },
  { status: 'CREATE_FAILED', apply: 'badly nothing', deletion: 'refused' },
  { status: 'UPDATE_FAILED', apply: 'badly nothing', deletion: 'refused' },
  { status: 'ROLLBACK_FAILED', apply: 'badly part', deletion: 'refused' },
  { status: 'UPDATE_ROLLBACK_FAILED', apply: 'badly part', deletion: 'refused' },
  { status: 'IMPORT_ROLLBACK_FAILED', apply: 'badly part', deletion: 'refused' },
  { status: 'DELETE_FAILED', apply: 'badly part', deletion: 'failed' },
  { status: 'DELETE_COMPLETE', apply: 'gone', deletion: 'gone' },
  { status: undefined, apply: 'gone', deletion: 'gone' },
] as const;

const shown = (end: ReturnType<typeof applyEnd> | ReturnType<typeof deletionEnd>) =>
  'undone' in end ? `${end.ended} ${end.undone}` : end.ended;

describe('every status has an end, or is one of a stack at work', () => {
  test('the tables below name every status of the service', () => {
    const busy = stackStatuses.filter((status) => status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS');
    const named = [...settled.flatMap(({ status }) => status ?? []), ...busy, 'REVIEW_IN_PROGRESS'];
    expect(named.sort()).toEqual([...stackStatuses].sort());
  });

  test.each(settled)('$status after our own operation', ({ status, apply, deletion }) => {
    const own = (purpose: 'apply' | 'delete') => (status ? [event(status, operationToken(purpose, token))] : []);
    expect(shown(applyEnd(sight(status, own('apply')), token))).toBe(apply);
    expect(shown(deletionEnd(sight(status, own('delete')), token))).toBe(deletion);
  });

  test.each(settled)(
    '$status as an older operation left it: not mistaken for ours, and waited for no longer',
    (row) => {
      const { status, apply, deletion } = row;
      const isAbsent = apply === 'gone';
      const events = status ? [event(status, older)] : [];
      const now = (isWaitOver: boolean) => sight(status, events, { isWaitOver });
      expect(shown(applyEnd(now(false), token))).toBe(isAbsent ? 'gone' : 'not-yet');
      expect(shown(applyEnd(now(true), token))).toBe(isAbsent ? 'gone' : 'unseen');
      expect(shown(deletionEnd(now(false), token))).toBe(isAbsent ? 'gone' : 'not-yet');
      expect(shown(deletionEnd(now(true), token))).toBe(deletion);
    },
  );

  test.each(settled)('$status where the service keeps no tokens', ({ status, apply, deletion }) => {
    const events = status ? [event(status)] : [];
    const now = (more: Partial<StackSight>) => sight(status, events, { keepsTokens: false, ...more });
    const isAbsent = apply === 'gone';
    expect(shown(applyEnd(now({}), token)), 'may be an older one').toBe(isAbsent ? 'gone' : 'not-yet');
    expect(shown(deletionEnd(now({}), token)), 'may be an older one').toBe(isAbsent ? 'gone' : 'not-yet');
    for (const more of [{ hasMoved: true }, { isWaitOver: true }]) {
      expect(shown(applyEnd(now(more), token))).toBe(apply);
      expect(shown(deletionEnd(now(more), token))).toBe(deletion);
    }
  });

  test.each(stackStatuses.filter((status) => status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS'))(
    '%s is waited for',
    (status) => {
      const now = sight(status, [event(status, operationToken('apply', token))], { isWaitOver: true });
      expect(applyEnd(now, token).ended).toBe('not-yet');
      expect(deletionEnd(now, token).ended).toBe('not-yet');
    },
  );

  test('a stack under review came after ours was gone; as what is to be deleted it does not move by itself', () => {
    const review = (isWaitOver: boolean) => sight('REVIEW_IN_PROGRESS', [], { keepsTokens: false, isWaitOver });
    expect(applyEnd(review(false), token).ended).toBe('gone');
    expect(deletionEnd(review(false), token).ended).toBe('not-yet');
    expect(deletionEnd(review(true), token).ended).toBe('refused');
  });
});

describe('statuses and events that are not in step', () => {
  const apply = operationToken('apply', token);

  test('a status of before is not the end of an operation whose events have only begun', () => {
    const now = (isWaitOver: boolean) => sight('UPDATE_COMPLETE', [event('UPDATE_IN_PROGRESS', apply)], { isWaitOver });
    expect(applyEnd(now(false), token).ended).toBe('not-yet');
    expect(applyEnd(now(true), token).ended).toBe('well');
  });

  test('our own end counts, whatever somebody else did afterwards', () => {
    const events = [event('UPDATE_ROLLBACK_COMPLETE', 'console-1'), event('UPDATE_COMPLETE', apply)];
    expect(applyEnd(sight('UPDATE_ROLLBACK_COMPLETE', events), token)).toEqual({ ended: 'well' });
  });

  test('somebody else took over before ours was done', () => {
    const events = [event('DELETE_FAILED', 'console-1'), event('CREATE_IN_PROGRESS', apply)];
    expect(applyEnd(sight('DELETE_FAILED', events), token)).toEqual({ ended: 'overtaken', undone: 'part' });
  });

  test.each([
    { status: 'UPDATE_ROLLBACK_COMPLETE', end: { ended: 'cancelled', undone: 'all' } },
    { status: 'UPDATE_ROLLBACK_FAILED', end: { ended: 'cancelled', undone: 'part' } },
    { status: 'DELETE_FAILED', end: { ended: 'cancelled', undone: 'part' } },
    { status: 'UPDATE_COMPLETE', end: { ended: 'well' } },
  ])('cancelled by us: $status', ({ status, end }) => {
    const events = [event(status, operationToken('cancel', token)), event('UPDATE_IN_PROGRESS', apply)];
    expect(applyEnd(sight(status, events), token)).toEqual(end);
  });
});

describe('a deletion that the service does not begin', () => {
  const reason = 'Delete canceled. Cannot delete export a as it is in use by b.';
  const mine = operationToken('delete', token);

  test.each(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'])('back to %s', (status) => {
    expect(deletionEnd(sight(status, [event(status, mine, reason)]), token)).toEqual({ ended: 'refused', reason });
  });

  test('an event whose status is not yet that of the stack says it too', () => {
    const events = [event('UPDATE_ROLLBACK_IN_PROGRESS', mine, reason)];
    expect(deletionEnd(sight('UPDATE_ROLLBACK_COMPLETE', events), token)).toEqual({ ended: 'refused', reason });
  });

  test('the reason of an older deletion is not ours', () => {
    const events = [event('CREATE_COMPLETE', operationToken('delete', 'd-0'), reason)];
    const now = sight('CREATE_COMPLETE', events, { statusReason: reason });
    expect(deletionEnd(now, token).ended).toBe('not-yet');
    const without = { ...now, events: [event('CREATE_COMPLETE', undefined, reason)], keepsTokens: false };
    expect(deletionEnd(without, token).ended).toBe('not-yet');
    expect(deletionEnd({ ...without, hasMoved: true }, token)).toEqual({ ended: 'refused', reason });
  });

  test('begun, but the status is still that of before', () => {
    expect(deletionEnd(sight('CREATE_COMPLETE', [event('DELETE_IN_PROGRESS', mine)]), token).ended).toBe('not-yet');
  });
});
