import { describe, expect, test } from 'vitest';
import { type CallBudget, freshBudget, rateNow, rateOf, slowedDown, takePlace } from './call-budget.ts';

const begin = new Date('2026-01-01T00:00:00Z');
const later = (ms: number) => new Date(begin.getTime() + ms);

/** So many places, all asked for at the same time. */
function places(count: number, perSecond: number, from: CallBudget = freshBudget, now = begin) {
  let budget = from;
  const waits = Array.from({ length: count }, () => {
    const place = takePlace(budget, perSecond, now, Number.POSITIVE_INFINITY);
    if (!place) throw new Error('no wait is too long here');
    ({ budget } = place);
    return place.waitMs;
  });
  return { budget, waits };
}

describe('places', () => {
  test("one second's calls at once, then one after the other", () => {
    expect(places(8, 4).waits).toEqual([0, 0, 0, 0, 250, 500, 750, 1000]);
  });

  test.each([
    { perSecond: 0.5, waits: [0, 2000, 4000] },
    { perSecond: 1, waits: [0, 1000, 2000] },
    { perSecond: 1.5, waits: [0, 667, 1334] },
  ])('$perSecond a second', ({ perSecond, waits }) => {
    expect(places(3, perSecond).waits).toEqual(waits);
  });

  test('what was not used is there again after a second, and no more than that', () => {
    const { budget } = places(4, 4);
    expect(places(2, 4, budget, later(250)).waits).toEqual([0, 250]);
    expect(places(5, 4, budget, later(60_000)).waits).toEqual([0, 0, 0, 0, 250]);
  });

  test('in no second more calls than twice the rate, in the long run no more than the rate', () => {
    const times = places(400, 5).waits;
    for (const time of times) {
      expect(times.filter((each) => each >= time && each < time + 1000).length).toBeLessThanOrEqual(10);
    }
    expect(times.at(-1)).toBe((400 - 5) * 200);
  });

  test('a wait that is too long takes no place', () => {
    const { budget } = places(6, 1);
    expect(takePlace(budget, 1, begin, 5_000)).toBeUndefined();
    expect(takePlace(budget, 1, begin, 6_000)).toMatchObject({ waitMs: 6_000 });
  });

  test('a clock that goes back makes nobody faster', () => {
    const { budget } = places(4, 4, freshBudget, later(1_000));
    expect(places(1, 4, budget, begin).waits[0]).toBe(1_250);
  });
});

describe('after the service has throttled', () => {
  const { budget } = places(1, 8);

  test('half as fast, without a burst; then faster again, up to the full rate in five minutes', () => {
    const slowed = slowedDown(budget, 8, begin);
    expect([0, 75_000, 150_000, 600_000].map((ms) => rateNow(slowed, 8, later(ms)))).toEqual([4, 6, 8, 8]);
    expect(places(5, 8, slowed).waits).toEqual([250, 500, 750, 1000, 1250]);
  });

  test('answers of the same moment count once, later ones again, down to one in two seconds', () => {
    const once = slowedDown(budget, 8, begin);
    expect(slowedDown(once, 8, later(900))).toEqual(once);
    let slowed = once;
    const rates = [1, 2, 3, 4, 5, 6].map((turn) => {
      slowed = slowedDown(slowed, 8, later(turn * 1_000));
      return slowed.slowed?.perSecond ?? 0;
    });
    expect(rates[0]).toBeLessThan(2.1);
    expect(rates.at(-1)).toBe(0.5);
  });
});

test('a rate by name, for all others, or none', () => {
  const rates = { DescribeStacks: 5, '*': 10 };
  expect([rateOf(rates, 'DescribeStacks'), rateOf(rates, 'CreateStack'), rateOf({}, 'CreateStack')]).toEqual([
    5,
    10,
    undefined,
  ]);
});

/**
 * A service that answers `allowed` calls in each second and throttles the rest, and callers who look at 200 operations of
 * 40 seconds, 30 at a time, once in 5 seconds each; on a clock of its own.
 */
function campaign(allowed: number, perSecond: number) {
  let budget = freshBudget;
  const answered = new Map<number, number>();
  let throttled = 0;
  let calls = 0;
  let left = 200;
  let end = 0;
  const due: { at: number; until: number }[] = [];
  const beginNext = (at: number) => {
    if (left > 0) due.push({ at, until: at + 40_000 });
    left -= 1;
  };
  for (let slot = 0; slot < 30; slot++) beginNext(0);
  while (due.length > 0) {
    due.sort((one, other) => one.at - other.at);
    const look = due.shift();
    if (!look) break;
    const place = takePlace(budget, perSecond, later(look.at), Number.POSITIVE_INFINITY);
    if (!place) throw new Error('no wait is too long here');
    ({ budget } = place);
    const at = look.at + place.waitMs;
    calls += 1;
    const second = Math.floor(at / 1000);
    const inSecond = (answered.get(second) ?? 0) + 1;
    if (inSecond > allowed) {
      throttled += 1;
      budget = slowedDown(budget, perSecond, later(at));
      due.push({ ...look, at: at + 500 });
      continue;
    }
    answered.set(second, inSecond);
    end = Math.max(end, at);
    if (at >= look.until) beginNext(at);
    else due.push({ ...look, at: at + 5_000 });
  }
  return { throttled, calls, end };
}

describe('F37: 200 stacks in one account, where the service answers 5 looks a second', () => {
  /** 200 operations of 40 seconds, 30 at a time. */
  const idealMs = Math.ceil(200 / 30) * 40_000;

  test('a budget of the same rate: nothing is throttled but at the first burst, and it takes little longer than it must', () => {
    const { throttled, calls, end } = campaign(5, 5);
    expect(throttled / calls).toBeLessThan(0.02);
    expect(end).toBeLessThan(1.3 * idealMs);
  });

  test('a budget twice as large finds out by itself', () => {
    const { throttled, calls, end } = campaign(5, 10);
    expect(throttled / calls).toBeLessThan(0.02);
    expect(end).toBeLessThan(1.3 * idealMs);
  });
});
