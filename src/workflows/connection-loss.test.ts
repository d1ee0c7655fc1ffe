import { expect, test } from 'vitest';
import { isConnectionLoss } from './connection-loss.ts';

const cases = [
  { name: 'pg_terminate_backend', error: { code: '57P01' }, lost: true },
  { name: 'the server shuts down', error: { code: '57P03' }, lost: true },
  { name: 'too many sessions', error: { code: '53300' }, lost: true },
  { name: 'a failover left us on the replica', error: { code: '25006' }, lost: true },
  { name: 'a deadlock', error: { code: '40P01' }, lost: true },
  { name: 'the socket is cut', error: new Error('Connection terminated unexpectedly'), lost: true },
  { name: 'a session that was closed on us', error: new Error('Client was closed and is not queryable'), lost: true },
  { name: 'nobody listens, by either protocol', error: new AggregateError([{ code: 'ECONNREFUSED' }]), lost: true },
  { name: 'a statement took too long', error: { code: '57014' }, lost: false },
  { name: 'a constraint', error: { code: '23505' }, lost: false },
  { name: 'a fault of ours', error: new TypeError('undefined is not a function'), lost: false },
];

test.each(cases)('$name', ({ error, lost }) => {
  expect(isConnectionLoss(error)).toBe(lost);
});
