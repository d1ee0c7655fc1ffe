import type { MutationCase } from './case-folder.ts';
import { baselineForms, predictBaseline } from './predict-baseline.ts';
import { Scores } from './score.ts';

/** Scores the baseline on changes of templates, in both forms, and prints what it calls milder than it is. */
export function scoreBaseline(cases: readonly MutationCase[]): void {
  for (const form of baselineForms) {
    const scores = new Scores();
    for (const mutation of cases) scores.try(mutation, () => predictBaseline(mutation, form));
    console.log(`\ncloudformation-diff, templates ${form}`);
    for (const miss of scores.dangerous) console.log(`DANGEROUS: ${miss}`);
    console.log(scores.details());
    console.log(scores.line());
  }
}
