import { type IncompatibilityKind, type PropertySchema, propertyIncompatibilities } from '../bundles/index.ts';
import type { ChangeFinding, Evidence, RuleCode } from './finding.ts';

/** What a version asks for and where it can live. */
export interface VersionInterface {
  readonly inputSchema: PropertySchema;
  /** `name:major`; absent: not declared, for an environment. */
  readonly compatibleEnvironments?: readonly string[];
  /** Names that it must be given by its environment. */
  readonly environmentNames?: readonly string[];
}

const codeOfKind: Readonly<Record<IncompatibilityKind, RuleCode>> = {
  new: 'I-ADD-REQ',
  needed: 'I-REQ',
  removed: 'I-REMOVE',
  type: 'I-TYPE',
  values: 'I-ENUM-NARROW',
  bound: 'I-BOUND-TIGHT',
  unknown: 'I-TYPE',
};

/** What callers of the old version could fail at in the new one, whatever their inputs are. Nothing of it concerns an instance. */
export function compareInterfaces(before: VersionInterface, after: VersionInterface): readonly ChangeFinding[] {
  const findings = propertyIncompatibilities(before.inputSchema, after.inputSchema, '').map(
    ({ kind, path, message }): ChangeFinding => ({
      code: codeOfKind[kind],
      versionClass: 'breaking',
      verdict: 'no-change',
      message: path === '' ? message : `the input ${path}: ${message}`,
      evidence: kind === 'unknown' ? { source: 'rule', certainty: 'undecided' } : certain,
      path,
    }),
  );
  findings.push(...ignoredInputs(before.inputSchema, after.inputSchema));
  findings.push(...defaultFindings(before.inputSchema, after.inputSchema));
  if (findings.length === 0 && constraintsOf(before.inputSchema) !== constraintsOf(after.inputSchema)) {
    const message = 'the schema takes more than before';
    findings.push({ code: 'I-SCHEMA', versionClass: 'compatible', verdict: 'no-change', message, evidence: certain });
  }
  for (const environment of before.compatibleEnvironments ?? []) {
    if (after.compatibleEnvironments === undefined || after.compatibleEnvironments.includes(environment)) continue;
    const message = `the version can no longer live in the environment ${environment}`;
    findings.push({ code: 'I-ENV', versionClass: 'breaking', verdict: 'no-change', message, evidence: certain });
  }
  const given = new Set(before.environmentNames);
  for (const name of after.environmentNames ?? []) {
    if (given.has(name)) continue;
    const message = `the version reads ${name} of its environment, which the former one did not`;
    findings.push({
      code: 'I-NAMESPACE',
      versionClass: 'breaking',
      verdict: 'no-change',
      message,
      evidence: certain,
      path: name,
    });
  }
  return findings;
}

const certain: Evidence = { source: 'rule', certainty: 'certain' };

/** An open schema takes an input that it does not know any more, and nobody reads it. */
function ignoredInputs(before: PropertySchema, after: PropertySchema): ChangeFinding[] {
  if (after.additionalProperties !== true) return [];
  return Object.keys(before.properties ?? {})
    .filter((name) => after.properties?.[name] === undefined)
    .map((name) => {
      const message = `the input ${name}: was removed, and is ignored without a word`;
      return {
        code: 'I-REMOVE',
        versionClass: 'breaking',
        verdict: 'no-change',
        message,
        evidence: certain,
        path: name,
      };
    });
}

/** A changed default is found by rendering; here it is only told. */
function defaultFindings(before: PropertySchema, after: PropertySchema): ChangeFinding[] {
  return Object.entries(before.properties ?? {}).flatMap(([name, property]): ChangeFinding[] => {
    const now = after.properties?.[name];
    if (!now || JSON.stringify(property.default) === JSON.stringify(now.default)) return [];
    const shown = (schema: PropertySchema) =>
      schema.sensitive || schema.default === undefined ? {} : { value: JSON.stringify(schema.default) };
    const message = `the default of the input ${name} changes for whoever relies on it`;
    const [was, is] = [shown(property).value, shown(now).value];
    return [
      {
        code: 'I-DEFAULT',
        versionClass: 'compatible',
        verdict: 'no-change',
        message,
        evidence: certain,
        path: name,
        ...(was !== undefined && { before: was }),
        ...(is !== undefined && { after: is }),
      },
    ];
  });
}

const wordsOnly = new Set(['title', 'description', 'example', 'examples']);

/** The schema as text without what only explains it. */
function constraintsOf(schema: PropertySchema): string {
  return JSON.stringify(withoutWords(schema, false));
}

/** @param isNames whether the members are names of inputs, where `title` is an input like any other */
function withoutWords(value: unknown, isNames: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutWords(item, false));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => isNames || !wordsOnly.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, withoutWords(member, !isNames && name === 'properties')]),
  );
}
