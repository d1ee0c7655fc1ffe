import { accept, type Result } from '../../errors/index.ts';
import { newId, shortArn } from '../../identifiers/index.ts';
import { checkPrincipalName, principalNameTaken } from '../create-principal.ts';
import { checkFederationRule } from '../federation/federation-rule.ts';
import { environmentClasses } from '../placements/placement.ts';
import { classWrong, teamMissing, unitMissing } from '../placements/placement-record.ts';
import { type KnownPrincipal, type PrincipalId, principalState } from '../principal.ts';
import { principalEnded } from '../principal-ended.ts';
import { showEndDate } from '../teams/end-date.ts';
import { administratorsKind, administratorsTeam, isActive, type Membership } from '../teams/team.ts';
import { isOrganizationName, isOwnWord, labelsMax, wrongLabel } from '../units/organization-name.ts';
import { type Labels, rootUnit, unitCycle, unitDepthMax, unitPath } from '../units/unit.ts';
import { type ChartChange, membershipKey, type OrganizationChart } from './chart.ts';
import { type ChartRefusal, inField, no } from './chart-refusals.ts';

type Change<Kind extends ChartChange['change']> = Extract<ChartChange, { readonly change: Kind }>;
type Verdict = Result<void, ChartRefusal>;
const done = accept(undefined);

type Named = { readonly name: string };

const classesMax = 200;
const unitsMax = 5_000;
const teamsMax = 5_000;
const descriptionMax = 500;

/**
 * Makes a change in the chart.
 * @refuses what is unknown, taken, in use, a circle of units, an end in the past, an organization without administrators
 */
export function changeChart(chart: OrganizationChart, change: ChartChange, now: Date): Verdict {
  switch (change.change) {
    case 'put-unit':
      return putUnit(chart, change);
    case 'delete-unit':
      return deleteUnit(chart, change);
    case 'rename-unit':
      return renameUnit(chart, change);
    case 'put-team':
      return putTeam(chart, change);
    case 'delete-team':
      return deleteTeam(chart, change);
    case 'rename-team':
      return renameTeam(chart, change);
    case 'create-principal':
      return createPrincipal(chart, change);
    case 'end-principal':
      return endPrincipal(chart, change, now);
    case 'reinstate-principal':
      return reinstatePrincipal(chart, change, now);
    case 'put-membership':
      return putMembership(chart, change, now);
    case 'end-membership':
      return endMembership(chart, change, now);
    case 'put-federation-rule':
      return putFederationRule(chart, change);
    case 'delete-federation-rule':
      return deleteFederationRule(chart, change);
    case 'declare-environment-class':
      return declareClass(chart, change);
    case 'withdraw-environment-class':
      return withdrawClass(chart, change);
    case 'place-resource':
      return placeResource(chart, change);
  }
}

function putUnit(chart: OrganizationChart, { name, parent, description, labels }: Change<'put-unit'>): Verdict {
  const named = checkName('unit', name);
  if (!named.ok) return named;
  const described = checkDescribed({ description, labels });
  if (!described.ok) return described;
  const isRoot = name === rootUnit;
  if (isRoot && parent !== undefined)
    return rootStays(`The unit '${rootUnit}' is the root of all units; it cannot be below '${parent}'.`);
  const above = isRoot ? undefined : (parent ?? rootUnit);
  if (above !== undefined && above !== name && !chart.units.has(above)) return inField(unitMissing(above), 'parent');
  if (!chart.units.has(name) && chart.units.size >= unitsMax) return tooMany('units', unitsMax);
  const before = chart.units.get(name);
  chart.units.set(name, { name, parent: above, description, labels });
  const fits = before && before.parent === above ? done : checkTree(chart, name, before !== undefined);
  if (fits.ok) return done;
  if (before) chart.units.set(name, before);
  else chart.units.delete(name);
  return fits;
}

/** @param hasBelow whether units may be below it, which go with it */
function checkTree({ units }: OrganizationChart, name: string, hasBelow: boolean): Verdict {
  const cycle = unitCycle(units, name);
  if (cycle) return circular(cycle);
  const moved = hasBelow ? [...units.keys()] : [name];
  const deepest = moved.reduce((most, each) => Math.max(most, unitPath(units, each)?.length ?? 0), 0);
  if (deepest <= unitDepthMax) return done;
  return no('limit', {
    code: 'unit-too-deep',
    message: `With '${name}' there, units would be ${deepest} levels deep; at most ${unitDepthMax} are possible.`,
    remedy: 'Choose a parent further up.',
    field: 'parent',
  });
}

export function circular(cycle: readonly string[]) {
  return no('conflict', {
    code: 'unit-cycle',
    message: `The units would be below each other in a circle: ${cycle.join(' below ')}.`,
    remedy: 'Choose a parent that is not below the unit itself.',
    field: 'parent',
  });
}

function deleteUnit(chart: OrganizationChart, { name }: Change<'delete-unit'>): Verdict {
  if (name === rootUnit) return rootStays(`The unit '${rootUnit}' is the root of all units; it is always there.`);
  if (!chart.units.has(name)) return { ok: false, refusal: { ...unitMissing(name).refusal, kind: 'missing' } };
  const below = [...chart.units.values()].filter(({ parent }) => parent === name).map((unit) => `unit ${unit.name}`);
  const teams = [...chart.teams.values()].filter(({ unit }) => unit === name).map((team) => `team ${team.name}`);
  const users = [
    ...below,
    ...teams,
    ...counted(chart.resourcesIn.get(name), 'resource'),
    ...counted(chart.webhooksIn.get(name), 'webhook'),
  ];
  if (chart.offered.units.has(name)) users.push('an open offer of ownership');
  if (users.length === 0) {
    chart.units.delete(name);
    return done;
  }
  return no('conflict', {
    code: 'unit-in-use',
    message: `The unit '${name}' still has ${listed(users)}.`,
    remedy: `Move or delete them first; deuteron org resources --unit ${name} lists its resources.`,
  });
}

function rootStays(message: string): Verdict {
  return no('conflict', { code: 'root-unit-stays', message, remedy: 'Change the units below it.' });
}

function putTeam(chart: OrganizationChart, { name, unit, kind, description, labels }: Change<'put-team'>): Verdict {
  const named = checkName('team', name);
  if (!named.ok) return named;
  const described = checkDescribed({ description, labels });
  if (!described.ok) return described;
  if (!chart.units.has(unit)) return inField(unitMissing(unit), 'unit');
  if (!isOwnWord(kind)) {
    return no('invalid', {
      code: 'team-kind-wrong',
      message: `'${kind}' is no kind of team.`,
      remedy:
        'Use platform, application, enablement, security, data, or a word of your own: small letters, digits and -.',
      field: 'kind',
    });
  }
  if (name === administratorsTeam && (unit !== rootUnit || kind !== administratorsKind)) {
    const field = unit === rootUnit ? 'kind' : 'unit';
    return administratorsStay(
      `The team '${name}' is of the kind ${administratorsKind} in the unit '${rootUnit}'.`,
      field,
    );
  }
  if (!chart.teams.has(name) && chart.teams.size >= teamsMax) return tooMany('teams', teamsMax);
  chart.teams.set(name, { name, unit, kind, description, labels });
  return done;
}

function deleteTeam(chart: OrganizationChart, { name }: Change<'delete-team'>): Verdict {
  if (name === administratorsTeam) return administratorsStay(`The team '${name}' is always there.`);
  if (!chart.teams.has(name)) return { ok: false, refusal: { ...teamMissing(name).refusal, kind: 'missing' } };
  const users = counted(chart.resourcesOf.get(name), 'resource');
  if (chart.offered.teams.has(name)) users.push('an open offer of ownership');
  for (const rule of chart.federationRules.values())
    if (rule.teams.includes(name)) users.push(`the members of federation rule ${rule.name}`);
  if (users.length > 0) {
    return no('conflict', {
      code: 'team-in-use',
      message: `The team '${name}' still answers for ${listed(users)}.`,
      remedy: `Hand them over, or give them another owner, first; deuteron org resources --team ${name} lists them.`,
    });
  }
  chart.teams.delete(name);
  for (const [key, { team }] of chart.memberships) if (team === name) chart.memberships.delete(key);
  return done;
}

function administratorsStay(message: string, field?: string): Verdict {
  return no('conflict', { code: 'administrators-stay', message, remedy: 'Change its members instead.', field });
}

function createPrincipal(chart: OrganizationChart, { name, kind }: Change<'create-principal'>): Verdict {
  const named = checkPrincipalName(name);
  if (!named.ok) return named;
  const known = chart.principals.get(name);
  if (known && known.kind !== kind) return principalKeepsKind(known);
  if (known) return principalNameTaken(name);
  chart.principals.set(name, { id: newId<PrincipalId>(), name, kind });
  return done;
}

function principalKeepsKind({ name, kind }: KnownPrincipal): Verdict {
  return no('conflict', {
    code: 'PrincipalNameTaken',
    message: `'${name}' is a ${kind}; a principal keeps its kind.`,
    remedy: `Write the kind ${kind}, or choose another name for the one that shall be made.`,
    field: 'kind',
  });
}

function putMembership(
  chart: OrganizationChart,
  { team, principal: name, role, endsAt }: Change<'put-membership'>,
  now: Date,
): Verdict {
  if (!chart.teams.has(team)) return inField(teamMissing(team), 'team');
  const principal = chart.principals.get(name);
  if (!principal) return principalMissing(name);
  if (principalState(principal, now) === 'ended') return inField(principalEnded(principal), 'principal');
  const key = membershipKey({ team, principal: name });
  const before = chart.memberships.get(key);
  if (endsAt && endsAt <= now && before?.endsAt?.getTime() !== endsAt.getTime()) {
    return no('invalid', {
      code: 'end-date-past',
      message: `The membership of '${name}' in '${team}' would end ${showEndDate(endsAt)}, which is past.`,
      remedy: `Give a later day; deuteron org leave ${team} ${name} ends the membership now.`,
      field: 'until',
    });
  }
  const since = before && isActive(before, now) ? before.since : now;
  const { id: principalId, endsAt: principalEndsAt } = principal;
  const after = {
    team,
    principalId,
    principal: name,
    role,
    since,
    endsAt,
    ...(principalEndsAt && { principalEndsAt }),
  };
  return withMembership(chart, key, after);
}

function endMembership(chart: OrganizationChart, { team, principal }: Change<'end-membership'>, now: Date): Verdict {
  const key = membershipKey({ team, principal });
  const before = chart.memberships.get(key);
  if (!before || !isActive(before, now)) {
    return no('missing', {
      code: 'membership-missing',
      message: `'${principal}' is no member of the team '${team}'.`,
      remedy: 'deuteron org show lists the members of teams.',
    });
  }
  return withMembership(chart, key, { ...before, endsAt: now });
}

function putFederationRule(chart: OrganizationChart, { change: _, ...rule }: Change<'put-federation-rule'>): Verdict {
  const fits = checkFederationRule(chart, rule);
  if (fits.ok) chart.federationRules.set(rule.name, rule);
  return fits;
}

function deleteFederationRule(chart: OrganizationChart, { name }: Change<'delete-federation-rule'>): Verdict {
  if (chart.federationRules.delete(name)) return done;
  return no('missing', {
    code: 'federation-rule-missing',
    message: `There is no federation rule '${name}'.`,
    remedy: 'deuteron federation list shows them.',
  });
}

function endPrincipal(chart: OrganizationChart, { name, endsAt: given }: Change<'end-principal'>, now: Date): Verdict {
  const endsAt = given ?? now;
  const before = chart.principals.get(name);
  if (!before) return { ok: false, refusal: { ...principalMissing(name).refusal, kind: 'missing' } };
  if (principalState(before, now) === 'ended') return principalEnded(before);
  if (endsAt < now) {
    return no('invalid', {
      code: 'end-date-past',
      message: `'${name}' would end ${showEndDate(endsAt)}, which is past.`,
      remedy: `Give a later day; deuteron principal end ${name} ends it now.`,
      field: 'until',
    });
  }
  return withStanding(chart, before, { ...before, endsAt });
}

function reinstatePrincipal(chart: OrganizationChart, { name }: Change<'reinstate-principal'>, now: Date): Verdict {
  const before = chart.principals.get(name);
  if (!before) return { ok: false, refusal: { ...principalMissing(name).refusal, kind: 'missing' } };
  const { endsAt, ...back } = before;
  if (!endsAt) {
    return no('conflict', {
      code: 'principal-not-ended',
      message: `'${name}' has no end.`,
      remedy: 'deuteron principal list shows who ended, and who will.',
    });
  }
  return withStanding(chart, before, endsAt > now ? back : { ...back, returnedAt: now });
}

/** How long he is there is also how long his memberships count. */
function withStanding(chart: OrganizationChart, before: KnownPrincipal, after: KnownPrincipal): Verdict {
  const stand = (principal: KnownPrincipal) => {
    const { id, name, endsAt: principalEndsAt } = principal;
    chart.principals.set(name, principal);
    for (const [key, { principalEndsAt: _, ...each }] of chart.memberships)
      if (each.principalId === id) chart.memberships.set(key, { ...each, ...(principalEndsAt && { principalEndsAt }) });
  };
  const had = hasLastingAdministrator(chart);
  stand(after);
  if (!had || hasLastingAdministrator(chart)) return done;
  stand(before);
  return lastAdministrator(after.name);
}

function withMembership(chart: OrganizationChart, key: string, after: Membership): Verdict {
  const before = chart.memberships.get(key);
  const had = after.team === administratorsTeam && hasLastingAdministrator(chart);
  chart.memberships.set(key, after);
  if (!had || hasLastingAdministrator(chart)) return done;
  if (before) chart.memberships.set(key, before);
  return lastAdministrator(after.principal);
}

/** There is always an administrator who has no end, nor has his membership, which is no provider's to take away. */
function hasLastingAdministrator({ memberships }: OrganizationChart): boolean {
  return [...memberships.values()].some(
    ({ team, endsAt, principalEndsAt, grantedBy }) =>
      team === administratorsTeam && endsAt === undefined && principalEndsAt === undefined && grantedBy === undefined,
  );
}

function lastAdministrator(name: string): Verdict {
  return no('conflict', {
    code: 'last-administrator',
    message: `'${name}' is the last administrator without an end.`,
    remedy: `Make somebody else a member of '${administratorsTeam}', without an end, first.`,
  });
}

function placeResource(
  chart: OrganizationChart,
  { arn, kind, unit, ownerTeam, dataOwnerTeam, environmentClass, labels }: Change<'place-resource'>,
): Verdict {
  const before = chart.placements.get(arn);
  // an account is nobody's creation: it is known from when it is placed
  if (!before && kind !== 'account') {
    return no('missing', {
      code: 'resource-missing',
      message: `There is no ${shortArn(arn)}.`,
      remedy: 'Correct the name; a new resource can say with tags where it belongs when it is created.',
    });
  }
  if (typeof unit === 'string' && !chart.units.has(unit)) return inField(unitMissing(unit), 'unit');
  if (typeof ownerTeam === 'string' && !chart.teams.has(ownerTeam)) return inField(teamMissing(ownerTeam), 'owner');
  if (typeof dataOwnerTeam === 'string' && !chart.teams.has(dataOwnerTeam))
    return inField(teamMissing(dataOwnerTeam), 'dataOwner');
  const declared = chart.environmentClasses;
  if (typeof environmentClass === 'string' && !(kind === 'environment' && declared.has(environmentClass)))
    return inField(classWrong(kind, environmentClass, [...declared].sort()), 'environmentClass');
  const labelled = checkDescribed({ labels: labels ?? {} });
  if (!labelled.ok) return labelled;
  const value = <Of>(given: Of | null | undefined, former: Of | undefined) =>
    given === undefined ? former : (given ?? undefined);
  const after = {
    ...before,
    arn,
    kind,
    unit: value(unit, before?.unit),
    ownerTeam: value(ownerTeam, before?.ownerTeam),
    dataOwnerTeam: value(dataOwnerTeam, before?.dataOwnerTeam),
    environmentClass: value(environmentClass, before?.environmentClass),
    labels: value(labels, before?.labels) ?? {},
  };
  recount(chart.environmentsOf, before?.environmentClass, after.environmentClass);
  recount(chart.resourcesIn, before?.unit, after.unit);
  recount(chart.resourcesOf, before?.ownerTeam, after.ownerTeam);
  recount(chart.resourcesOf, before?.dataOwnerTeam, after.dataOwnerTeam);
  chart.placements.set(arn, after);
  return done;
}

function declareClass({ environmentClasses: all }: OrganizationChart, { name }: Named): Verdict {
  if (!isOwnWord(name)) {
    return no('invalid', {
      code: 'environment-class-wrong',
      message: `'${name}' cannot be a class of environments.`,
      remedy: 'Use 1 to 40 small letters, digits and -, beginning with a letter.',
    });
  }
  if (!all.has(name) && all.size >= classesMax) return tooMany('classes of environments', classesMax);
  all.add(name);
  return done;
}

function withdrawClass(chart: OrganizationChart, { name }: Named): Verdict {
  if (!chart.environmentClasses.has(name)) {
    return no('missing', {
      code: 'environment-class-missing',
      message: `'${name}' is no class of environments.`,
      remedy: 'Nothing is to do.',
    });
  }
  if ((environmentClasses as readonly string[]).includes(name))
    return classInUse(`The class '${name}' is always there.`, 'Leave it; nothing needs to use it.');
  const environments = counted(chart.environmentsOf.get(name), 'environment');
  const rules = chart.namedInRules.classes.get(name) ?? [];
  if (environments.length + rules.length > 0) {
    const first = [
      ...(environments.length > 0 ? ['give its environments another class (deuteron org place)'] : []),
      ...(rules.length > 0
        ? ['take away what holds for it (deuteron model unassign, restriction detach, guard-rail set <rail> off)']
        : []),
    ];
    return classInUse(
      `The class '${name}' is still named by ${listed([...environments, ...rules])}.`,
      `Before it goes, ${first.join(' and ')}.`,
    );
  }
  chart.environmentClasses.delete(name);
  return done;
}

function classInUse(message: string, remedy: string): Verdict {
  return no('conflict', { code: 'environment-class-in-use', message, remedy });
}

function recount(counts: Map<string, number>, before: string | undefined, after: string | undefined): void {
  if (before !== undefined) counts.set(before, (counts.get(before) ?? 0) - 1);
  if (after !== undefined) counts.set(after, (counts.get(after) ?? 0) + 1);
}

function renameUnit(chart: OrganizationChart, { name, to }: Change<'rename-unit'>): Verdict {
  if (name === rootUnit) return rootStays(`The unit '${rootUnit}' is the root of all units, and is called so.`);
  const unit = chart.units.get(name);
  if (!unit) return { ok: false, refusal: { ...unitMissing(name).refusal, kind: 'missing' } };
  const fits = checkNewName('unit', chart.units, chart.namedInRules.units, { name, to });
  if (!fits.ok) return fits;
  rekey(chart.units, name, to, { ...unit, name: to });
  for (const each of [...chart.units.values()])
    if (each.parent === name) chart.units.set(each.name, { ...each, parent: to });
  for (const each of [...chart.teams.values()])
    if (each.unit === name) chart.teams.set(each.name, { ...each, unit: to });
  for (const each of [...chart.placements.values()])
    if (each.unit === name) chart.placements.set(each.arn, { ...each, unit: to });
  for (const counts of [chart.resourcesIn, chart.webhooksIn]) rekey(counts, name, to, counts.get(name));
  if (chart.offered.units.delete(name)) chart.offered.units.add(to);
  return done;
}

function renameTeam(chart: OrganizationChart, { name, to }: Change<'rename-team'>): Verdict {
  if (name === administratorsTeam) return administratorsStay(`The team '${administratorsTeam}' is called so.`);
  const team = chart.teams.get(name);
  if (!team) return { ok: false, refusal: { ...teamMissing(name).refusal, kind: 'missing' } };
  const fits = checkNewName('team', chart.teams, chart.namedInRules.teams, { name, to });
  if (!fits.ok) return fits;
  rekey(chart.teams, name, to, { ...team, name: to });
  for (const [key, each] of [...chart.memberships]) {
    const membership = { ...each, team: to };
    if (each.team === name) rekey(chart.memberships, key, membershipKey(membership), membership);
  }
  const renamed = (each: string | undefined) => (each === name ? to : each);
  for (const [arn, each] of [...chart.placements]) {
    const owners = { ownerTeam: renamed(each.ownerTeam), dataOwnerTeam: renamed(each.dataOwnerTeam) };
    chart.placements.set(arn, { ...each, ...owners });
  }
  for (const [key, rule] of [...chart.federationRules]) {
    chart.federationRules.set(key, { ...rule, teams: rule.teams.map((each) => (each === name ? to : each)) });
  }
  rekey(chart.resourcesOf, name, to, chart.resourcesOf.get(name));
  if (chart.offered.teams.delete(name)) chart.offered.teams.add(to);
  return done;
}

function rekey<Key, Value>(map: Map<Key, Value>, before: Key, after: Key, value: Value | undefined): void {
  map.delete(before);
  if (value !== undefined) map.set(after, value);
}

function checkNewName(
  what: 'unit' | 'team',
  there: ReadonlyMap<string, unknown>,
  rules: ReadonlyMap<string, string>,
  { name, to }: { readonly name: string; readonly to: string },
): Verdict {
  const named = checkName(what, to);
  if (!named.ok) return { ok: false, refusal: { ...named.refusal, field: 'to' } };
  if (there.has(to)) {
    return no('conflict', {
      code: 'organization-name-taken',
      message: `There is a ${what} '${to}' already.`,
      remedy: `Choose another name for '${name}', or delete or rename '${to}' first.`,
      field: 'to',
    });
  }
  const policy = rules.get(name);
  if (policy === undefined) return done;
  return no('conflict', {
    code: 'named-in-rules',
    message: `Rules in force name the ${what} '${name}': the policy '${policy}', which stays as it was written.`,
    remedy: `Take the policy back where it holds, rename, write it with the new name, and let it hold again.`,
    field: 'to',
  });
}

function checkName(what: 'unit' | 'team', name: string): Verdict {
  if (isOrganizationName(name)) return done;
  return no('invalid', {
    code: 'organization-name-wrong',
    message: `'${name}' is no name of a ${what}.`,
    remedy: 'Use 1 to 63 letters, digits and the characters . _ -, beginning with a letter or digit.',
  });
}

function checkDescribed({ description, labels }: { readonly description?: string; readonly labels: Labels }): Verdict {
  if (description !== undefined && (description.length > descriptionMax || /\p{Cc}/u.test(description))) {
    return no('invalid', {
      code: 'description-wrong',
      message: `A description has at most ${descriptionMax} characters, in one line.`,
      remedy: 'Shorten it.',
      field: 'description',
    });
  }
  const wrong = wrongLabel(labels);
  const count = Object.keys(labels).length;
  if (wrong === undefined && count <= labelsMax) return done;
  return no('invalid', {
    code: 'label-wrong',
    message:
      wrong === undefined ? `There are ${count} labels; at most ${labelsMax} are possible.` : `'${wrong}' is no label.`,
    remedy:
      'Keys are letters, digits and . _ : / -, at most 127; values are texts of one line, at most 255 characters.',
    field: 'labels',
  });
}

export function principalMissing(name: string) {
  return no('invalid', {
    code: 'principal-missing',
    message: `There is no principal '${name}'.`,
    remedy: 'Correct the name, or list it under principals in the file that is applied.',
    field: 'principal',
  });
}

function tooMany(what: string, max: number): Verdict {
  return no('limit', {
    code: 'organization-limit',
    message: `There are ${max} ${what}, as many as there may be.`,
    remedy: 'Delete those that are not needed.',
  });
}

function counted(count: number | undefined, what: string): string[] {
  return count ? [`${count} ${what}${count === 1 ? '' : 's'}`] : [];
}

function listed(words: readonly string[]): string {
  const shown = words.length > 6 ? [...words.slice(0, 5), `${words.length - 5} more`] : words;
  return shown.length === 1 ? `${shown[0]}` : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
