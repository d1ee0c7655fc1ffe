import { canonicalJson } from '../../identifiers/index.ts';
import type { Plan } from './plan.ts';
import { providerAdds } from './preview-judgement.ts';

/** What differs between two plans of one target, each in a clause; [] for the same plan. */
export function planDifference(before: Plan, after: Plan): readonly string[] {
  if (before.id === after.id) return [];
  const said: string[] = [];
  const say = (what: string, was: string | undefined, is: string | undefined) => {
    if (was !== is) said.push(`${what} was ${was ?? 'none'} and is ${is ?? 'none'}`);
  };
  say('the target', before.targetArn, after.targetArn);
  say('the operation', before.operation, after.operation);
  say('the template version', versionText(before), versionText(after));
  if (sameVersion(before, after) && before.bundleDigest !== after.bundleDigest)
    said.push('the bundle has another content');
  said.push(...inputDifference(before, after));
  if (before.templateDigest !== after.templateDigest)
    said.push(`the template renders differently${impactDifference(before, after)}`);
  if (canonicalJson(before.deployed) !== canonicalJson(after.deployed)) said.push(deployedDifference(before, after));
  say('the way of provisioning', before.method, after.method);
  say('the stack', before.stackName, after.stackName);
  if (canonicalJson(before.placements) !== canonicalJson(after.placements)) {
    say('where it is deployed', placementsText(before), placementsText(after));
  }
  if (canonicalJson(before.tags ?? {}) !== canonicalJson(after.tags ?? {}))
    said.push('the tags of the stack are others');
  return said.length > 0 ? said : judgementDifference(before, after);
}

/** Of what would be applied exactly so, and is judged otherwise: the provider says something else now, or we do. */
function judgementDifference(before: Plan, after: Plan): readonly string[] {
  const said: string[] = [];
  if (before.changeClass !== after.changeClass)
    said.push(`the class of the change was ${before.changeClass} and is ${after.changeClass}`);
  if (before.verdict !== after.verdict) said.push(`the verdict was ${before.verdict} and is ${after.verdict}`);
  const [was, is] = [providerWords(before), providerWords(after)];
  said.push(...is.filter((each) => !was.includes(each)).map((each) => `new is ${each}`));
  said.push(...was.filter((each) => !is.includes(each)).map((each) => `no longer said is ${each}`));
  return said.length > 0 ? said : ['the same is applied, but what was said of it is not what is said now'];
}

function providerWords({ targets }: Plan): readonly string[] {
  return targets.flatMap(({ analysis, preview, disagreements }) => providerAdds(analysis, preview, disagreements));
}

function sameVersion(before: Plan, after: Plan): boolean {
  return versionText(before) === versionText(after);
}

function versionText({ template }: Plan): string | undefined {
  return template && `${template.name} ${template.majorVersion}.${template.minorVersion}`;
}

/** Names are told, values where they are not secret. */
function inputDifference(before: Plan, after: Plan): readonly string[] {
  if (before.inputsDigest === after.inputsDigest) return [];
  const [was, is] = [before.inputs ?? {}, after.inputs ?? {}];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const changed = names.filter((name) => canonicalJson(was[name]) !== canonicalJson(is[name]));
  const text = (value: unknown) => (value === undefined ? 'not given' : JSON.stringify(value));
  if (changed.length === 0) return ['a secret input, or something else that the template reads, has another value'];
  return changed.map((name) => `the input ${name} was ${text(was[name])} and is ${text(is[name])}`);
}

function impactDifference(before: Plan, after: Plan): string {
  const [was, is] = [impacts(before), impacts(after)];
  const ids = [...new Set([...was.keys(), ...is.keys()])].filter((id) => was.get(id) !== is.get(id));
  const said = ids.map((id) => `${id}: ${was.get(id) ?? 'no change'}, now ${is.get(id) ?? 'no change'}`);
  return said.length > 0 ? ` (${said.join('; ')})` : '';
}

function impacts({ targets }: Plan): ReadonlyMap<string, string> {
  return new Map(
    targets.flatMap(({ analysis }) =>
      analysis.known ? analysis.resources.map(({ logicalId, impact }) => [logicalId, impact] as const) : [],
    ),
  );
}

function deployedDifference(before: Plan, after: Plan): string {
  if (!after.deployed) return 'what was deployed is not deployed any more';
  const by = after.deployedBy ? ` by the deployment ${after.deployedBy}` : '';
  return before.deployed ? `something else was deployed meanwhile${by}` : `it was deployed meanwhile${by}`;
}

function placementsText({ placements }: Plan): string {
  return placements
    .map(({ accountId, region, roleArn }) => `${accountId}/${region}${roleArn ? ` as ${roleArn}` : ''}`)
    .join(', ');
}
