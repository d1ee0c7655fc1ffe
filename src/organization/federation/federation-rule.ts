import { accept, type Result } from '../../errors/index.ts';
import { type ChartRefusal, no } from '../chart/chart-refusals.ts';
import { administratorsTeam } from '../teams/team.ts';
import { isOrganizationName } from '../units/organization-name.ts';
import { matchesAnything, patternLengthMax } from './claim-pattern.ts';

/**
 * Which jobs of CI may act as which machine: whoever shows a token of this issuer, for this audience, with a subject and
 * claims that match, is this principal for so many minutes.
 */
export interface FederationRule {
  readonly name: string;
  /** Exactly as the token names it, e.g. `https://token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /** One of those of the token. */
  readonly audience: string;
  /** A pattern. */
  readonly subject: string;
  /** Patterns, by claim. */
  readonly claims: Readonly<Record<string, string>>;
  /** The name of a machine. */
  readonly principal: string;
  /** It is a member of them as long as what it was given counts. */
  readonly teams: readonly string[];
  readonly minutes: number;
  /** Whether a token may be used only once, known by its `jti`. */
  readonly once: boolean;
}

export const usualFederation = { minutes: 15, once: false } as const;
const federationMinutesMax = 720;
const rulesMax = 1_000;
const claimsMax = 20;
const teamsMax = 20;

/** What a rule is held against. */
interface Surroundings {
  readonly federationRules: ReadonlyMap<string, FederationRule>;
  readonly principals: ReadonlyMap<string, { readonly kind: string }>;
  readonly teams: ReadonlyMap<string, unknown>;
}

/** @refuses federation-rule-wrong, with the member at fault; organization-limit */
export function checkFederationRule(chart: Surroundings, rule: FederationRule): Result<void, ChartRefusal> {
  const wrong = faultOf(chart, rule);
  if (wrong) {
    const [field, message, remedy] = wrong;
    return no('invalid', { code: 'federation-rule-wrong', message, remedy, field });
  }
  if (chart.federationRules.has(rule.name) || chart.federationRules.size < rulesMax) return accept(undefined);
  return no('limit', {
    code: 'organization-limit',
    message: `There are ${rulesMax} federation rules, as many as there may be.`,
    remedy: 'Delete those that are not needed.',
  });
}

type Fault = readonly [field: string, message: string, remedy: string];

function faultOf({ federationRules, principals, teams }: Surroundings, rule: FederationRule): Fault | undefined {
  if (!isOrganizationName(rule.name)) {
    return ['name', `'${rule.name}' is no name of a rule.`, 'Use letters, digits and the characters . _ -.'];
  }
  if (!isIssuer(rule.issuer)) {
    const remedy = 'Write it as the token has it: https, no query; http only on this machine.';
    return ['issuer', `'${rule.issuer}' is no issuer.`, remedy];
  }
  if (!isText(rule.audience)) {
    return ['audience', 'The audience is empty or too long.', 'Write the one that the job asks its token for.'];
  }
  for (const [claim, pattern] of [['subject', rule.subject] as const, ...Object.entries(rule.claims)]) {
    if (!isText(pattern) || !isText(claim)) {
      const field = claim === 'subject' ? 'subject' : 'claims';
      return [field, `The pattern of '${claim}' is empty or too long.`, `Write 1 to ${patternLengthMax} characters.`];
    }
  }
  const patterns = [rule.subject, ...Object.values(rule.claims)];
  if (patterns.every(matchesAnything)) {
    const remedy = 'Say which: a subject with the repository, or a claim.';
    return ['subject', 'The rule lets in every job that the issuer knows.', remedy];
  }
  if (Object.keys(rule.claims).length > claimsMax) {
    return ['claims', 'There are too many claims.', `Write at most ${claimsMax}.`];
  }
  const principal = principals.get(rule.principal);
  if (principal?.kind !== 'machine') {
    const remedy = 'Name a machine that is listed under principals with kind: machine.';
    return ['principal', `There is no machine '${rule.principal}'.`, remedy];
  }
  const unknown = rule.teams.find((team) => !teams.has(team));
  if (unknown !== undefined) return ['teams', `There is no team '${unknown}'.`, 'Correct the name, or make the team.'];
  if (rule.teams.includes(administratorsTeam)) {
    const remedy = 'Make the machine a member by hand if it shall really be one.';
    return ['teams', `No rule makes anybody a member of '${administratorsTeam}'.`, remedy];
  }
  if (rule.teams.length > teamsMax || new Set(rule.teams).size < rule.teams.length) {
    return ['teams', 'A team is listed twice, or there are too many.', `List at most ${teamsMax}, each once.`];
  }
  // what one job is given must not depend on what another one was given just before
  const other = [...federationRules.values()].find(
    ({ name, principal: of, teams: its }) =>
      name !== rule.name && of === rule.principal && its.toSorted().join() !== rule.teams.toSorted().join(),
  );
  if (other) {
    const remedy = 'Give both the same teams, or another machine.';
    return ['teams', `The rule '${other.name}' makes the same machine a member of other teams.`, remedy];
  }
  if (!Number.isInteger(rule.minutes) || rule.minutes < 1 || rule.minutes > federationMinutesMax) {
    return ['minutes', `${rule.minutes} is no number of minutes.`, `Write 1 to ${federationMinutesMax}.`];
  }
  return undefined;
}

/** Plain http only to this machine: whoever can change an answer on the way could be anybody. */
export function isIssuer(text: string): boolean {
  if (!URL.canParse(text) || !isText(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  if (username || password || search || hash || /[?#]/.test(text)) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(text));
}

export function isLoopback(url: string): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(url).hostname);
}

function isText(text: string): boolean {
  return text.length >= 1 && text.length <= patternLengthMax && !/\p{Cc}/u.test(text);
}
