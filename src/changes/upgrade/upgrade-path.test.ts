import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepName } from '../../bundles/index.ts';
import { stepOf, versionOf } from './testing/upgrade-world.ts';
import { type KnownVersion, upgradePath, type Version } from './upgrade-path.ts';

function version(number: string, ...steps: string[]): KnownVersion {
  return versionOf(
    number,
    {},
    [],
    steps.map((name) => stepOf('ops: []\ndown: []', `migrations/${name}.yaml`)),
  );
}

function number(text: string): Version {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return { major, minor };
}

function shown(versions: readonly KnownVersion[], from: string, to: string): string[] {
  const name = (known: KnownVersion | undefined) => (known ? `${known.major}.${known.minor}` : '-');
  return upgradePath(versions, number(from), number(to)).map(
    ({ step, before, after, direction }) => `${direction} ${stepName(step)} (${name(before)} ${name(after)})`,
  );
}

describe('the steps on the way', () => {
  const chain = [
    version('1.0'),
    version('1.4'),
    version('2.0', '1-to-2'),
    version('2.3', '1-to-2'),
    version('3.0', '2-to-3'),
    version('3.1', '2-to-3'),
  ];
  const cases = [
    { name: 'one major', versions: chain, from: '1.0', to: '2.0', path: ['up 1.x to 2.0 (1.4 2.0)'] },
    {
      name: 'two majors',
      versions: chain,
      from: '1.0',
      to: '3.1',
      path: ['up 1.x to 2.0 (1.4 2.3)', 'up 2.x to 3.0 (2.3 3.1)'],
    },
    {
      name: 'back again',
      versions: chain,
      from: '3.1',
      to: '1.0',
      path: ['down 2.x to 3.0 (3.1 2.3)', 'down 1.x to 2.0 (2.3 1.0)'],
    },
    { name: 'a minor without steps', versions: chain, from: '2.0', to: '2.3', path: [] },
    { name: 'nowhere', versions: chain, from: '2.3', to: '2.3', path: [] },
    {
      name: 'a chain rather than a shortcut',
      versions: [...chain, version('3.2', '1-to-3')],
      from: '1.4',
      to: '3.2',
      path: ['up 1.x to 2.0 (1.4 2.3)', 'up 2.x to 3.0 (2.3 3.2)'],
    },
    {
      name: 'a shortcut where the chain has a hole',
      versions: [version('1.0'), version('2.0'), version('3.0', '1-to-3', '2-to-3')],
      from: '1.0',
      to: '3.0',
      path: ['up 1.x to 3.0 (1.0 3.0)'],
    },
    {
      name: 'a hole is passed',
      versions: [version('1.0'), version('2.0'), version('3.0', '2-to-3')],
      from: '1.0',
      to: '3.0',
      path: ['up 2.x to 3.0 (2.0 3.0)'],
    },
    {
      name: 'a step of a version above the target',
      versions: [version('1.0'), version('2.0'), version('3.0', '1-to-2')],
      from: '1.0',
      to: '2.0',
      path: [],
    },
    {
      name: 'a step within a major',
      versions: [version('1.0'), version('1.3', '1.2-to-1.3'), version('1.5')],
      from: '1.0',
      to: '1.5',
      path: ['up 1.2 to 1.3 (1.0 1.5)'],
    },
    {
      name: 'a step within a major that was passed',
      versions: [version('1.0'), version('1.3', '1.2-to-1.3'), version('1.5')],
      from: '1.3',
      to: '1.5',
      path: [],
    },
    {
      name: 'a version that was never known',
      versions: [version('2.0', '1-to-2')],
      from: '1.7',
      to: '2.0',
      path: ['up 1.x to 2.0 (- 2.0)'],
    },
  ];
  test.each(cases)('$name', ({ versions, from, to, path }) => {
    expect(shown(versions, from, to)).toEqual(path);
  });

  test('of a step in several bundles the highest counts', () => {
    const [first, second] = ['ops: []', 'ops:\n  - drop: {at: /a}'].map((text) => stepOf(text));
    const versions = [versionOf('2.0', {}, [], first ? [first] : []), versionOf('2.1', {}, [], second ? [second] : [])];
    expect(upgradePath(versions, number('1.0'), number('2.1'))[0]?.step).toBe(second);
    expect(upgradePath(versions, number('1.0'), number('2.0'))[0]?.step).toBe(first);
  });
});

test('a way only ever rises, begins at or above its start and ends at or below its end', () => {
  const names = fc.subarray([
    '1-to-2',
    '2-to-3',
    '3-to-4',
    '1-to-3',
    '2-to-4',
    '1-to-4',
    '2.0-to-2.1',
    '2.1-to-2.4',
    '3.2-to-3.3',
  ]);
  const versionNumber = fc.record({ major: fc.integer({ min: 1, max: 4 }), minor: fc.integer({ min: 0, max: 4 }) });
  fc.assert(
    fc.property(names, versionNumber, versionNumber, (steps, from, to) => {
      const versions = [version('4.9', ...steps)].map((known) => ({ ...known, major: 1, minor: 0 }));
      const [low, high] = [from, to].sort((left, right) => left.major - right.major || left.minor - right.minor);
      if (!low || !high) return;
      const path = upgradePath(versions, low, high);
      const marks = [low, ...path.map(({ step }) => step.to), high].map(({ major, minor }) => major * 100 + minor);
      expect(marks).toEqual(marks.toSorted((left, right) => left - right));
      expect(path.every(({ step }, index) => step.from.major >= (path[index - 1]?.step.to.major ?? low.major))).toBe(
        true,
      );
    }),
  );
});
