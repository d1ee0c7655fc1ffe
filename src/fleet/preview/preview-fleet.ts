import type { Bundle } from '../../bundles/index.ts';
import { type DeployedJudgement, exportClaim, type FindingJson, ruleCodes } from '../../changes/index.ts';
import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import { type VersionRef, versionText } from '../../templates/index.ts';
import { fleetThingCount, namesTaken } from './fleet-thing-store.ts';
import { type FleetThing, fleetThings, ownersThing } from './fleet-things.ts';
import { readImportedNames } from './imported-names.ts';
import { type SharedVersion, sharedVersion } from './judge-job.ts';
import type { JudgePool } from './judge-pool.ts';
import { NameClaims } from './name-claims.ts';
import type { PreviewedThing, PreviewLine } from './preview-line.ts';
import type { PreviewSelector } from './preview-selector.ts';
import { SummaryInTheMaking } from './preview-summary.ts';
import { bundleMaterial, registeredMaterial, type VersionMaterialRefusal } from './version-material.ts';

export interface PreviewTools {
  readonly db: Db;
  readonly installation: Installation;
  readonly pool: JudgePool;
  /** Previews at once in this process. */
  readonly previewsMax?: number;
}

export interface PreviewRequest {
  readonly version: VersionRef;
  /** A bundle that nobody has registered, to be looked at as this version. */
  readonly bundle?: Bundle;
  readonly selector: PreviewSelector;
  /** `environment`, `service`, `deployed`, `part`, `owner`, `unit`, `class`, or keys of tags. */
  readonly groupBy: readonly string[];
}

export type PreviewRefusal = VersionMaterialRefusal | Refusal<'previews-limit'>;

/** Ask it to go on, line by line; it does no more than a little ahead of who reads. Stops for good with the signal. */
export type Preview = AsyncGenerator<PreviewLine, void>;

const progressMs = 500;
const usualPreviewsMax = 4;
const underWay = new WeakMap<JudgePool, number>();

/**
 * What bringing everything on a template to one of its versions would do, thing by thing, by ARN. Judged is against what
 * is deployed, with what its environment offers now. Changes nothing, and calls no cloud.
 * @refuses a version that is not there or not registered, and more previews at once than there may be
 */
export async function previewFleet(
  tools: PreviewTools,
  request: PreviewRequest,
  signal: AbortSignal,
): Promise<Result<Preview, PreviewRefusal>> {
  const { db, installation, pool, previewsMax = usualPreviewsMax } = tools;
  const running = underWay.get(pool) ?? 0;
  if (running >= previewsMax) return tooMany(previewsMax);
  const { version, bundle } = request;
  const material = bundle
    ? await bundleMaterial(db, installation, version, bundle)
    : await registeredMaterial(db, installation, version);
  if (!material.ok) return material;
  return accept(follow(tools, request, sharedVersion(material.value), signal));
}

async function* follow(
  tools: PreviewTools,
  request: PreviewRequest,
  version: SharedVersion,
  outer: AbortSignal,
): Preview {
  const { db, pool } = tools;
  underWay.set(pool, (underWay.get(pool) ?? 0) + 1);
  // what was asked for ahead is let go also when nobody reads on
  const left = new AbortController();
  const signal = AbortSignal.any([outer, left.signal]);
  try {
    const { kind, templateName: name } = request.version;
    const template = { kind, name };
    const of = await fleetThingCount(db, template, request.selector);
    yield { line: 'begin', kind, template: name, version: versionText(request.version), of };
    const summary = new SummaryInTheMaking(request.groupBy);
    let done = 0;
    let toldAt = performance.now();
    for await (const { thing, wasKnown } of judgedThings(tools, request, version, signal)) {
      if (signal.aborted) return;
      summary.add(thing, wasKnown);
      yield { line: 'thing', ...thing };
      done += 1;
      if (performance.now() - toldAt < progressMs) continue;
      toldAt = performance.now();
      yield { line: 'progress', done, of: Math.max(of, done) };
    }
    if (!signal.aborted) yield { line: 'end', ...summary.end() };
  } finally {
    left.abort();
    underWay.set(pool, (underWay.get(pool) ?? 1) - 1);
  }
}

interface Judged {
  readonly thing: PreviewedThing;
  readonly wasKnown: boolean;
}

/** In order, with a few asked for ahead: as many as keep all threads busy. */
async function* judgedThings(
  { db, installation, pool }: PreviewTools,
  { version: ref, bundle, selector }: PreviewRequest,
  version: SharedVersion,
  signal: AbortSignal,
): AsyncGenerator<Judged> {
  const template = { kind: ref.kind, name: ref.templateName };
  const importsOf: Parameters<typeof readImportedNames>[2] = (text, pseudo) => pool.importsOf(text, pseudo, signal);
  const imported = await readImportedNames(db, installation, importsOf, signal);
  const claims = new NameClaims((type) => namesTaken(db, type));
  const wanted = bundle ? undefined : versionText(ref);
  const ahead: { readonly thing: FleetThing; readonly judgement: Promise<DeployedJudgement | undefined> }[] = [];
  const next = async () => {
    const { thing, judgement } = ahead.shift()!;
    return judgedThing(thing, await judgement, wanted, claims);
  };
  for await (const thing of fleetThings({ db, installation, template, selector, imported })) {
    if (signal.aborted) return;
    const { deployed, shown } = thing;
    const isThere = shown.deployed === wanted;
    const judgement = deployed && !isThere ? pool.judge(version, deployed, signal) : Promise.resolve(undefined);
    ahead.push({ thing, judgement });
    if (ahead.length >= pool.threads * 8) yield await next();
  }
  while (ahead.length > 0 && !signal.aborted) yield await next();
}

async function judgedThing(
  { shown, deployed, why }: FleetThing,
  judgement: DeployedJudgement | undefined,
  wanted: string | undefined,
  claims: NameClaims,
): Promise<Judged> {
  if (wanted !== undefined && shown.deployed === wanted) {
    return { thing: { ...shown, standing: 'already-there' }, wasKnown: false };
  }
  if (!deployed || !judgement) {
    const standing = shown.deployed === undefined || why === ownersThing ? 'not-deployed' : 'unjudged';
    return { thing: { ...shown, standing, why }, wasKnown: false };
  }
  if (!judgement.known) return { thing: { ...shown, standing: 'unjudged', why: judgement.why }, wasKnown: false };
  const { known: _, wasKnown, steps: upgradeSteps, claims: claimed, ...told } = judgement;
  const thing: PreviewedThing = { ...shown, standing: 'judged', ...told, upgradeSteps };
  const { accountId = '', region = '' } = deployed.pseudo;
  const conflict = await claims.conflict(shown.arn, { accountId, region }, claimed);
  return { thing: conflict ? colliding(thing, conflict) : thing, wasKnown };
}

/** Somebody else has, or gets, a name that this thing would get. */
function colliding(
  thing: PreviewedThing,
  { claim, holder }: NonNullable<Awaited<ReturnType<NameClaims['conflict']>>>,
): PreviewedThing {
  const what = claim.type === exportClaim ? 'an export' : `the ${claim.type}`;
  const finding: FindingJson = {
    code: 'R-NAME',
    rule: ruleCodes['R-NAME'],
    versionClass: 'breaking',
    verdict: 'fails',
    message: `would make ${what} named ${claim.name}, which ${holder} has, or gets by the same version`,
    evidence: { source: 'rule', certainty: 'likely' },
    flags: ['name-collision'],
  };
  const remedy = 'Let the name depend on the service and the instance, or leave it to CloudFormation.';
  return {
    ...thing,
    verdict: 'fails',
    flags: [...new Set([...(thing.flags ?? []), 'name-collision' as const])],
    findings: [finding, ...(thing.findings ?? [])],
    blocker: thing.blocker ?? { code: finding.code, message: finding.message, remedy },
  };
}

function tooMany(max: number) {
  return refuse({
    kind: 'limit',
    code: 'previews-limit' as const,
    message: `${max} fleet previews run on this server, as many as there may be.`,
    remedy: 'Ask again when one of them has ended.',
  });
}
