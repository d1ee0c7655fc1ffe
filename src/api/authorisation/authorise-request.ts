import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import { deploymentFind } from '../../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { formerRecords, type GovernedThing, governedThings, madeFrom, type RecordKind } from '../../fleet/index.ts';
import {
  authorise,
  type Decision,
  type Door,
  decide,
  decisionsInsert,
  loadPolicies,
  type Policies,
  type ReadScope,
  type ResourceFacts,
  scopeOfReading,
  theInstallation,
  type Verb,
} from '../../governance/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import { type ObjectName, objectFind } from '../../object-storage/index.ts';
import {
  listPlacements,
  type PlacementReach,
  type Principal,
  type PrincipalFacts,
  placementsOwned,
  principalFacts,
  type ResourceReference,
  resourceFactsOfNew,
  rootUnit,
  teamFind,
  teamsThatMayOwn,
  unitMissing,
  unitPaths,
} from '../../organization/index.ts';
import { type Act, type ActRecord, type Governed, isThing, type Reach, verbsOfKind } from './act.ts';

export interface AuthorisationTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly installation: Installation;
  /** IANA name: where rules read weekday and hour. */
  readonly timeZone: string;
}

export interface AskedRequest {
  readonly caller: Principal;
  readonly via: Door;
  readonly governed: Governed;
}

/** What a request may, decided before anything of it is done. */
export interface AuthorisedRequest {
  /** Absent: it may go on. */
  readonly refusal?: Refusal;
  readonly principal: PrincipalFacts;
  readonly reads: Reads;
  /** Whether he may do something to the installation as a whole. */
  readonly may: (verb: Verb) => boolean;
  /** Those of some units in which he may do something. */
  readonly mayIn: (verb: Verb, units: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Of a request that puts an object: whose it will be. */
  readonly ownerTeam?: string;
  /** Keeps what was decided; to be called for what changes something. */
  readonly keep: (tx: Db, requestId: string) => Promise<void>;
}

/** What of a list its reader may see. */
export interface Reads extends ReadScope {
  /** Those of the things that he may read, by ARN; to be asked where the scope is not exact. */
  readonly among: (things: readonly ResourceReference[]) => Promise<ReadonlySet<string>>;
  /**
   * Those of some records of one kind that are about what he may read. What is told of a thing that is gone is not told to
   * the readers of what has its name now.
   */
  readonly records: <Item extends { readonly id: string }>(
    of: RecordKind,
    items: readonly Item[],
    about: (item: Item) => ResourceReference | undefined,
  ) => Promise<readonly Item[]>;
  /** Exactly what he may read, of everything there is; undefined: all. Takes long where the scope is not exact. */
  readonly whole: () => Promise<PlacementReach | undefined>;
}

/** Decides about everything that a request is about to do. The first "no" is the answer. */
export async function authoriseRequest(
  tools: AuthorisationTools,
  { caller, via, governed }: AskedRequest,
): Promise<AuthorisedRequest> {
  const { db, clock } = tools;
  const at = clock.now();
  const principal = await principalFacts(db, caller.id, at);
  if (!principal) throw new Error(`there is no principal ${caller.name} any more`);
  const policies = await loadPolicies(db);
  const scope = await scopeOfReading(db, policies, principal);
  const readsAll = scope.isExact && !scope.reach;
  const asking: Asking = { ...tools, policies, principal, via, at, readsAll };
  const reads: Reads = {
    ...scope,
    among: async (things) => (readsAll ? new Set(things.map(({ arn }) => arn)) : readable(asking, things)),
    records: async (of, items, about) => (readsAll ? items : readableRecords(asking, of, items, about)),
    whole: async () => (scope.isExact ? scope.reach : await readableOfAll(asking)),
  };
  const decisions: Decision[] = [];
  const may = (verb: Verb) => judged(asking, verb, theInstallation, 'none', false).refusal === undefined;
  const mayIn = async (verb: Verb, units: readonly string[]) => {
    const facts = units.length === 0 ? [] : [...(await unitFacts(db, units))];
    return new Set(facts.flatMap(([name, unit]) => (judged(asking, verb, unit, 'none', false).refusal ? [] : [name])));
  };
  const keep = (tx: Db, requestId: string) => decisionsInsert(tx, decisions, policies, requestId);
  let ownerTeam: string | undefined;
  const { acts, named, hidden } = 'acts' in governed ? governed : { acts: [] };
  const asked = acts.filter((act) => act.to === 'thing');
  const known = await governedThings(db, tools.installation, asked);
  for (const act of acts) {
    const done = await authoriseAct({ ...asking, known }, act, named);
    if (done.decision) decisions.push(done.decision);
    ownerTeam = done.ownerTeam ?? ownerTeam;
    if (done.refusal) {
      const tells = act.to === 'new' || done.refusal.kind === 'missing';
      return { refusal: (tells && hidden) || done.refusal, principal, reads, may, mayIn, keep };
    }
  }
  return { principal, reads, may, mayIn, keep, ownerTeam };
}

interface Asking extends AuthorisationTools {
  readonly policies: Policies;
  readonly principal: PrincipalFacts;
  readonly via: Door;
  readonly at: Date;
  /** Nothing is hidden from him. */
  readonly readsAll: boolean;
  /** Things that the acts of the request are about, by ARN. */
  readonly known?: ReadonlyMap<string, GovernedThing>;
}

interface Done {
  readonly decision?: Decision;
  readonly refusal?: Refusal;
  readonly ownerTeam?: string;
}

async function authoriseAct(asking: Asking, act: Act, named?: string): Promise<Done> {
  switch (act.to) {
    case 'thing':
      return onExisting(asking, act, () => act.verb, act.change, named ?? act.arn, act.record);
    case 'deployment': {
      const deployment = await deploymentFind(asking.db, act.id);
      if (!deployment) return asking.principal.isAdministrator ? {} : { refusal: missing(act.id) };
      const { arn, kind } = deployment.target;
      return onExisting(asking, { arn, kind }, (thing) => verbsOfKind[thing.kind][act.does], act.change, act.id, {
        of: 'deployment',
        id: act.id,
      });
    }
    case 'new': {
      const { db, principal, at, installation } = asking;
      if (await isOfFormer(asking, act)) return { refusal: missing(named ?? act.arn) };
      if (await isHidden(asking, act)) return { refusal: nameTaken(named ?? act.arn) };
      const { verb, template = null, roleArn = null, record: _, ...resource } = act;
      const facts = await resourceFactsOfNew(db, { ...resource, createdBy: principal.id, at });
      if (!facts.ok) return { refusal: facts.refusal };
      const of = { kind: act.kind, template, roleArn };
      const waits = act.kind !== 'environment-template' && act.kind !== 'service-template';
      const { ownerTeam: team } = facts.value;
      const owned = await placementsOwned(db, { team, kind: act.kind, besides: act.arn });
      const done = judged(asking, verb, { ...facts.value, ...madeFrom(installation, of) }, 'none', waits, owned);
      return team === undefined ? withOwnerHint(done, asking) : done;
    }
    case 'object':
      return onObject(asking, act.object, act.does);
    case 'unit': {
      const facts = (await unitFacts(asking.db, [act.unit])).get(act.unit);
      if (!facts) return { refusal: unitMissing(act.unit).refusal };
      const done = judged(asking, act.verb, facts, 'none', false);
      return done.refusal && act.hidden ? { ...done, refusal: act.hidden } : done;
    }
    case 'installation':
      return judged(asking, act.verb, theInstallation, 'none', false);
  }
}

/** Whoever is in several teams has to say for which of them he makes something. */
function withOwnerHint({ refusal, ...done }: Done, { principal }: Asking): Done {
  const teams = teamsThatMayOwn(principal.teams).map(({ name }) => name);
  if (!refusal || teams.length < 2) return { ...done, refusal };
  const hint = `Nobody would own it: you are in the teams ${teams.join(', ')}; say with the tag deuteron:owner for which of them it is.`;
  return { ...done, refusal: { ...refusal, remedy: `${hint} ${refusal.remedy}` } };
}

/**
 * What is put is the first of one's teams' that may register templates; administrators are a team like others. In place of
 * what may not be replaced nothing is put.
 */
async function onObject(asking: Asking, object: ObjectName, does: 'read' | 'put' | 'delete'): Promise<Done> {
  const { db, installation, principal } = asking;
  const arn = `arn:${installation.partition}:s3:::${object.bucket}/${object.key}`;
  const found = await objectFind(db, object);
  const facts = found && objectFacts(arn, found.ownerTeam, await pathOf(db, found.ownerTeam));
  if (does !== 'put') {
    if (!facts) return {};
    const done = judged(asking, does === 'read' ? 'template:read' : 'template:delete', facts, 'none', false);
    return done.refusal && !mayRead(asking, facts) ? { ...done, refusal: missing(object.key) } : done;
  }
  if (facts) {
    const done = judged(asking, 'template:register', facts, 'none', false);
    if (done.refusal && !mayRead(asking, facts)) return { ...done, refusal: nameTaken(object.key) };
    return { ...done, ownerTeam: found.ownerTeam };
  }
  const own = principal.teams.map(({ name, unitPath }) => ({ name, facts: objectFacts(arn, name, unitPath) }));
  const tried = own.map((team) => ({ team, done: judged(asking, 'template:register', team.facts, 'none', false) }));
  const allowed = tried.find(({ done }) => !done.refusal);
  if (allowed) return { ...allowed.done, ownerTeam: allowed.team.name };
  return tried[0]?.done ?? judged(asking, 'template:register', objectFacts(arn, undefined, [rootUnit]), 'none', false);
}

function objectFacts(arn: string, ownerTeam: string | undefined, unitPath: readonly string[]): ResourceFacts {
  return { arn, kind: 'service-template', unitPath, labels: {}, ...(ownerTeam !== undefined && { ownerTeam }) };
}

async function pathOf(db: Db, team: string | undefined): Promise<readonly string[]> {
  const unit = team === undefined ? undefined : (await teamFind(db, team))?.unit;
  return (unit && (await unitPaths(db, [unit])).get(unit)) || [rootUnit];
}

/** Whether there is such a thing already, which the principal may not read: a request that is sent twice would show it. */
async function isHidden(asking: Asking, { arn, kind }: ResourceReference): Promise<boolean> {
  const { db, installation, readsAll } = asking;
  if (readsAll) return false;
  const thing = (await governedThings(db, installation, [{ arn, kind }])).get(arn);
  return thing?.exists === true && !mayRead(asking, thing.facts);
}

/** Of those units that there are. */
async function unitFacts(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, ResourceFacts>> {
  const paths = await unitPaths(db, names);
  return new Map(
    [...paths].map(([name, unitPath]) => [name, { ...theInstallation, kind: 'unit', arn: `unit/${name}`, unitPath }]),
  );
}

/** What may not be read is answered as if it were not there. */
async function onExisting(
  asking: Asking,
  reference: ResourceReference,
  verbOf: (thing: ResourceReference) => Verb,
  change: Reach,
  named: string,
  record?: ActRecord,
): Promise<Done> {
  const { db, installation, principal, known } = asking;
  const { arn } = reference;
  const thing = known?.get(arn) ?? (await governedThings(db, installation, [reference])).get(arn);
  if (!thing?.exists && !principal.isAdministrator) return { refusal: missing(named) };
  if (await isOfFormer(asking, { record })) return { refusal: missing(named) };
  const facts = thing?.facts;
  if (!facts) throw new Error(`nothing is known of ${reference.arn}`);
  const verb = verbOf(reference);
  const done = judged(asking, verb, facts, change, change === 'unknown');
  // whom nothing is hidden from is told that it is missing before what the rules would say of it
  const isGone = !thing?.exists && !record;
  if (!done.refusal || (mayRead(asking, facts) && !isGone)) return done;
  return { ...done, refusal: missing(named) };
}

function judged(
  { policies, principal, via, at, timeZone }: Asking,
  verb: Verb,
  resource: ResourceFacts,
  change: Reach,
  waits: boolean,
  owned?: number,
): Done {
  return authorise(policies, { verb, principal, resource, at, timeZone, via, change, waits, owned });
}

function mayRead({ policies, principal, via, at, timeZone }: Asking, resource: ResourceFacts): boolean {
  if (!isThing(resource)) return true;
  const { read: verb } = verbsOfKind[resource.kind];
  return decide(policies, { verb, principal, resource, at, timeZone, via }).verdict === 'allow';
}

async function readable(asking: Asking, things: readonly ResourceReference[]): Promise<ReadonlySet<string>> {
  const known = await governedThings(asking.db, asking.installation, things);
  return new Set(
    [...known].flatMap(([arn, { facts, exists }]) => {
      const isThere = exists || asking.principal.isAdministrator;
      return isThere && mayRead(asking, facts) ? [arn] : [];
    }),
  );
}

/** Whether it is told of what had the name before. From administrators that is not hidden. */
async function isOfFormer({ db, principal }: Asking, { record }: { readonly record?: ActRecord }): Promise<boolean> {
  if (!record || principal.isAdministrator) return false;
  return (await formerRecords(db, record.of, [record.id])).size > 0;
}

async function readableRecords<Item extends { readonly id: string }>(
  asking: Asking,
  of: RecordKind,
  items: readonly Item[],
  about: (item: Item) => ResourceReference | undefined,
): Promise<readonly Item[]> {
  const things = new Map(items.map((item) => [item, about(item)]));
  const known = await readable(
    asking,
    [...things.values()].flatMap((thing) => thing ?? []),
  );
  const ids = items.map(({ id }) => id);
  const former = asking.principal.isAdministrator ? new Set() : await formerRecords(asking.db, of, ids);
  return items.filter((item) => known.has(things.get(item)?.arn ?? '') && !former.has(item.id));
}

/** By deciding about each thing that there is. */
async function readableOfAll(asking: Asking): Promise<PlacementReach> {
  const arns: string[] = [];
  for (let nextToken: string | undefined; ; ) {
    const page = await listPlacements(asking.db, {}, { nextToken });
    if (!page.ok) throw new Error(page.refusal.message);
    arns.push(...(await readable(asking, page.value.items)));
    nextToken = page.value.nextToken;
    if (nextToken === undefined) return { units: [], teams: [], arns };
  }
}

/** Said of what is not there, and of what the reader may not know of: the answers are the same. */
function missing(named: string): Refusal {
  return refuse({
    kind: 'missing',
    code: 'resource-missing',
    message: `The requested resource does not exist: ${named}`,
    remedy: 'Check the name. What you may not read is answered as if it did not exist: ask its owner.',
  }).refusal;
}

/** Names are unique in an installation: that one is taken cannot be hidden from who wants it. */
function nameTaken(named: string): Refusal {
  return refuse({
    kind: 'conflict',
    code: 'name-taken',
    message: `The name is taken: ${named}`,
    remedy: 'Choose another name: names are unique in an installation.',
  }).refusal;
}

/** Nothing to refuse, as a result. */
export function permitted({ refusal }: AuthorisedRequest): Result<void> {
  return refusal ? { ok: false, refusal } : accept(undefined);
}
