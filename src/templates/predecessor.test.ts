import { expect, test } from 'vitest';
import { predecessorOf } from './predecessor.ts';
import type { ListedVersion, VersionNumber } from './version-number.ts';

/** `1.0 p` published, `d` draft, `w` published and withdrawn, `x` published and deprecated, `f` failed. */
function listed(text: string): ListedVersion[] {
  return text.split(', ').map((each) => {
    const [number = '', letter = ''] = each.split(' ');
    const status = { p: 'PUBLISHED', w: 'PUBLISHED', x: 'PUBLISHED', d: 'DRAFT', f: 'REGISTRATION_FAILED' }[letter];
    const availability = { w: 'withdrawn', x: 'deprecated' }[letter] ?? 'open';
    return { ...numberOf(number), status, availability } as ListedVersion;
  });
}
function numberOf(text: string): VersionNumber {
  const [major, minor] = text.split('.').map(Number);
  return { major: major ?? 0, minor: minor ?? 0 };
}

const cases = [
  { all: '1.0 p', version: '1.0', before: undefined, reason: 'nothing is before the first' },
  { all: '1.0 p, 1.1 p, 1.2 d', version: '1.2', before: '1.1', reason: 'the last below it' },
  { all: '1.2 p, 1.10 p, 1.11 d', version: '1.11', before: '1.10', reason: 'numbers are no texts' },
  { all: '1.0 p, 1.1 d, 1.2 d', version: '1.2', before: '1.0', reason: 'a draft is no way around what is published' },
  { all: '1.0 d, 1.1 d', version: '1.1', before: '1.0', reason: 'where nothing is published, the last draft' },
  { all: '1.0 p, 1.1 w, 1.2 d', version: '1.2', before: '1.0', reason: 'nobody is to stay at what was withdrawn' },
  { all: '1.0 p, 1.1 x, 1.2 d', version: '1.2', before: '1.1', reason: 'what is deprecated is still in use' },
  { all: '1.0 p, 1.1 f, 1.2 d', version: '1.2', before: '1.0', reason: 'what failed is no version' },
  {
    all: '1.0 p, 1.3 p, 2.0 d',
    version: '2.0',
    before: '1.3',
    reason: 'a new major follows on the last of the former',
  },
  { all: '1.3 p, 2.0 d, 2.1 d', version: '2.1', before: '2.0', reason: 'of its own major first' },
  { all: '1.0 p, 2.0 p, 1.1 d', version: '1.1', before: '1.0', reason: 'a later major is not before it' },
];
test.each(cases)('$version of $all follows on $before: $reason', ({ all, version, before }) => {
  expect(predecessorOf(listed(all), numberOf(version))).toEqual(before && numberOf(before));
});
