import { isUnseenStack } from '../../changes/index.ts';
import type { CheckedChange, PlanRail, Problem } from '../guard-rail.ts';
import { numberOf } from '../parameter-rule.ts';

type Resources = CheckedChange['resources'];

const replaces = (resources: Resources) => resources.filter(({ impact }) => impact === 'replace');
const mayReplace = (resources: Resources) => resources.filter(({ impact }) => impact === 'conditional-replace');
const removes = (resources: Resources) => resources.filter(({ impact }) => impact === 'remove');

function notKnown({ unknown }: CheckedChange): readonly Problem[] {
  return unknown === undefined
    ? []
    : [{ message: `What the change does is not known before it is made: ${unknown}`, isUnknown: true }];
}

function tooMany(certain: Resources, possible: Resources, max: number, word: string): readonly Problem[] {
  const names = (some: Resources) =>
    [...some.slice(0, 5).map(({ logicalId }) => logicalId), ...(some.length > 5 ? ['...'] : [])].join(', ');
  if (certain.length > max) {
    return [{ message: `It ${word} ${certain.length} resources; at most ${max} are allowed (${names(certain)}).` }];
  }
  const all = certain.length + possible.length;
  if (all <= max) return [];
  return [
    {
      message: `It ${word} perhaps ${all} resources; at most ${max} are allowed (${names([...certain, ...possible])}).`,
      isUnknown: true,
    },
  ];
}

/** Data that goes: what holds it is replaced or removed. What a deletion policy keeps is retained, and not among these. */
function lostData({ resources, snapshots }: CheckedChange): readonly Problem[] {
  return resources
    .filter(({ typeClass, logicalId }) => typeClass === 'stateful' && !snapshots?.has(logicalId))
    .flatMap(({ logicalId, type, typeClass, impact }): Problem[] => {
      if (isUnseenStack({ type, typeClass }) && ['remove', 'conditional-replace'].includes(impact))
        return [{ logicalId, type, message: 'Perhaps data in it is lost: it is not looked into.', isUnknown: true }];
      if (impact === 'replace') return [{ logicalId, type, message: 'It holds data and is replaced.' }];
      if (impact === 'remove') return [{ logicalId, type, message: 'It holds data and is removed.' }];
      if (impact !== 'conditional-replace') return [];
      return [{ logicalId, type, message: 'It holds data and is perhaps replaced.', isUnknown: true }];
    });
}

export const planRails: readonly PlanRail[] = [
  {
    id: 'replacements-max',
    looksAt: 'plan',
    about: 'A deployment replaces at most so many resources.',
    remedy: 'Change less at once.',
    parameters: { max: { kind: 'number', about: 'how many' } },
    warnsByDefault: false,
    check: (change, parameters) => [
      ...notKnown(change),
      ...tooMany(replaces(change.resources), mayReplace(change.resources), numberOf(parameters, 'max'), 'replaces'),
    ],
  },
  {
    id: 'removals-max',
    looksAt: 'plan',
    about: 'An update or a deletion removes at most so many resources.',
    remedy: 'Change less at once.',
    deletions: 'too',
    parameters: { max: { kind: 'number', about: 'how many' } },
    warnsByDefault: false,
    check: (change, parameters) => [
      ...notKnown(change),
      ...tooMany(removes(change.resources), [], numberOf(parameters, 'max'), 'removes'),
    ],
  },
  {
    id: 'no-data-loss',
    looksAt: 'plan',
    about:
      'An update neither replaces nor removes what holds data, and a deletion leaves it, or a snapshot of it, behind.',
    remedy: 'Move the data first, or keep the old resource by a DeletionPolicy and UpdateReplacePolicy of Retain.',
    deletions: 'too',
    parameters: {},
    warnsByDefault: true,
    check: (change) => [...notKnown(change), ...lostData(change)],
  },
];
