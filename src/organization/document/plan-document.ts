import { accept, allAsOne, type Refusal, type Result } from '../../errors/index.ts';
import { contentHash } from '../../identifiers/index.ts';
import { changeChart, circular } from '../chart/change-chart.ts';
import type { ChartChange, OrganizationChart } from '../chart/chart.ts';
import { environmentClasses as usualClasses } from '../placements/placement.ts';
import { administratorsTeam, isActive } from '../teams/team.ts';
import { rootUnit, unitCycle } from '../units/unit.ts';
import { describeChange, type PlannedChange } from './describe-change.ts';
import type { DocumentUnit, OrganizationDocument, Placed } from './organization-document.ts';

/** What must change for the organization to be as a file says, in the order in which it can be done. */
export interface OrganizationPlan {
  readonly changes: readonly PlannedChange[];
  /** What is there and not in the file, and stays: pruning would remove it. */
  readonly left: readonly string[];
  /** Of what will be done: what was shown is what is applied. */
  readonly hash: string;
}

/**
 * Tries the document on the chart, which is then as the plan would make it.
 * @param options.prune whether what the document's sections do not name is removed
 * @param options.before called with each change before it is made in the chart
 * @refuses whatever changeChart refuses, with the first place; the message names all
 */
export function planDocument(
  chart: OrganizationChart,
  document: OrganizationDocument,
  {
    prune,
    now,
    before,
  }: { readonly prune: boolean; readonly now: Date; readonly before?: (change: ChartChange) => void },
): Result<OrganizationPlan, Refusal> {
  const changes: PlannedChange[] = [];
  const refusals: Refusal[] = [];
  const attempt = (change: ChartChange, place?: Placed) => {
    const planned = describeChange(chart, change, now);
    if (planned) before?.(change);
    const changed = planned ? changeChart(chart, change, now) : accept(undefined);
    if (!changed.ok) {
      const { field, ...refusal } = changed.refusal;
      refusals.push({ ...refusal, position: place && ((field && place.positions[field]) || place.position) });
    } else if (planned) changes.push(planned);
  };

  for (const { name: to, renamedFrom: name, position, positions } of document.units ?? [])
    if (isToRename(chart.units, name, to)) attempt({ change: 'rename-unit', name, to }, { position, positions });
  for (const { name: to, renamedFrom: name, position, positions } of document.teams ?? [])
    if (isToRename(chart.teams, name, to)) attempt({ change: 'rename-team', name, to }, { position, positions });
  const circles = circlesOf(chart, document.units ?? []);
  if (circles.length > 0) return { ok: false, refusal: allAsOne([...refusals, ...circles]) };
  for (const { name, kind, endsAt, ...place } of document.principals ?? []) {
    if (chart.principals.get(name)?.kind !== kind) attempt({ change: 'create-principal', name, kind }, place);
    const known = chart.principals.get(name);
    if (endsAt === undefined || !known || known.endsAt?.getTime() === endsAt?.getTime()) continue;
    if (known.endsAt && (endsAt === null || known.endsAt <= now))
      attempt({ change: 'reinstate-principal', name }, place);
    if (endsAt) attempt({ change: 'end-principal', name, endsAt }, place);
  }
  const units = topDown(chart, document.units ?? []);
  for (const { position, positions, renamedFrom: _, ...unit } of units)
    attempt({ change: 'put-unit', ...unit }, { position, positions });
  for (const { position, positions, members, renamedFrom: _, ...team } of document.teams ?? [])
    attempt({ change: 'put-team', ...team }, { position, positions });
  for (const { name: team, members = [] } of document.teams ?? []) {
    for (const { position, positions, ...member } of members)
      attempt({ change: 'put-membership', team, ...member }, { position, positions });
  }
  for (const { position, positions, ...rule } of document.federation ?? [])
    attempt({ change: 'put-federation-rule', ...rule }, { position, positions });
  for (const { name, ...place } of document.environmentClasses ?? [])
    attempt({ change: 'declare-environment-class', name }, place);
  for (const { position, positions, ...resource } of document.resources ?? [])
    attempt({ change: 'place-resource', ...resource }, { position, positions });

  const superfluous = notNamed(chart, document, now);
  const left = prune ? [] : superfluous.map((change) => describeChange(chart, change, now)?.text ?? '');
  if (prune) for (const change of superfluous) attempt(change);
  if (refusals.length > 0) return { ok: false, refusal: allAsOne(refusals) };
  return accept({ changes, left, hash: contentHash(changes.map(({ change }) => change)) });
}

/** A file that was applied may say it still; so may one that begins with an organization that never had the old name. */
function isToRename(there: ReadonlyMap<string, unknown>, name: string | undefined, to: string): name is string {
  return name !== undefined && name !== to && there.has(name);
}

/** The parents as they would be. */
function wantedParents({ units: there }: OrganizationChart, units: readonly DocumentUnit[]) {
  const parentOf = ({ name, parent }: DocumentUnit) => (name === rootUnit ? undefined : (parent ?? rootUnit));
  const wanted = new Map<string, { readonly parent?: string }>(there);
  for (const unit of units) wanted.set(unit.name, { parent: parentOf(unit) });
  return wanted;
}

/** A circle is told once, at the first of its units, and before all that would follow from it. */
function circlesOf(chart: OrganizationChart, units: readonly DocumentUnit[]): Refusal[] {
  const wanted = wantedParents(chart, units);
  const told = new Set<string>();
  return units.flatMap(({ name, position, positions }) => {
    const cycle = told.has(name) ? undefined : unitCycle(wanted, name);
    for (const each of cycle ?? []) told.add(each);
    return cycle ? [{ ...circular(cycle).refusal, position: positions.parent ?? position }] : [];
  });
}

/** Those further up first, as they shall be. */
function topDown(chart: OrganizationChart, units: readonly DocumentUnit[]): DocumentUnit[] {
  const wanted = wantedParents(chart, units);
  const depths = new Map(units.map(({ name }) => [name, depthOf(wanted, name)]));
  return [...units].sort((left, right) => (depths.get(left.name) ?? 0) - (depths.get(right.name) ?? 0));
}

/** How many units are above one, where none are in a circle. */
function depthOf(units: ReadonlyMap<string, { readonly parent?: string }>, name: string): number {
  const parent = units.get(name)?.parent;
  return parent === undefined ? 0 : depthOf(units, parent) + 1;
}

/** What the sections of the document leave out, in the order in which it can go: rules, members, teams, units from below. */
function notNamed(
  chart: OrganizationChart,
  { federation, environmentClasses, teams, units }: OrganizationDocument,
  now: Date,
): ChartChange[] {
  const changes: ChartChange[] = [];
  if (federation) {
    const named = new Set(federation.map(({ name }) => name));
    for (const name of chart.federationRules.keys())
      if (!named.has(name)) changes.push({ change: 'delete-federation-rule', name });
  }
  if (environmentClasses) {
    const named = new Set<string>([...usualClasses, ...environmentClasses.map(({ name }) => name)]);
    for (const name of chart.environmentClasses)
      if (!named.has(name)) changes.push({ change: 'withdraw-environment-class', name });
  }
  const membersOf = new Map((teams ?? []).map(({ name, members }) => [name, members]));
  for (const membership of chart.memberships.values()) {
    const { team, principal, grantedBy } = membership;
    const members = membersOf.get(team);
    if (!members || grantedBy !== undefined || !isActive(membership, now)) continue;
    if (!members.some((each) => each.principal === principal))
      changes.push({ change: 'end-membership', team, principal });
  }
  if (teams) {
    const named = new Set(teams.map(({ name }) => name));
    for (const name of chart.teams.keys()) {
      if (name !== administratorsTeam && !named.has(name)) changes.push({ change: 'delete-team', name });
    }
  }
  if (units) {
    const named = new Set(units.map(({ name }) => name));
    const gone = [...chart.units.keys()].filter((name) => name !== rootUnit && !named.has(name));
    for (const name of gone.sort((left, right) => depthOf(chart.units, right) - depthOf(chart.units, left)))
      changes.push({ change: 'delete-unit', name });
  }
  return changes;
}
