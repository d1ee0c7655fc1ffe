import { shortArn } from '../../identifiers/index.ts';
import { type ChartChange, membershipKey, type OrganizationChart, type PlacementChange } from '../chart/chart.ts';
import type { FederationRule } from '../federation/federation-rule.ts';
import { showEndDate } from '../teams/end-date.ts';
import { isActive } from '../teams/team.ts';
import { type Labels, rootUnit } from '../units/unit.ts';

export interface PlannedChange {
  readonly change: ChartChange;
  readonly sign: '+' | '~' | '-';
  /** For people, without the sign. */
  readonly text: string;
}

type Fields = Readonly<Record<string, string | undefined>>;

/** What a change would change in the chart, for people; undefined when it would change nothing. */
export function describeChange(chart: OrganizationChart, change: ChartChange, now: Date): PlannedChange | undefined {
  switch (change.change) {
    case 'put-unit': {
      const fields = (unit: { readonly parent?: string; readonly description?: string; readonly labels: Labels }) => ({
        in: change.name === rootUnit ? undefined : (unit.parent ?? rootUnit),
        description: unit.description,
        ...labelFields(unit.labels),
      });
      const before = chart.units.get(change.name);
      return put(change, `unit ${change.name}`, before && fields(before), fields(change));
    }
    case 'put-team': {
      const fields = ({
        unit,
        kind,
        description,
        labels,
      }: typeof change | NonNullable<ReturnType<typeof chart.teams.get>>) => ({
        kind,
        in: unit,
        description,
        ...labelFields(labels),
      });
      const before = chart.teams.get(change.name);
      return put(change, `team ${change.name}`, before && fields(before), fields(change));
    }
    case 'create-principal':
      return { change, sign: '+', text: `principal ${change.name}: ${change.kind}` };
    case 'end-principal':
    case 'reinstate-principal': {
      const { endsAt } = chart.principals.get(change.name) ?? {};
      const after = change.change === 'end-principal' ? (change.endsAt ?? now) : undefined;
      const fields = (end: Date | undefined) => ({ until: end && showEndDate(end) });
      return put(change, `principal ${change.name}`, fields(endsAt), fields(after));
    }
    case 'put-membership': {
      const fields = ({ role, endsAt }: { readonly role: string; readonly endsAt?: Date }) => ({
        as: role,
        until: endsAt && showEndDate(endsAt),
      });
      const before = chart.memberships.get(membershipKey(change));
      const counts = before && (isActive(before, now) || before.endsAt?.getTime() === change.endsAt?.getTime());
      return put(change, `member ${change.principal} of ${change.team}`, counts && fields(before), fields(change));
    }
    case 'put-federation-rule': {
      const fields = (rule: FederationRule) => ({
        issuer: rule.issuer,
        audience: rule.audience,
        subject: rule.subject,
        ...Object.fromEntries(Object.entries(rule.claims).map(([claim, value]) => [`claim ${claim}`, value])),
        is: rule.principal,
        'member of': rule.teams.length > 0 ? rule.teams.join(' and ') : undefined,
        'for minutes': `${rule.minutes}`,
        once: rule.once ? 'yes' : undefined,
      });
      const before = chart.federationRules.get(change.name);
      return put(change, `federation rule ${change.name}`, before && fields(before), fields(change));
    }
    case 'delete-federation-rule':
      return { change, sign: '-', text: `federation rule ${change.name}` };
    case 'declare-environment-class':
      if (chart.environmentClasses.has(change.name)) return undefined;
      return { change, sign: '+', text: `environment class ${change.name}` };
    case 'withdraw-environment-class':
      return { change, sign: '-', text: `environment class ${change.name}` };
    case 'place-resource': {
      const before = chart.placements.get(change.arn);
      // to be tried even when nothing is said of it: only then it is told that it is not there
      if (!before && change.kind !== 'account') return { change, sign: '+', text: shortArn(change.arn) };
      const known = before ? placementFields(before) : {};
      return put(change, shortArn(change.arn), known, { ...known, ...placementFields(change, known) });
    }
    case 'end-membership':
      return { change, sign: '-', text: `member ${change.principal} of ${change.team}` };
    case 'rename-unit':
      return { change, sign: '~', text: `unit ${change.name}: is called ${change.to}` };
    case 'rename-team':
      return { change, sign: '~', text: `team ${change.name}: is called ${change.to}` };
    case 'delete-team':
      return { change, sign: '-', text: `team ${change.name}` };
    case 'delete-unit':
      return { change, sign: '-', text: `unit ${change.name}` };
  }
}

function put(
  change: ChartChange,
  name: string,
  before: Fields | undefined | false,
  after: Fields,
): PlannedChange | undefined {
  if (!before) {
    const shown = Object.entries(after).flatMap(([key, value]) => (value === undefined ? [] : `${key} ${value}`));
    return { change, sign: '+', text: `${name}: ${shown.join(', ')}` };
  }
  const different = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => before[key] !== after[key],
  );
  if (different.length === 0) return undefined;
  const shown = different.map((key) => `${key} ${before[key] ?? 'none'} -> ${after[key] ?? 'none'}`);
  return { change, sign: '~', text: `${name}: ${shown.join(', ')}` };
}

function labelFields(labels: Labels): Fields {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [`label ${key}`, JSON.stringify(value)]));
}

/** Only what is given; labels that are given replace those that were. */
function placementFields(placement: PlacementChange, known: Fields = {}): Fields {
  const given = {
    unit: placement.unit,
    owner: placement.ownerTeam,
    'data owner': placement.dataOwnerTeam,
    class: placement.environmentClass,
  };
  const fields: Record<string, string | undefined> = {};
  for (const [key, value] of Object.entries(given)) if (value !== undefined) fields[key] = value ?? undefined;
  if (placement.labels === undefined) return fields;
  for (const key of Object.keys(known)) if (key.startsWith('label ')) fields[key] = undefined;
  return { ...fields, ...labelFields(placement.labels ?? {}) };
}
