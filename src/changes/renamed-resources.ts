import {
  type EvaluatedObject,
  type EvaluatedResource,
  type EvaluatedTemplate,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
  normaliseProperties,
  type TemplateValue,
  UnknownValue,
} from '../cloudformation/index.ts';
import { canonical } from './property-changes.ts';

/** Old logical id to new logical id. */
export type RenamedResources = ReadonlyMap<string, string>;

/** Share of equal properties from which a removed and an added resource of one type count as the same one renamed. */
const likenessMin = 0.5;

/** Pairs a removed resource with the added one of its type that is most like it. */
export function renamedResources(before: EvaluatedTemplate, after: EvaluatedTemplate): RenamedResources {
  const removed = [...before.resources.values()].filter(({ logicalId }) => !after.resources.has(logicalId));
  const added = [...after.resources.values()].filter(({ logicalId }) => !before.resources.has(logicalId));
  const renamed = new Map<string, string>();
  const candidates = removed.flatMap((old) =>
    added
      .filter(({ type }) => type === old.type)
      .map((made) => ({ old: old.logicalId, made: made.logicalId, likeness: likeness(old, made) })),
  );
  for (const { old, made, likeness } of candidates.sort((a, b) => b.likeness - a.likeness)) {
    if (likeness < likenessMin || renamed.has(old) || [...renamed.values()].includes(made)) continue;
    renamed.set(old, made);
  }
  return renamed;
}

function likeness(old: EvaluatedResource, made: EvaluatedResource): number {
  const [was, is] = [old, made].map(({ type, properties }) => normaliseProperties(type, properties));
  const names = new Set([...Object.keys(was!), ...Object.keys(is!)]);
  if (names.size === 0) return 1;
  return [...names].filter((name) => canonical(was![name]) === canonical(is![name])).length / names.size;
}

/** The same properties as if the resources they read had their new logical ids already. */
export function withRenamedReads(properties: EvaluatedObject, renamed: RenamedResources): EvaluatedObject {
  return renamed.size === 0 ? properties : (rename(properties, renamed) as EvaluatedObject);
}

export function rename(value: EvaluatedValue, renamed: RenamedResources): EvaluatedValue {
  if (isUnknown(value)) {
    const reads = value.reads.map((read) => ({ ...read, logicalId: renamed.get(read.logicalId) ?? read.logicalId }));
    return new UnknownValue(renameExpression(value.expression, renamed), reads);
  }
  if (isEvaluatedList(value)) return value.map((item) => rename(item, renamed));
  if (!isEvaluatedObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rename(member, renamed)]));
}

function renameExpression(expression: TemplateValue, renamed: RenamedResources): TemplateValue {
  if (typeof expression !== 'object') return expression;
  if (Array.isArray(expression)) return expression.map((item) => renameExpression(item as TemplateValue, renamed));
  return Object.fromEntries(
    Object.entries(expression).map(([name, member]): [string, TemplateValue] => {
      if (name === 'Ref' && typeof member === 'string') return [name, renamed.get(member) ?? member];
      if (name === 'Fn::GetAtt' && Array.isArray(member)) {
        const [logicalId, ...rest] = member as readonly TemplateValue[];
        return [name, [renamed.get(String(logicalId)) ?? String(logicalId), ...rest]];
      }
      return [name, renameExpression(member as TemplateValue, renamed)];
    }),
  );
}
