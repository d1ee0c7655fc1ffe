import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { nearestName } from '../../identifiers/index.ts';
import { handoversWithdraw } from '../handovers/handover-store.ts';
import type { PrincipalId } from '../principal.ts';
import { teamsOfPrincipals } from '../teams/membership-store.ts';
import { administratorsTeam, breakGlassTeam } from '../teams/team.ts';
import { teamFind } from '../teams/team-store.ts';
import { unitExists } from '../units/unit-store.ts';
import { environmentClassList } from './environment-class-store.ts';
import { placementTags, type ResourceKind, type ResourcePlacement, wholeOf } from './placement.ts';
import { placementDelete, placementsFind, placementUpsert } from './placement-store.ts';
import { factsOf, type ResourceFacts } from './resource-facts.ts';

export interface NewResource {
  readonly arn: string;
  readonly kind: ResourceKind;
  /** Those on the request to create it; `placementTags` among them say where it belongs. */
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  readonly createdBy: PrincipalId;
  /** Of a service instance: what it runs in. */
  readonly environmentArn?: string;
  readonly at: Date;
}

export type NewPlacementRefusal = Refusal<'unit-missing' | 'team-missing' | 'environment-class-wrong'>;

/**
 * Places a new resource, in the transaction that creates it: as the tags say; else with the creator's only team, in its
 * unit; else in the root, without owner. What is a part of another resource is where that one is.
 * @refuses a unit or a team that does not exist, an environment class on what is no environment
 */
export async function placementRecord(tx: Db, resource: NewResource): Promise<Result<void, NewPlacementRefusal>> {
  const placement = await newPlacement(tx, resource);
  if (!placement.ok) return placement;
  await placementUpsert(tx, placement.value, resource.at);
  return accept(undefined);
}

/** Facts of a resource as they would be if it were created now: for whoever decides whether it may be. */
export async function resourceFactsOfNew(
  db: Db,
  resource: NewResource,
): Promise<Result<ResourceFacts, NewPlacementRefusal>> {
  const placement = await newPlacement(db, resource);
  if (!placement.ok) return placement;
  const whole = wholeOf(resource.arn);
  const known = whole === undefined ? new Map() : await placementsFind(db, [whole]);
  const facts = await factsOf(db, [placement.value], known);
  return accept(facts.get(resource.arn) as ResourceFacts);
}

/** To be called in the transaction that deletes the resource. Offers to hand it over end with it. */
export async function placementForget(tx: Db, arn: string, now: Date): Promise<void> {
  await placementDelete(tx, arn);
  await handoversWithdraw(tx, arn, { by: 'deuteron', note: 'The resource was deleted.', now });
}

async function newPlacement(
  db: Db,
  { arn, kind, tags = [], createdBy, environmentArn, at }: NewResource,
): Promise<Result<ResourcePlacement, NewPlacementRefusal>> {
  const tag = (key: string) => tags.find((each) => each.key === key)?.value;
  const [unit, owner, dataOwner] = [tag(placementTags.unit), tag(placementTags.owner), tag(placementTags.dataOwner)];
  const environmentClass = tag(placementTags.environmentClass);
  if (environmentClass !== undefined) {
    const declared = await environmentClassList(db);
    if (!(kind === 'environment' && declared.includes(environmentClass)))
      return classWrong(kind, environmentClass, declared);
  }
  if (unit !== undefined && !(await unitExists(db, unit))) return unitMissing(unit);
  const isPart = wholeOf(arn) !== undefined;
  const named = owner === undefined ? undefined : await teamFind(db, owner);
  if (owner !== undefined && !named) return teamMissing(owner);
  if (dataOwner !== undefined && !(await teamFind(db, dataOwner))) return teamMissing(dataOwner);
  const team = named ?? (isPart ? undefined : await onlyTeam(db, createdBy, at));
  return accept({
    arn,
    kind,
    unit: unit ?? team?.unit,
    ownerTeam: team?.name,
    dataOwnerTeam: dataOwner,
    environmentClass,
    environmentArn,
    labels: {},
  });
}

async function onlyTeam(
  db: Db,
  principal: PrincipalId,
  now: Date,
): Promise<{ name: string; unit: string } | undefined> {
  const [first, ...more] = teamsThatMayOwn(await teamsOfPrincipals(db, [principal], now));
  return more.length === 0 ? first : undefined;
}

/** Being an administrator, or one of those who may break glass, beside another team does not make it two. */
export function teamsThatMayOwn<Of extends { readonly name: string }>(teams: readonly Of[]): readonly Of[] {
  const others = teams.filter(({ name }) => name !== breakGlassTeam);
  const usual = others.filter(({ name }) => name !== administratorsTeam);
  return usual.length > 0 ? usual : others;
}

export function unitMissing(name: string) {
  return refuse({
    kind: 'invalid',
    code: 'unit-missing' as const,
    message: `There is no unit '${name}'.`,
    remedy: 'Correct the name, or let an administrator make it: deuteron apply. deuteron org show lists all units.',
  });
}

export function teamMissing(name: string) {
  return refuse({
    kind: 'invalid',
    code: 'team-missing' as const,
    message: `There is no team '${name}'.`,
    remedy: 'Correct the name, or let an administrator make it: deuteron apply. deuteron org show lists all teams.',
  });
}

/** @param declared all classes that there are */
export function classWrong(kind: ResourceKind, given: string, declared: readonly string[]) {
  const isOfEnvironment = kind === 'environment';
  const nearest = isOfEnvironment ? nearestName(given, declared) : undefined;
  return refuse({
    kind: 'invalid',
    code: 'environment-class-wrong' as const,
    message: isOfEnvironment
      ? `'${given}' is no class of an environment. There are ${declared.join(', ')}.`
      : `A ${kind} has no environment class; '${given}' was given.`,
    remedy: isOfEnvironment
      ? `${nearest ? `Did you mean ${nearest}? ` : ''}A word of your own is declared first, under environmentClasses of the organization's file: deuteron apply.`
      : 'Leave it out: it has the class of the environment that it runs in.',
  });
}
