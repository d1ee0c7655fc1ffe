import { documentedUpdate, liesIn, resourceSchema } from '../../cloudformation/index.ts';
import type { Evidence } from '../finding.ts';
import type { PropertyPath } from '../property-changes.ts';
import { publishedEffect } from '../property-effect.ts';
import { terraformFacts } from './terraform-types.ts';

export type HintedEffect = 'in-place' | 'interrupt' | 'replace' | 'conditional';

export interface UpdateEffect {
  readonly effect: HintedEffect;
  readonly evidence: Evidence;
}

/**
 * Whether an update that the provider makes in place interrupts: a plan does not say so. The pages of the provider do, and
 * for what they do not say, the page of the same property in CloudFormation.
 */
export function plannedUpdateEffect(type: string, path: PropertyPath): UpdateEffect {
  const known = knownInterruption(type, path);
  if (known) return known;
  const same = cloudFormationPath(type, path);
  if (same && documentedUpdate(same.type, same.path) === 'interruption') {
    const note = `as ${same.path.join('/')} of ${same.type}`;
    return { effect: 'interrupt', evidence: { source: 'docs', certainty: 'likely', note } };
  }
  return { effect: 'in-place', evidence: { source: 'plan', certainty: 'certain' } };
}

/**
 * What a changed argument may do, without a plan: no provider publishes what it replaces for, so the same property in
 * CloudFormation is the only hint.
 */
export function hintedEffect(type: string, path: PropertyPath): UpdateEffect {
  const known = knownInterruption(type, path);
  if (known) return known;
  if (path[0] === 'tags') return { effect: 'in-place', evidence: { source: 'rule', certainty: 'likely' } };
  const same = cloudFormationPath(type, path);
  const schema = same && resourceSchema(same.type);
  if (!same || !schema) {
    const note = 'only a plan tells';
    return { effect: 'conditional', evidence: { source: 'rule', certainty: 'undecided', note } };
  }
  const note = `as ${same.path.join('/')} of ${same.type}; only a plan tells`;
  const { effect, evidence } = publishedEffect(same.type, schema, same.path);
  return {
    effect: effect === 'unsupported' ? 'replace' : effect,
    evidence: { source: evidence.source, certainty: effect === 'conditional' ? 'undecided' : 'likely', note },
  };
}

/** As the pages of the provider say it. */
function knownInterruption(type: string, path: PropertyPath): UpdateEffect | undefined {
  const isKnown = terraformFacts.interruptions[type]?.some((pattern) => liesIn(pattern, path));
  return isKnown ? { effect: 'interrupt', evidence: { source: 'docs', certainty: 'likely' } } : undefined;
}

/** The top-level property of CloudFormation that has the same name but for its spelling, or the name behind its prefix. */
function cloudFormationPath(
  type: string,
  path: PropertyPath,
): { readonly type: string; readonly path: PropertyPath } | undefined {
  const same = terraformFacts.cloudFormationTypes[type];
  const schema = same === undefined ? undefined : resourceSchema(same);
  if (same === undefined || !schema) return undefined;
  const attribute = plainName(String(path[0]));
  const names = Object.keys(schema.properties);
  const noun = plainName(same.split('::').at(-1) ?? '');
  const found =
    names.find((name) => plainName(name) === attribute) ??
    names.find((name) => [`${noun}${attribute}`, `db${attribute}`, `${noun}${attribute}s`].includes(plainName(name)));
  return found === undefined ? undefined : { type: same, path: [found] };
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
