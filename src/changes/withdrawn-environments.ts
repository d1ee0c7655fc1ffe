import type { ComparisonJson, FindingJson, PartJson } from './comparison-json.ts';
import { findingJson } from './describe-changes.ts';
import { graverClass, gravestFirst, largerBump } from './verdict.ts';

/**
 * A comparison with what only the registry knows: the environments that a version can live in are said when it is
 * registered. Each that the new version no longer names breaks whoever lives there.
 * @param before and after: `name:major`
 */
export function withEnvironments(
  comparison: ComparisonJson,
  before: readonly string[],
  after: readonly string[],
): ComparisonJson {
  const found = before
    .filter((environment) => !after.includes(environment))
    .map(
      (environment): FindingJson =>
        findingJson({
          code: 'I-ENV',
          versionClass: 'breaking',
          verdict: 'no-change',
          message: `the version can no longer live in the environment ${environment}`,
          evidence: { source: 'rule', certainty: 'certain' },
        }),
    );
  const [first, ...rest] = comparison.parts;
  if (found.length === 0 || !first) return comparison;
  const known = new Set(first.findings.map(({ message }) => message));
  const part: PartJson = {
    ...first,
    versionClass: graverClass(first.versionClass, 'breaking'),
    requiredBump: 'major',
    findings: gravestFirst([...first.findings, ...found.filter(({ message }) => !known.has(message))]),
  };
  return {
    ...comparison,
    versionClass: graverClass(comparison.versionClass, 'breaking'),
    requiredBump: largerBump(comparison.requiredBump, 'major'),
    parts: [part, ...rest],
  };
}
