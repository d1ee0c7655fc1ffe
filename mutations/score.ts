import type { ChangeFlag, InstanceVerdict, ResourceImpact, VersionClass } from '../src/changes/index.ts';
import type { LabelledCase } from './case-folder.ts';

/** What was said of one case. */
export interface Prediction {
  readonly versionClass: VersionClass;
  readonly requiredBump: string;
  readonly verdict: InstanceVerdict;
  readonly resources: ReadonlyMap<string, ResourceImpact>;
  readonly flags: readonly ChangeFlag[];
}

/** How often something was said, how often it was right to say, and how often both. */
interface Hits {
  said: number;
  right: number;
  both: number;
}

/** Adds up what was said of all cases against their labels. */
export class Scores {
  readonly misses: string[] = [];
  readonly dangerous: string[] = [];
  total = 0;
  version = 0;
  bump = 0;
  strict = 0;
  lenient = 0;
  readonly #impacts = new Map<string, Hits>();
  readonly #flags = new Map<string, Hits>();

  /** A case that cannot be read is one that nothing right was said of; the others are scored all the same. */
  try(mutation: LabelledCase, predict: () => Prediction): void {
    try {
      this.add(mutation, predict());
    } catch (error) {
      this.total++;
      this.misses.push(`${mutation.id}: ${(error as Error).message}`);
    }
  }

  add(mutation: LabelledCase, said: Prediction): void {
    const { id, labels, scoring } = mutation;
    this.total++;
    const miss = (what: string, right: unknown, wrong: unknown) =>
      this.misses.push(`${id}: ${what} is ${right}, said ${wrong}`);
    if (said.versionClass === labels.version) this.version++;
    else miss('version', labels.version, said.versionClass);
    if (said.requiredBump === labels.minimumBump) this.bump++;
    else miss('bump', labels.minimumBump, said.requiredBump);
    const accepted = scoring.acceptInstance?.includes(said.verdict) === true;
    if (said.verdict === labels.instance) this.strict++;
    if (said.verdict === labels.instance || accepted) this.lenient++;
    if (said.verdict !== labels.instance)
      miss(`verdict${accepted ? ' (accepted)' : ''}`, labels.instance, said.verdict);
    this.#compareFlags(mutation, said);
    if (scoring.resources) this.#compareResources(mutation, said);
    this.#compareGravity(mutation, said, accepted);
  }

  #compareFlags({ id, labels }: LabelledCase, { flags }: Prediction): void {
    for (const flag of new Set([...labels.flags, ...flags])) {
      const [right, said] = [labels.flags.includes(flag), flags.includes(flag)];
      count(this.#flags, flag, said, right);
      if (right !== said) this.misses.push(`${id}: flag ${flag} ${right ? 'is missing' : 'is too much'}`);
    }
  }

  #compareResources({ id, labels, scoring }: LabelledCase, { resources }: Prediction): void {
    for (const logicalId of new Set([...Object.keys(labels.resources), ...resources.keys()])) {
      const right = labels.resources[logicalId] ?? 'none';
      const given = resources.get(logicalId) ?? 'none';
      const accepted = scoring.acceptResources?.[logicalId]?.includes(given) === true;
      const said = accepted ? right : given;
      count(this.#impacts, said, true, said === right);
      if (said !== right) count(this.#impacts, right, false, true);
      if (given !== right)
        this.misses.push(`${id}: ${logicalId}${accepted ? ' (accepted)' : ''} is ${right}, said ${given}`);
    }
  }

  /** What is called milder than it is, where it costs an identity or data. */
  #compareGravity({ id, labels }: LabelledCase, said: Prediction, accepted: boolean): void {
    const order: readonly InstanceVerdict[] = [
      'no-change',
      'in-place',
      'interruption',
      'replacement',
      'data-at-risk',
      'fails',
    ];
    const isGrave = labels.instance === 'replacement' || labels.instance === 'data-at-risk';
    const isMilder = order.indexOf(said.verdict) < order.indexOf(labels.instance);
    if (isGrave && isMilder && !accepted) this.dangerous.push(`${id}: ${labels.instance} was called ${said.verdict}`);
    if (labels.version === 'data-affecting' && said.versionClass !== 'data-affecting') {
      this.dangerous.push(`${id}: a version that is data-affecting was called ${said.versionClass}`);
    }
  }

  /** A table of precision and recall for each impact and flag. */
  details(): string {
    const rows = [...this.#impacts, ...this.#flags].map(
      ([name, hits]) =>
        `  ${name.padEnd(22)} precision ${ratio(hits.both, hits.said)} recall ${ratio(hits.both, hits.right)} of ${hits.right}`,
    );
    return [`bump ${this.bump}/${this.total}`, ...rows].join('\n');
  }

  line(): string {
    const changed = sum([...this.#impacts].filter(([impact]) => impact !== 'none').map(([, hits]) => hits));
    const flags = sum([...this.#flags.values()]);
    const { version, strict, lenient, total } = this;
    const everyFlag = flags.said + flags.right - flags.both;
    return `mutations: version ${version}/${total}, instance ${strict}/${total} (lenient ${lenient}/${total}), resources precision ${ratio(changed.both, changed.said)} recall ${ratio(changed.both, changed.right)}, flags ${flags.both}/${everyFlag}, dangerous ${this.dangerous.length}`;
  }
}

function count(counts: Map<string, Hits>, name: string, said: boolean, right: boolean): void {
  const hits = counts.get(name) ?? { said: 0, right: 0, both: 0 };
  if (said) hits.said++;
  if (right) hits.right++;
  if (said && right) hits.both++;
  counts.set(name, hits);
}

function sum(all: readonly Hits[]): Hits {
  return all.reduce(
    (total, { said, right, both }) => ({
      said: total.said + said,
      right: total.right + right,
      both: total.both + both,
    }),
    { said: 0, right: 0, both: 0 },
  );
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? '1.00' : (part / whole).toFixed(2);
}
