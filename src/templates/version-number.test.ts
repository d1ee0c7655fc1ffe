import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ListedVersion,
  mayDeleteVersion,
  nextVersion,
  recommendedMinor,
  recommendedVersion,
  versionForUpdate,
  versionText,
} from './version-number.ts';

/** `1.0P 1.1D`: published, draft. */
function versions(text: string): ListedVersion[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((each) => {
      const [, major, minor, letter] = /^(\d+)\.(\d+)([PDF])$/.exec(each) ?? [];
      const status = letter === 'P' ? 'PUBLISHED' : letter === 'D' ? 'DRAFT' : 'REGISTRATION_FAILED';
      return { major: Number(major), minor: Number(minor), status };
    });
}

test('what is recommended', () => {
  const listed = versions('1.0P 1.1P 1.2D 2.0D');
  expect(recommendedVersion(listed)).toMatchObject({ major: 1, minor: 1 });
  expect(recommendedVersion(versions('1.0P 1.1P 1.2D 2.0P'))).toMatchObject({ major: 2, minor: 0 });
  expect(recommendedVersion(versions('1.0D'))).toBeUndefined();
  expect(recommendedMinor(listed, 2)).toBeUndefined();
});

describe('where an update leads', () => {
  const cases = [
    { listed: '1.0P 1.1P 1.2D 2.0P', from: [1, 0], type: 'MINOR_VERSION', to: '1.1' },
    { listed: '1.0P 1.1P 1.2D 2.0P', from: [1, 0], type: 'MAJOR_VERSION', to: '2.0' },
    { listed: '1.0P 1.1P', from: [1, 0], type: 'CURRENT_VERSION', to: '1.0' },
    { listed: '1.0P 1.1P 1.2D', from: [1, 0], type: 'MINOR_VERSION', major: 1, minor: 2, to: '1.2' },
    { listed: '1.0P 1.1P', from: [1, 1], type: 'MINOR_VERSION', minor: 0, to: '1.0' },
    { listed: '1.0P 1.1P 1.2D', from: [1, 2], type: 'MINOR_VERSION', to: '1.2' },
    { listed: '1.0P 1.1P 2.0P', from: [1, 0], type: 'MINOR_VERSION', major: 2, refused: 'upgrade-major-wrong' },
    { listed: '1.0P 1.1P', from: [1, 0], type: 'MAJOR_VERSION', refused: 'upgrade-major-wrong' },
    { listed: '1.0P 2.0P', from: [2, 0], type: 'MAJOR_VERSION', major: 1, refused: 'upgrade-major-wrong' },
    { listed: '1.0P', from: [1, 0], type: 'CURRENT_VERSION', minor: 1, refused: 'upgrade-version-given' },
    { listed: '1.0P', from: [1, 0], type: 'MINOR_VERSION', minor: 7, refused: 'upgrade-version-missing' },
    { listed: '1.0P 1.1F', from: [1, 0], type: 'MINOR_VERSION', minor: 1, refused: 'upgrade-version-not-ready' },
  ] as const;
  test.each(cases)('$type from $from among $listed', (each) => {
    const { major, minor } = { major: undefined, minor: undefined, ...each };
    const found = versionForUpdate(
      versions(each.listed),
      each.type,
      { major: each.from[0], minor: each.from[1] },
      { major, minor },
    );
    expect(found.ok ? versionText(found.value) : found.refusal.code).toBe('to' in each ? each.to : each.refused);
  });

  test('F12: gaps left by deleted versions do no harm (roadmap 79)', () => {
    const listed = versions('4.9P 4.29P 5.0P 5.28P');
    const from = { major: 4, minor: 9 };
    const to = (type: 'MINOR_VERSION' | 'MAJOR_VERSION', wanted = {}) => {
      const found = versionForUpdate(listed, type, from, wanted);
      return found.ok ? versionText(found.value) : found.refusal.code;
    };
    expect(to('MINOR_VERSION')).toBe('4.29');
    expect(to('MAJOR_VERSION')).toBe('5.28');
    expect(to('MAJOR_VERSION', { major: 5, minor: 0 })).toBe('5.0');
  });

  test('whatever versions there are, an update never leads to one that is not there', () => {
    const version = fc.record({
      major: fc.integer({ min: 1, max: 4 }),
      minor: fc.integer({ min: 0, max: 30 }),
      status: fc.constantFrom('DRAFT' as const, 'PUBLISHED' as const),
    });
    const listed = fc.uniqueArray(version, {
      selector: ({ major, minor }) => `${major}.${minor}`,
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(listed, fc.constantFrom('MINOR_VERSION' as const, 'MAJOR_VERSION' as const), (all, type) => {
        const [from] = all;
        const found = from && versionForUpdate(all, type, from, {});
        if (found?.ok) {
          const to = all.find(({ major, minor }) => major === found.value.major && minor === found.value.minor);
          expect(to?.status === 'PUBLISHED' || to === from).toBe(true); // a draft in use is not gone back from
        }
      }),
    );
  });
});

test.each([
  { counters: {}, wanted: undefined, next: '1.0' },
  { counters: {}, wanted: 1, next: '1.0' },
  { counters: { 1: 4 }, wanted: undefined, next: '2.0' },
  { counters: { 1: 4 }, wanted: 1, next: '1.5' },
  { counters: { 1: 4 }, wanted: 2, next: '2.0' },
  { counters: { 1: 4 }, wanted: 3, next: 'template-major-missing' },
])('the next version for major $wanted after $counters is $next', ({ counters, wanted, next }) => {
  const found = nextVersion(new Map(Object.entries(counters).map(([major, minor]) => [Number(major), minor])), wanted);
  expect(found.ok ? versionText(found.value) : found.refusal.code).toBe(next);
});

test.each([
  { listed: '1.0P 1.1P', version: '1.0', may: true },
  { listed: '1.0P 1.1P', version: '1.1', may: false },
  { listed: '1.0P 1.1P 2.0P', version: '1.1', may: false },
  { listed: '1.1P 2.0P', version: '1.1', may: true },
  { listed: '1.1P 2.0P', version: '2.0', may: false },
  { listed: '1.0P', version: '1.0', may: true },
  { listed: '1.0P 1.1D', version: '1.1', may: true },
])('of $listed, deleting $version: $may', ({ listed, version, may }) => {
  const [major, minor] = version.split('.').map(Number);
  expect(mayDeleteVersion(versions(listed), { major: major ?? 0, minor: minor ?? 0 }).ok).toBe(may);
});

test('whatever versions there are, one of them may be deleted', () => {
  const version = fc.record({
    major: fc.integer({ min: 1, max: 3 }),
    minor: fc.integer({ min: 0, max: 5 }),
    status: fc.constantFrom('DRAFT' as const, 'PUBLISHED' as const, 'REGISTRATION_FAILED' as const),
  });
  const listed = fc.uniqueArray(version, { selector: versionText, minLength: 1, maxLength: 12 });
  fc.assert(fc.property(listed, (all) => all.some((each) => mayDeleteVersion(all, each).ok)));
});
