import { expect, test } from 'vitest';
import { makeBundle } from '../bundles/index.ts';
import { createBundleCache } from './bundle-cache.ts';

function bundleOf(name: string, bytes: number) {
  return makeBundle(new Map([[name, new Uint8Array(bytes)]]));
}

test('what was not asked for the longest is let go first', () => {
  const cache = createBundleCache(100);
  const [one, two, three] = [bundleOf('one', 40), bundleOf('two', 40), bundleOf('three', 40)];
  cache.keep(one);
  cache.keep(two);
  cache.keep(one);
  cache.keep(three);
  expect([one, two, three].map(({ digest }) => cache.find(digest) !== undefined)).toEqual([true, false, true]);
});

test('a bundle larger than all that may be kept is not kept, and pushes nothing out', () => {
  const cache = createBundleCache(100);
  const [small, huge] = [bundleOf('small', 60), bundleOf('huge', 101)];
  cache.keep(small);
  cache.keep(huge);
  expect(cache.find(huge.digest)).toBeUndefined();
  expect(cache.find(small.digest)).toBe(small);
});

test('one bundle kept often counts once', () => {
  const cache = createBundleCache(100);
  const [first, second] = [bundleOf('first', 45), bundleOf('second', 45)];
  cache.keep(first);
  for (let times = 0; times < 5; times += 1) cache.keep(second);
  expect(cache.find(first.digest)).toBe(first);
});
