import { placeOf, type Refusal } from '../errors/index.ts';
import type { Inspection } from './guard-rail.ts';
import { blockingFindings, isBlocking, type RailFinding, type RailReport } from './report.ts';

const inputsMax = 8;
/** What one status message can hold; the report has all. */
const findingsMax = 40;

/** One line for a person, with its remedy. */
export function describeFinding(finding: RailFinding): string {
  const { rail, position, message, remedy } = finding;
  const where = position ? `${placeOf(position)}: ` : '';
  return `${where}${rail}: ${subjectOf(finding)}${message}${readThere(finding)} ${remedy}`.trimEnd();
}

function subjectOf({ logicalId, type, property }: RailFinding): string {
  if (logicalId === undefined) return property === undefined ? '' : `${property}: `;
  const what = type === undefined ? logicalId : `${logicalId} (${type})`;
  return property === undefined ? `${what}: ` : `${what}, ${property}: `;
}

function readThere({ inputs }: RailFinding): string {
  if (inputs.length === 0) return '';
  const more = inputs.length > inputsMax ? ', ...' : '';
  return ` (inputs read there: ${inputs.slice(0, inputsMax).join(', ')}${more})`;
}

/** What a finding does, in a word. */
export function effectOf(finding: RailFinding): 'blocks' | 'lifted' | 'unknown' | 'warns' {
  if (finding.exception !== undefined) return 'lifted';
  if (isBlocking(finding)) return 'blocks';
  return finding.isUnknown ? 'unknown' : 'warns';
}

const order = ['blocks', 'warns', 'unknown', 'lifted'] as const;

/** For a terminal: what blocks first. [] when nothing was found. */
export function describeReport(report: RailReport): readonly string[] {
  const sorted = order.flatMap((effect) => grouped(report.findings.filter((each) => effectOf(each) === effect)));
  const lines = sorted.map((finding) => `${effectOf(finding).padEnd(8)} ${describeFinding(finding)}`);
  const lifting = report.exceptions.map(
    ({ id, rail, expiresAt }) => `Exception ${id} lifts ${rail} until ${expiresAt}.`,
  );
  return [...lines, ...lifting];
}

const shortMax = 5;

/** What blocks, in short: one line each, without remedies. [] when nothing does. */
export function describeBlocking(report: RailReport): readonly string[] {
  const blocking = grouped(blockingFindings(report));
  const lines = blocking.slice(0, shortMax).map((each) => `${each.rail}: ${subjectOf(each)}${each.message}`);
  return blocking.length > shortMax ? [...lines, `and ${blocking.length - shortMax} more`] : lines;
}

/** What many rails say in the same words is said once. */
function grouped(findings: readonly RailFinding[]): readonly RailFinding[] {
  const groups = Map.groupBy(findings, ({ message, logicalId, property, effect }) =>
    JSON.stringify([message, logicalId, property, effect]),
  );
  return [...groups.values()].map((group) => ({ ...group[0]!, rail: group.map(({ rail }) => rail).join(', ') }));
}

/** All that blocks, as one "no"; undefined: nothing does. */
export function blockedBy(
  report: RailReport,
  inspection: Inspection = 'change',
): Refusal<'guard-rail-blocked'> | undefined {
  const [first, ...others] = grouped(blockingFindings(report));
  if (!first) return undefined;
  const base = { kind: 'forbidden', code: 'guard-rail-blocked' } as const;
  const otherwise = waysOut[inspection];
  if (others.length === 0) {
    const { rail, message, remedy, position, inputs } = first;
    return {
      ...base,
      message: `Guard rail ${rail}: ${subjectOf(first)}${message}`,
      remedy: `${remedy} ${otherwise}`.trimStart(),
      ...(position && { position }),
      ...(inputs.length > 0 && { inputs }),
    };
  }
  const all = [first, ...others];
  const left = all.length - findingsMax;
  const more = left > 0 ? `And ${left} more: deuteron guard-rail report has them all.\n` : '';
  return {
    ...base,
    message: `Guard rails block this, by ${all.length} findings.\n${all.slice(0, findingsMax).map(describeFinding).join('\n')}\n${more}`,
    remedy: `Correct all of them. ${otherwise}`,
    ...(first.position && { position: first.position }),
  };
}

const orException = 'Or have the rail lifted for this one thing: deuteron guard-rail exception request.';
/** What else can be done. */
const waysOut = {
  change: orException,
  deletion: `${orException} Or forget the thing and leave what lies in the cloud: deuteron deployment abandon.`,
} as const satisfies Record<Inspection, string>;
