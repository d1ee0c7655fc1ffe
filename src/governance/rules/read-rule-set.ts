import { accept, placeOf, type Refusal, type Result, refuse, type SourcePosition } from '../../errors/index.ts';
import { contentHash } from '../../identifiers/index.ts';
import { type Approver, isApprover } from '../relations.ts';
import type { Cedar, PolicyJson } from './cedar.ts';
import { cedarSchema } from './cedar-schema.ts';
import { type Requirement, readExpiry, readSeats } from './requirement.ts';
import type { Rule, RuleSet, RuleSetPurpose } from './rule-set.ts';
import { tooIntricate } from './rule-text.ts';

export type RuleSetRefusal = Refusal<'policy-invalid'>;

interface Finding {
  /** Where in the text, counted in characters. */
  readonly at: number;
  readonly message: string;
}

export type RuleSetText = Pick<RuleSet, 'name' | 'purpose' | 'text'>;

/**
 * Reads rules: Cedar's syntax, and what we ask on top (`@id` for every rule, `@message` for every forbid, `?resource`
 * wherever it is bound to a scope). @refuses with every finding, each with line and column
 */
export function readRuleSet(cedar: Cedar, { name, purpose, text }: RuleSetText): Result<RuleSet, RuleSetRefusal> {
  const file = `${name}.cedar`;
  const intricate = tooIntricate(text);
  if (intricate) return invalid(file, text, [intricate]);
  const parts = cedar.module.policySetTextToParts(text);
  if (parts.type === 'failure') {
    return invalid(
      file,
      text,
      parts.errors.map((error) => found(error, text, 0)),
    );
  }
  const findings: Finding[] = [];
  const rules: Rule[] = [];
  const seen = new Map<string, number>();
  for (const [index, part] of [...parts.policies, ...parts.policy_templates].entries()) {
    const isBound = index >= parts.policies.length;
    // the same text twice: the second begins behind the first
    const at = text.indexOf(part, seen.get(part) ?? 0);
    seen.set(part, at + 1);
    const json = isBound ? cedar.module.templateToJson(part) : cedar.module.policyToJson(part);
    if (json.type === 'failure') {
      findings.push(...json.errors.map((error) => found(error, part, at)));
      continue;
    }
    findings.push(...wrongBinding(json.json, purpose, at));
    const rule = readRule(json.json, purpose);
    if ('problems' in rule) findings.push(...rule.problems.map((message) => ({ at, message })));
    else if (rules.some(({ id }) => id === rule.id)) findings.push({ at, message: `another rule is '${rule.id}' too` });
    else rules.push({ ...rule, at, text: part });
  }
  if (findings.length > 0) return invalid(file, text, findings);
  if (rules.length === 0) return invalid(file, text, [{ at: 0, message: 'there is no rule in it' }]);
  rules.sort((a, b) => a.at - b.at);
  return accept({ name, purpose, text, digest: contentHash(Buffer.from(text)), rules });
}

/**
 * Checks rules against the schema as well: what they name is there and of the right type, and each can apply to
 * something. From 100 ms to many seconds: it is done once, before a text is stored, in a thread (rule-check-pool.ts).
 * @refuses as `readRuleSet`
 */
export function checkRuleSet(cedar: Cedar, given: RuleSetText): Result<RuleSet, RuleSetRefusal> {
  const read = readRuleSet(cedar, given);
  if (!read.ok) return read;
  const { name, purpose, text, rules } = read.value;
  const texts = Object.fromEntries(rules.map((rule) => [rule.id, rule.text]));
  const policies = purpose === 'base' ? { staticPolicies: texts } : { templates: texts };
  const answer = cedar.module.validate({ schema: cedarSchema, policies });
  const file = `${name}.cedar`;
  if (answer.type === 'failure') {
    return invalid(
      file,
      text,
      answer.errors.map((error) => found(error, '', 0)),
    );
  }
  // a rule that can never apply is a mistake too; beside an error it only repeats it
  const wrong = new Set(answer.validationErrors.map(({ policyId }) => policyId));
  const never = answer.validationWarnings.filter(
    ({ policyId }, index, all) => !wrong.has(policyId) && all.findIndex((each) => each.policyId === policyId) === index,
  );
  const findings = [...answer.validationErrors, ...never].map(({ policyId, error }) => {
    const rule = rules.find(({ id }) => id === policyId);
    return found(error, rule?.text ?? '', rule?.at ?? 0);
  });
  return findings.length > 0 ? invalid(file, text, findings) : read;
}

/** Rules beyond the base ones say themselves that they hold where they are assigned. */
function wrongBinding({ principal, resource }: PolicyJson, purpose: RuleSetPurpose, at: number): Finding[] {
  const isSlot = (constraint: object): boolean =>
    'slot' in constraint || ('in' in constraint && isSlot(constraint.in as object));
  if (isSlot(principal)) return [{ at, message: '?principal has no meaning here: name a relation, a team or nobody' }];
  if (purpose === 'base') return isSlot(resource) ? [{ at, message: 'base rules are not bound to a scope' }] : [];
  const isIn = 'slot' in resource ? resource.op === 'in' : isSlot(resource);
  return isIn ? [] : [{ at, message: 'the head says nothing of the scope: write `resource in ?resource`' }];
}

const annotations = ['id', 'message', 'requires', 'selfApproval', 'expires', 'informs'];

function readRule(
  policy: PolicyJson,
  purpose: RuleSetPurpose,
): Omit<Rule, 'at' | 'text'> | { readonly problems: readonly string[] } {
  const { id = '', message, requires, selfApproval, expires, informs } = policy.annotations ?? {};
  const { effect } = policy;
  const problems: string[] = [];
  const check = (isRight: boolean, problem: string) => {
    if (!isRight) problems.push(problem);
  };
  for (const name of Object.keys(policy.annotations ?? {})) {
    check(annotations.includes(name), `@${name} is no annotation; there are @${annotations.join(', @')}`);
  }
  check(/^[a-z][a-z0-9-]{0,62}$/.test(id), '@id("...") is missing, or no word of small letters, digits and hyphens');
  const says = effect === 'permit' || (message ?? '').trim() !== '';
  check(says, 'a forbid says why, to whom it stops: @message("...") is missing');
  check(/^\P{Cc}{0,500}$/u.test(message ?? ''), '@message is longer than 500 characters, or not of one line');
  check(
    purpose !== 'restriction' || effect === 'forbid',
    'a restriction only forbids; what is permitted, a model says',
  );
  check(effect === 'forbid' || requires === undefined, '@requires belongs to a forbid: approvals lift it');
  const isAlone = requires === undefined && (selfApproval !== undefined || expires !== undefined);
  check(!isAlone, '@selfApproval and @expires belong to @requires');
  check(selfApproval === undefined || /^(yes|no)$/.test(selfApproval), '@selfApproval is "yes" or "no"');
  const expiryHours = readExpiry(expires ?? '');
  check(expires === undefined || expiryHours !== undefined, '@expires is like "36 hours" or "14 days"');
  const seats = requires === undefined ? [] : readSeats(requires);
  if (typeof seats === 'string') problems.push(`@requires: ${seats}`);
  const told = (informs ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  for (const word of told) check(isApprover(word), `@informs: '${word}' is nobody`);
  if (problems.length > 0 || typeof seats === 'string') return { problems };
  const requirement: Requirement = { seats, noSelfApproval: selfApproval === 'no', expiryHours };
  return {
    id,
    effect,
    message,
    requirement: requires === undefined ? undefined : requirement,
    informs: told as Approver[],
    actions: actionsOf(policy),
  };
}

function actionsOf({ action }: PolicyJson): string[] | undefined {
  if (action.op === 'All') return undefined;
  const named = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : [];
  return named.map((each) => ('__entity' in each ? each.__entity.id : each.id));
}

interface CedarError {
  readonly message: string;
  readonly help: string | null;
  readonly sourceLocations?: readonly { readonly start: number; readonly label: string | null }[];
}

/** @param base where the text that Cedar read begins in the whole */
function found({ message, help, sourceLocations }: CedarError, read: string, base: number): Finding {
  const [place] = sourceLocations ?? [];
  // Cedar counts bytes
  const inRead = Buffer.from(read)
    .subarray(0, place?.start ?? 0)
    .toString().length;
  const more = [place?.label, help].filter((each) => each);
  // the same of every verb that a rule speaks of: told once
  const plain = message.replace(/^for policy `[^`]*`, /, '').replace(/ in context for Action::"[^"]*"/, ' in context');
  return { at: base + inRead, message: more.length > 0 ? `${plain} (${more.join('; ')})` : plain };
}

function positionOf(file: string, text: string, at: number): SourcePosition {
  const before = text.slice(0, at).split('\n');
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

const shownMax = 20;

function invalid(file: string, text: string, findings: readonly Finding[]): Result<never, RuleSetRefusal> {
  const placed = findings
    .filter(
      ({ at, message }, index) => findings.findIndex((each) => each.at === at && each.message === message) === index,
    )
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, message }) => ({ position: positionOf(file, text, at), message }));
  const [first, ...others] = placed;
  const shown = others.slice(0, shownMax).map(({ position, message }) => `\n${placeOf(position)}: ${message}`);
  return refuse({
    kind: 'invalid',
    code: 'policy-invalid',
    message: `${first?.message}.${shown.join('')}${others.length > shownMax ? '\n...' : ''}`,
    remedy: 'Correct the rules; docs/governance.md says what they may name.',
    position: first?.position,
  });
}
