import { expect, test } from 'vitest';
import { type Clocks, Lease } from './lease.ts';

function clocks() {
  const time = { steady: 0, wall: 0 };
  const read: Clocks = { steady: () => time.steady, wall: () => time.wall };
  return { time, read };
}

test('a lease is held for its time from the sending of the last beat that arrived', () => {
  const { time, read } = clocks();
  const lease = new Lease(100, read);
  time.steady = time.wall = 50;
  const sentAt = lease.now();
  time.steady = time.wall = 90; // the answer took its time
  lease.renew(sentAt);
  time.steady = time.wall = 149;
  expect(lease.isHeld()).toBe(true);
  time.steady = time.wall = 150;
  expect(lease.isHeld()).toBe(false);
});

test('a machine that slept has let go, although its steady clock stood still', () => {
  const { time, read } = clocks();
  const lease = new Lease(100, read);
  time.wall = 3_600_000;
  expect(lease.isHeld()).toBe(false);
});

test('a clock that is set back gives no time', () => {
  const { time, read } = clocks();
  const lease = new Lease(100, read);
  time.wall = -3_600_000;
  time.steady = 101;
  expect(lease.isHeld()).toBe(false);
});
