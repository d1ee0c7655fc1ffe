import {
  documentedUpdate,
  isCustomResource,
  type ReplacementRule,
  type ResourceSchema,
  replacementAt,
  resourceSchema,
} from '../cloudformation/index.ts';
import type { Evidence } from './finding.ts';
import type { PropertyChange, PropertyPath } from './property-changes.ts';
import { proseEffect, type ResourcePair } from './prose-rules.ts';
import { type PropertyEffect, propertyEffects } from './verdict.ts';

export interface DecidedEffect {
  readonly effect: PropertyEffect;
  readonly evidence: Evidence;
}

/**
 * What a change does to its resource. Rules of the guide that depend on values come first; then what replaces by any
 * publication; where the provider schema only says "maybe", the documented answer decides.
 */
export function effectOf(pair: ResourcePair, change: PropertyChange): DecidedEffect {
  const { type } = pair;
  const byProse = proseEffect(pair, change);
  if (byProse)
    return {
      effect: byProse.effect,
      evidence: { source: 'docs', certainty: byProse.certainty ?? 'certain', note: byProse.note },
    };
  if (isCustomResource(type)) {
    const note = 'whether a custom resource is replaced is decided by the code behind it';
    return { effect: 'in-place', evidence: { source: 'rule', certainty: 'undecided', note } };
  }
  const schema = resourceSchema(type);
  if (!schema) {
    const note = `no schema of ${type} is published`;
    return { effect: 'conditional', evidence: { source: 'rule', certainty: 'undecided', note } };
  }
  if (isFixedTag(schema, change.path)) {
    const note = 'tags of this type cannot be changed on a living resource';
    return { effect: 'replace', evidence: { source: 'schema', certainty: 'likely', note } };
  }
  return publishedEffect(type, schema, change.path);
}

export function publishedEffect(type: string, schema: ResourceSchema, path: PropertyPath): DecidedEffect {
  const documented = documentedUpdate(type, path);
  const rule = replacementAt(schema, path);
  const docs = (certainty: Evidence['certainty'] = 'certain'): Evidence => ({ source: 'docs', certainty });
  if (documented === 'unsupported') return { effect: 'unsupported', evidence: docs() };
  if (documented === 'replacement') return { effect: 'replace', evidence: docs() };
  if (rule.replaces === 'yes') return { effect: 'replace', evidence: schemaEvidence(rule, 'certain') };
  if (documented === 'interruption')
    return { effect: 'interrupt', evidence: docs(rule.replaces === 'maybe' ? 'likely' : 'certain') };
  if (rule.replaces === 'no') return { effect: 'in-place', evidence: schemaEvidence(rule, 'certain') };
  if (documented === 'in-place') return { effect: 'in-place', evidence: docs('likely') };
  return { effect: 'conditional', evidence: schemaEvidence(rule, 'undecided') };
}

function schemaEvidence({ source }: ReplacementRule, certainty: Evidence['certainty']): Evidence {
  return {
    source: source === 'create-only' || source === 'conditional-create-only' ? 'schema' : 'specification',
    certainty,
  };
}

function isFixedTag(schema: ResourceSchema, path: PropertyPath): boolean {
  return schema.tagsUpdatable === false && path[0] === (schema.tags?.property ?? 'Tags');
}

/** The gravest of several effects. */
export function gravestEffect(effects: readonly PropertyEffect[]): PropertyEffect | undefined {
  return [...effects].sort((a, b) => propertyEffects.indexOf(b) - propertyEffects.indexOf(a))[0];
}
