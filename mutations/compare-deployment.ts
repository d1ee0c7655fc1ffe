import type { ResourceImpact } from '../src/changes/index.ts';
import { type Observation, type Outcome, outcomes } from './observe-deployment.ts';
import type { Prediction } from './score.ts';

/** What a cloud shows of each impact. An interruption cannot be seen in the answers of CloudFormation. */
export const outcomesOfImpact = {
  none: ['none'],
  add: ['added'],
  'update-in-place': ['updated'],
  'update-interrupt': ['updated'],
  'conditional-replace': ['updated', 'replaced'],
  replace: ['replaced'],
  remove: ['removed'],
  retain: ['retained'],
} as const satisfies Record<ResourceImpact, readonly Outcome[]>;

/** Where what was said and what happened are not the same. */
export interface DeploymentDifference {
  /** `the stack`, or a logical id. */
  readonly of: string;
  readonly said: string;
  readonly happened: string;
  /** The resource is written otherwise and means the same: it was sent again, and nothing changed. */
  readonly isSpelling?: boolean;
}

/**
 * Compares one case. Impacts count only where the update went through: one that is taken back changes nothing.
 * @param rewritten resources that are written otherwise, whatever it means
 */
export function compareDeployment(
  said: Prediction,
  happened: Observation,
  rewritten: ReadonlySet<string> = new Set(),
): readonly DeploymentDifference[] {
  if (happened.end === 'not-made') {
    return [{ of: 'the stack', said: said.verdict, happened: `not made: ${happened.reason}` }];
  }
  const fails = said.verdict === 'fails';
  if (happened.end === 'failed') {
    return fails ? [] : [{ of: 'the stack', said: said.verdict, happened: `failed: ${happened.reason}` }];
  }
  if (fails) return [{ of: 'the stack', said: 'fails', happened: 'it was updated' }];
  return [...new Set([...said.resources.keys(), ...happened.resources.keys()])].flatMap((logicalId) => {
    const impact = said.resources.get(logicalId) ?? 'none';
    const outcome = happened.resources.get(logicalId) ?? 'none';
    const possible: readonly Outcome[] = outcomesOfImpact[impact];
    if (possible.includes(outcome)) return [];
    const isSpelling = impact === 'none' && outcome === 'updated' && rewritten.has(logicalId);
    return [{ of: logicalId, said: impact, happened: outcome, ...(isSpelling && { isSpelling }) }];
  });
}

/** Adds up what happened to all cases. */
export class DeploymentFigures {
  cases = 0;
  updated = 0;
  failed = 0;
  notMade = 0;
  differences = 0;
  respelled = 0;
  readonly #outcomes = new Map<Outcome, number>();

  add(happened: Observation, differences: readonly DeploymentDifference[]): void {
    this.cases += 1;
    this.differences += differences.filter(({ isSpelling }) => !isSpelling).length;
    this.respelled += differences.filter(({ isSpelling }) => isSpelling).length;
    if (happened.end === 'not-made') this.notMade += 1;
    if (happened.end === 'failed') this.failed += 1;
    if (happened.end !== 'updated') return;
    this.updated += 1;
    for (const outcome of happened.resources.values()) {
      this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    }
  }

  line(): string {
    const { cases, updated, failed, notMade, differences, respelled } = this;
    const seen = outcomes.map((outcome) => `${outcome} ${this.#outcomes.get(outcome) ?? 0}`).join(', ');
    return `deployed: ${cases} cases, updated ${updated}, failed ${failed}, not made ${notMade}; resources ${seen}; written otherwise ${respelled}; differences ${differences}`;
  }
}
