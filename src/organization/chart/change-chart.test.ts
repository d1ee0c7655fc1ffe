import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { account, member, newChart, person, team, unit } from '../testing/chart.ts';
import { arnOf, now } from '../testing/organization-world.ts';
import { rootUnit, unitPath } from '../units/unit.ts';
import { changeChart } from './change-chart.ts';
import type { ChartChange } from './chart.ts';
import { membershipKey } from './chart.ts';

const yesterday = new Date('2026-11-27T00:00:00Z');
const tomorrow = new Date('2026-11-29T00:00:00Z');
const place = (change: Partial<Extract<ChartChange, { change: 'place-resource' }>>): ChartChange => ({
  change: 'place-resource',
  arn: account,
  kind: 'account',
  ...change,
});

interface RefusedCase {
  readonly name: string;
  readonly given?: readonly ChartChange[];
  readonly change: ChartChange;
  readonly code: string;
  readonly says?: string;
}

const refused: readonly RefusedCase[] = [
  { name: 'a name with a space', change: unit('no name'), code: 'organization-name-wrong' },
  { name: 'a unit below nothing', change: unit('a', 'nowhere'), code: 'unit-missing' },
  { name: 'a unit below itself', change: unit('a', 'a'), code: 'unit-cycle', says: 'a below a' },
  {
    name: 'units below each other in a circle',
    given: [unit('a'), unit('b', 'a'), unit('c', 'b')],
    change: unit('a', 'c'),
    code: 'unit-cycle',
    says: 'a below c below b below a',
  },
  {
    name: 'units deeper than anybody needs',
    given: Array.from({ length: 19 }, (_, depth) => unit(`u${depth + 1}`, depth === 0 ? undefined : `u${depth}`)),
    change: unit('u20', 'u19'),
    code: 'unit-too-deep',
  },
  { name: 'the root below another', given: [unit('a')], change: unit(rootUnit, 'a'), code: 'root-unit-stays' },
  { name: 'the root deleted', change: { change: 'delete-unit', name: rootUnit }, code: 'root-unit-stays' },
  { name: 'a unit deleted that is none', change: { change: 'delete-unit', name: 'a' }, code: 'unit-missing' },
  {
    name: 'a unit deleted with all that is in it',
    given: [unit('a'), unit('b', 'a'), team('t', 'a'), place({ unit: 'a' })],
    change: { change: 'delete-unit', name: 'a' },
    code: 'unit-in-use',
    says: 'unit b, team t and 1 resource',
  },
  { name: 'a team in no unit', change: team('t', 'nowhere'), code: 'unit-missing' },
  { name: 'a team of no kind', change: team('t', rootUnit, 'Wild Bunch'), code: 'team-kind-wrong' },
  {
    name: 'administrators elsewhere',
    given: [unit('a')],
    change: team('administrators', 'a', 'administration'),
    code: 'administrators-stay',
  },
  {
    name: 'no administrators',
    change: { change: 'delete-team', name: 'administrators' },
    code: 'administrators-stay',
  },
  {
    name: 'a team deleted that answers for something',
    given: [team('t'), place({ ownerTeam: 't', dataOwnerTeam: 't' })],
    change: { change: 'delete-team', name: 't' },
    code: 'team-in-use',
    says: '2 resources',
  },
  { name: 'a principal of no name', change: person('!'), code: 'PrincipalNameInvalid' },
  { name: 'a principal twice', given: [person('p')], change: person('p'), code: 'PrincipalNameTaken' },
  {
    name: 'a person who became a machine',
    given: [person('p')],
    change: { change: 'create-principal', name: 'p', kind: 'machine' },
    code: 'PrincipalNameTaken',
    says: "'p' is a person; a principal keeps its kind.",
  },
  { name: 'a member of nothing', change: member('t', 'administrator'), code: 'team-missing' },
  { name: 'a member whom nobody knows', given: [team('t')], change: member('t', 'p'), code: 'principal-missing' },
  {
    name: 'a membership that is over before it begins',
    given: [team('t'), person('p')],
    change: member('t', 'p', yesterday),
    code: 'end-date-past',
    says: '2026-11-26',
  },
  {
    name: 'a member removed who is none',
    given: [team('t')],
    change: { change: 'end-membership', team: 't', principal: 'administrator' },
    code: 'membership-missing',
  },
  {
    name: 'the last administrator leaving',
    given: [person('p'), member('administrators', 'p', tomorrow)],
    change: { change: 'end-membership', team: 'administrators', principal: 'administrator' },
    code: 'last-administrator',
  },
  {
    name: 'the last administrator leaving later',
    change: member('administrators', 'administrator', tomorrow),
    code: 'last-administrator',
  },
  {
    name: 'a resource that is not there',
    change: place({ arn: arnOf('environment/x'), kind: 'environment', unit: rootUnit }),
    code: 'resource-missing',
    says: 'There is no environment/x.',
  },
  { name: 'a resource in no unit', change: place({ unit: 'nowhere' }), code: 'unit-missing' },
  { name: 'a resource of no team', change: place({ ownerTeam: 't' }), code: 'team-missing' },
  {
    name: 'a class of what is no environment',
    change: place({ environmentClass: 'test' }),
    code: 'environment-class-wrong',
  },
  { name: 'a label that is none', change: place({ labels: { 'a key': '' } }), code: 'label-wrong' },
];
test.each(refused)('$name is refused: $code', ({ given = [], change, code, says = '' }) => {
  const chart = newChart(given);
  const before = structuredClone(chart);
  const answer = changeChart(chart, change, now);
  expect(answer).toMatchObject({ ok: false, refusal: { code, message: expect.stringContaining(says) } });
  expect(chart, 'what is refused changes nothing').toEqual(before);
});

describe('what is accepted', () => {
  test('a second administrator lets the first leave', () => {
    const chart = newChart([person('p'), member('administrators', 'p')]);
    const leave: ChartChange = { change: 'end-membership', team: 'administrators', principal: 'administrator' };
    expect(changeChart(chart, leave, now).ok).toBe(true);
    expect(changeChart(chart, { ...leave, principal: 'p' }, now)).toMatchObject({
      ok: false,
      refusal: { code: 'last-administrator' },
    });
  });

  test('an end that has passed is no fault when it is said again', () => {
    const chart = newChart([team('t'), person('p'), member('t', 'p', tomorrow)]);
    const later = new Date('2026-12-24T00:00:00Z');
    expect(changeChart(chart, member('t', 'p', tomorrow), later).ok).toBe(true);
    expect(changeChart(chart, member('t', 'p', yesterday), later)).toMatchObject({
      refusal: { code: 'end-date-past' },
    });
  });

  test('who comes back is a member from that day on', () => {
    const chart = newChart([team('t'), person('p'), member('t', 'p', tomorrow)]);
    const later = new Date('2026-12-24T00:00:00Z');
    expect(changeChart(chart, member('t', 'p'), later).ok).toBe(true);
    expect(chart.memberships.get(membershipKey({ team: 't', principal: 'p' }))).toMatchObject({ since: later });
  });

  test('a unit is free again when its resources have gone', () => {
    const chart = newChart([unit('a'), place({ unit: 'a' }), place({ unit: null })]);
    expect(changeChart(chart, { change: 'delete-unit', name: 'a' }, now).ok).toBe(true);
  });
});

const names = ['a', 'b', 'c', 'd', 'e', rootUnit];
const anyUnitChange = fc.oneof(
  fc
    .record({ name: fc.constantFrom(...names), parent: fc.option(fc.constantFrom(...names), { nil: undefined }) })
    .map(({ name, parent }) => unit(name, parent)),
  fc.constantFrom(...names).map((name): ChartChange => ({ change: 'delete-unit', name })),
);
test('whatever is asked for, units stay one tree, and whoever was above is above still or was moved', () => {
  fc.assert(
    fc.property(fc.array(anyUnitChange, { maxLength: 40 }), (changes) => {
      const chart = newChart();
      for (const change of changes) {
        const before = new Map([...chart.units.keys()].map((name) => [name, unitPath(chart.units, name)]));
        const changed = changeChart(chart, change, now);
        for (const name of chart.units.keys()) {
          const path = unitPath(chart.units, name);
          expect(path?.[0]).toBe(rootUnit);
          expect(path?.at(-1)).toBe(name);
          expect(new Set(path).size).toBe(path?.length);
          const isBelowChanged = changed.ok && 'name' in change && path?.includes(change.name);
          if (!isBelowChanged) expect(path).toEqual(before.get(name));
        }
      }
    }),
  );
});
