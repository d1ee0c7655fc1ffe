import { instanceVerdicts } from '../../changes/index.ts';
import { adviceOn } from './preview-advice.ts';
import {
  type Outcome,
  type PreviewedThing,
  type PreviewGroup,
  type PreviewReason,
  type PreviewSummary,
  standings,
} from './preview-line.ts';

export const outcomes: readonly Outcome[] = [
  ...instanceVerdicts,
  ...standings.filter((standing) => standing !== 'judged'),
];

const examplesMax = 5;
/** Distinct ones that are kept; thousands of different reasons help nobody. */
const reasonsMax = 200;
const groupsMax = 20_000;

export function outcomeOf({ standing, verdict }: PreviewedThing): Outcome {
  return standing === 'judged' ? (verdict ?? 'unjudged') : standing;
}

/** What a person calls it. */
export function nameOf({ part, environment, service, instance }: PreviewedThing): string {
  switch (part) {
    case 'environment':
      return environment ?? '';
    case 'instance':
      return `${service}/${instance}`;
    case 'pipeline':
      return `the pipeline of ${service}`;
  }
}

/** Adds up a preview as it goes; holds counts and a bounded number of examples, never the things. */
export class SummaryInTheMaking {
  readonly #groupBy: readonly string[];
  readonly #counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  readonly #flags: Record<string, number> = {};
  readonly #groups = new Map<string, PreviewGroup>();
  readonly #reasons = new Map<string, PreviewReason>();
  #known = 0;

  /** @param groupBy `environment`, `service`, `deployed`, `part`, `owner`, `unit`, `class`, or the key of a tag */
  constructor(groupBy: readonly string[]) {
    this.#groupBy = groupBy;
  }

  add(thing: PreviewedThing, wasKnown: boolean): void {
    const outcome = outcomeOf(thing);
    this.#counts[outcome] += 1;
    if (wasKnown) this.#known += 1;
    for (const flag of thing.flags ?? []) this.#flags[flag] = (this.#flags[flag] ?? 0) + 1;
    this.#group(thing, outcome);
    this.#reason(thing, outcome);
  }

  end(): PreviewSummary {
    const gravity = ({ outcome }: { readonly outcome: Outcome }) => gravestFirst.indexOf(outcome);
    const summary = {
      total: Object.values(this.#counts).reduce((sum, count) => sum + count, 0),
      counts: this.#counts,
      flags: this.#flags,
      known: this.#known,
      groups: [...this.#groups.values()].toSorted((a, b) => gravity(a) - gravity(b) || b.count - a.count),
      reasons: [...this.#reasons.values()].toSorted((a, b) => gravity(a) - gravity(b) || b.count - a.count),
    };
    return { ...summary, advice: adviceOn(summary) };
  }

  #group(thing: PreviewedThing, outcome: Outcome): void {
    const by = Object.fromEntries(this.#groupBy.map((name) => [name, groupValue(thing, name)]));
    const key = JSON.stringify([outcome, by]);
    const { count = 0, examples = [] } = this.#groups.get(key) ?? {};
    if (count === 0 && this.#groups.size >= groupsMax) return;
    const shown = examples.length < examplesMax ? [...examples, nameOf(thing)] : examples;
    this.#groups.set(key, { outcome, by, count: count + 1, examples: shown });
  }

  #reason(thing: PreviewedThing, outcome: Outcome): void {
    const reason = reasonOf(thing, outcome);
    if (!reason) return;
    const { code, about, message, remedy } = reason;
    const key = JSON.stringify([outcome, code, about]);
    const known = this.#reasons.get(key);
    if (!known && this.#reasons.size >= reasonsMax) return;
    const first = { outcome, code, message, ...(remedy !== undefined && { remedy }), example: nameOf(thing) };
    this.#reasons.set(key, { ...(known ?? first), count: (known?.count ?? 0) + 1 });
  }
}

const gravestFirst: readonly Outcome[] = [
  ...instanceVerdicts.toReversed().filter((verdict) => verdict !== 'no-change'),
  'unjudged',
  'no-change',
  'already-there',
  'not-deployed',
];

function groupValue(thing: PreviewedThing, name: string): string {
  switch (name) {
    case 'environment':
    case 'service':
    case 'deployed':
    case 'part':
    case 'owner':
    case 'unit':
      return thing[name] ?? '';
    case 'class':
      return thing.environmentClass ?? '';
    default:
      return thing.tags[name] ?? '';
  }
}

interface Reason {
  readonly code: string;
  /** Tells reasons of one code apart, and is the same for all that have the same. */
  readonly about: string;
  readonly message: string;
  readonly remedy?: string;
}

function reasonOf(
  { blocker, findings, verdict, why, environment }: PreviewedThing,
  outcome: Outcome,
): Reason | undefined {
  if (outcome === 'unjudged') return { code: 'unjudged', about: why ?? '', message: why ?? '' };
  if (outcome === 'no-change' || outcome === 'already-there' || outcome === 'not-deployed') return undefined;
  const decided = findings?.find((finding) => finding.verdict === verdict);
  if (blocker) {
    const about = blocker.code === 'instance-environment-incompatible' ? environment : decided?.logicalId;
    return { ...blocker, about: about ?? '' };
  }
  if (!decided) return undefined;
  const { code, logicalId = '', path = '', message } = decided;
  return { code, about: `${logicalId} ${path}`, message };
}
