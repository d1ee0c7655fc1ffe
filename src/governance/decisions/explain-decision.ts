import { governedClasses, noChange } from '../change.ts';
import type { SubjectFacts } from '../facts.ts';
import { type Approver, relations, relationsOf } from '../relations.ts';
import { type Policies, rulesInForce } from '../rules/policies.ts';
import { decideAs } from './decide.ts';
import type { DecisionRequest } from './decision-request.ts';
import type { Verdict } from './verdict.ts';

/** Why a decision is as it is. */
export interface Explanation {
  readonly verdict: Verdict;
  readonly rules: readonly ExplainedRule[];
  /** What was known: what rules read, in words. */
  readonly facts: Readonly<Record<string, string>>;
  /** What alone would make the answer another one. */
  readonly wouldChange: readonly Alternative[];
}

export interface ExplainedRule {
  readonly name: string;
  readonly text: string;
}

export interface Alternative {
  /** E.g. `as owner`, `were the change compatible`, `on 2026-12-01 at 09:00 UTC`. */
  readonly what: string;
  readonly verdict: Verdict['verdict'];
}

/** Explains what is decided for a request. For a stored one give the policies of its time. */
export function explainDecision(policies: Policies, request: DecisionRequest): Explanation {
  const held = relationsOf(request.principal, request.resource);
  const verdict = decideAs(policies, request, held);
  const inForce = rulesInForce(policies, request.resource);
  const { resource, change = noChange, principal } = request;
  return {
    verdict,
    rules: verdict.rules.map((name) => ({ name, text: inForce.rules.get(name)?.rule.text ?? '' })),
    facts: {
      principal: `${principal.name} (${principal.kind})${request.isUnnamed ? ', for whoever asked before requests named anybody' : ''}`,
      relations: held.join(', ') || 'none',
      verb: request.verb,
      resource: resource.arn,
      unit: resource.unitPath.join(' / '),
      ...(resource.teamKind !== undefined && { 'kind of team': resource.teamKind || 'none' }),
      ...(resource.subject && { whose: describeSubject(resource.subject) }),
      owner: resource.ownerTeam ?? 'nobody',
      'data owner': resource.dataOwnerTeam ?? 'the owner',
      'environment class': resource.environmentClass ?? 'none',
      'class of the change': change.changeClass,
      flags: change.flags.join(', ') || 'none',
      plan: `${change.plan.replaced} replaced, ${change.plan.removed} removed, ${change.plan.statefulTouched} with data`,
      approvals: request.approvals?.map(({ principal: by, as }) => `${by} as ${as.join(', ')}`).join('; ') || 'none',
      ...(request.candidates && {
        'could approve': request.candidates.map(({ principal: by }) => by).join(', ') || 'nobody',
      }),
      at: `${request.at.toISOString()}, read in ${request.timeZone}`,
      via: request.via,
      model: verdict.modelScope ? `${verdict.model}, of ${verdict.modelScope}` : 'none assigned',
    },
    wouldChange: alternatives(policies, request, held, verdict.verdict),
  };
}

function describeSubject({ name, kind, teams }: SubjectFacts): string {
  return `${name} (${kind}), in ${teams.join(', ') || 'no team'}`;
}

function alternatives(
  policies: Policies,
  request: DecisionRequest,
  held: readonly Approver[],
  was: Verdict['verdict'],
): Alternative[] {
  const tried = (what: string, changed: DecisionRequest, as = held) => ({
    what,
    verdict: decideAs(policies, changed, as).verdict,
  });
  const { change = noChange } = request;
  const as = relations
    .filter((relation) => !held.includes(relation))
    .map((relation) => tried(`as ${relation}`, request, [...held, relation]));
  const classes = governedClasses
    .filter((changeClass) => request.change && changeClass !== change.changeClass)
    .map((changeClass) => tried(`were the change ${changeClass}`, { ...request, change: { ...change, changeClass } }));
  const found = [...as, ...classes].filter(({ verdict }) => verdict !== was);
  return was === 'deny' ? [...found, ...nextTime(policies, request, held)] : found;
}

const hourMs = 3_600_000;
const hoursAhead = 14 * 24;

/** The first full hour of the next two weeks in which it would not be denied. */
function nextTime(policies: Policies, request: DecisionRequest, held: readonly Approver[]): Alternative[] {
  const begin = Math.ceil(request.at.getTime() / hourMs) * hourMs;
  for (let hour = 0; hour < hoursAhead; hour += 1) {
    const at = new Date(begin + hour * hourMs);
    const { verdict } = decideAs(policies, { ...request, at }, held);
    if (verdict !== 'deny') return [{ what: `on ${at.toISOString().slice(0, 16).replace('T', ' at ')} UTC`, verdict }];
  }
  return [];
}

/** For a person, as `deuteron why` shows it. */
export function describeExplanation({ verdict, rules, facts, wouldChange }: Explanation): string {
  const lines = [describeVerdict(verdict), ''];
  for (const [name, value] of Object.entries(facts)) lines.push(`  ${name.padEnd(20)} ${value}`);
  lines.push('', rules.length > 0 ? 'Decided by' : 'No rule permits it.');
  for (const { name, text } of rules) lines.push('', `  ${name}`, ...text.split('\n').map((line) => `    ${line}`));
  if (wouldChange.length > 0) lines.push('', 'It would be another answer');
  for (const { what, verdict: would } of wouldChange) lines.push(`  ${what}: ${words[would]}`);
  return `${lines.join('\n')}\n`;
}

const words = { allow: 'allowed', deny: 'denied', 'needs-approvals': 'approvals wanted' } as const;

export function describeVerdict(verdict: Verdict): string {
  const told = verdict.informs.length > 0 ? ` Told: ${verdict.informs.join(', ')}.` : '';
  switch (verdict.verdict) {
    case 'allow':
      return `Allowed.${told}`;
    case 'deny':
      return `Denied. ${verdict.reasons.map(({ message }) => message).join(' ')}`;
    case 'needs-approvals': {
      const wanted = verdict.approvals.map(
        ({ approvers, count, noSelfApproval, reasons }) =>
          `  ${count} of ${approvers.join(' or ')}${noSelfApproval ? ', not of who asks' : ''}: ${reasons.map(({ message }) => message).join(' ')}`,
      );
      return [`Approvals are wanted.${told}`, ...wanted].join('\n');
    }
  }
}
