import { type Finding, type ParameterSchema, readParameterSchema, schemaIncompatibilities } from '../bundles/index.ts';
import { schemaPosition } from './schema-position.ts';
import type { TemplateKind } from './template.ts';
import { type VersionNumber, versionText } from './version-number.ts';

/** A version with its schema.yaml. */
export interface VersionSchema extends VersionNumber {
  readonly schemaText: string;
}

/**
 * A minor takes what every earlier minor of its major took. What other versions forbid this one to say: each thing once,
 * for the lowest version that it concerns. Later versions can be there already: they were registered faster.
 * Source: AWS Proton user guide, "Template versions".
 * @param others of the same major
 */
export function minorIncompatibilities(
  kind: TemplateKind,
  version: VersionSchema,
  others: readonly VersionSchema[],
): Finding[] {
  const own = readSchema(kind, version);
  if (!own) return [];
  const findings = new Map<string, Finding>();
  for (const other of differing(others, version)) {
    const their = readSchema(kind, other);
    if (!their) continue;
    const [earlier, later] = other.minor < version.minor ? [their, own] : [own, their];
    for (const { path, message } of schemaIncompatibilities(earlier, later)) {
      const said = `${path}: ${message}`;
      if (!findings.has(said)) findings.set(said, finding(version, other, path, said));
    }
  }
  return [...findings.values()];
}

/** One version for each schema: most minors have the schema of the one before. */
function differing(others: readonly VersionSchema[], { schemaText, minor }: VersionSchema): VersionSchema[] {
  const seen = new Set<string>();
  return others.filter((other) => {
    const key = `${other.minor < minor} ${other.schemaText}`;
    if (other.schemaText === schemaText || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function readSchema(kind: TemplateKind, { schemaText }: VersionSchema): ParameterSchema | undefined {
  return readParameterSchema(schemaText, kind).schema;
}

function finding(version: VersionSchema, other: VersionNumber, path: string, said: string): Finding {
  const consequence =
    other.minor < version.minor
      ? `Inputs that fit version ${versionText(other)} might not fit this one.`
      : `Compared with this version, that is so in version ${versionText(other)}, which was registered meanwhile.`;
  return {
    severity: 'error',
    rule: 'schema-incompatible',
    position: schemaPosition(version.schemaText, path),
    message: `${said} ${consequence}`,
    remedy: 'Keep the input as it was, give it a default, or register a new major version.',
  };
}
