import { type Bundle, type Finding, warningFinding, wholeFile } from '../bundles/index.ts';
import { type ComparisonJson, changesJson, compareBundles, readTerraformSides } from '../changes/index.ts';
import { type ThreadLimits, ThreadPool, threadFile } from '../threads/index.ts';
import { checkUpgrade, type UpgradeToCheck } from './check-upgrade.ts';
import type { TemplateKind } from './template.ts';

/** Two versions of one template. */
export interface BundlePair {
  readonly kind: TemplateKind;
  readonly before: Bundle;
  readonly after: Bundle;
}

/** What is worked out about a version when it is registered, and may take its time. */
export interface VersionAnalysis {
  checkUpgrade(check: UpgradeToCheck): Promise<readonly Finding[]>;
  compare(pair: BundlePair): Promise<ComparisonJson>;
}

export type VersionQuestion = { readonly check: UpgradeToCheck } | { readonly pair: BundlePair };
export type VersionAnswer = { readonly findings: readonly Finding[] } | { readonly comparison: ComparisonJson };

export async function answerQuestion(question: VersionQuestion): Promise<VersionAnswer> {
  if ('check' in question) return { findings: checkUpgrade(question.check) };
  return { comparison: await comparePair(question.pair) };
}

/** What cannot be read as Terraform is compared by its inputs alone, which a note says. */
async function comparePair({ before, after, kind }: BundlePair): Promise<ComparisonJson> {
  const sides = await readTerraformSides(before, after, kind);
  return changesJson(compareBundles(before, after, kind, {}, {}, sides.ok ? sides.value : {}));
}

export const analysisInThisThread: VersionAnalysis = {
  checkUpgrade: async (check) => checkUpgrade(check),
  compare: comparePair,
};

/** Many sets of inputs are rendered twice; a template that renders slowly does it for all of them. */
const usualLimits: ThreadLimits = { threads: 1, timeMsMax: 120_000, memoryMbMax: 768 };

/** A thread that works it out. What takes too long, or too much memory, is not known: nobody is told that all is well. */
export class VersionAnalysisPool implements VersionAnalysis {
  readonly #threads: ThreadPool<VersionQuestion, VersionAnswer>;

  constructor(limits: ThreadLimits = {}) {
    this.#threads = new ThreadPool(threadFile(import.meta.url, 'version-analysis-worker'), {
      ...usualLimits,
      ...limits,
    });
  }

  async checkUpgrade(check: UpgradeToCheck): Promise<readonly Finding[]> {
    const answered = await this.#threads.run({ check });
    if (!answered.ended && 'findings' in answered.answer) return answered.answer.findings;
    const message = `Whether inputs of older versions can come to this one was not found out: ${whyNot(answered)}.`;
    const remedy = 'Let templates and upgrade steps do less, or try the inputs with deuteron template upgrade-inputs.';
    return [warningFinding('upgrade-uncertain', wholeFile('migrations'), message, remedy)];
  }

  async compare(pair: BundlePair): Promise<ComparisonJson> {
    const answered = await this.#threads.run({ pair });
    if (!answered.ended && 'comparison' in answered.answer) return answered.answer.comparison;
    const note = `The versions were not compared: ${whyNot(answered)}. What is not known counts as breaking.`;
    return { versionClass: 'breaking', requiredBump: 'major', parts: [], notes: [note] };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}

function whyNot(answered: { readonly ended: boolean; readonly why?: string }): string {
  return answered.why ?? 'the thread answered another question';
}
