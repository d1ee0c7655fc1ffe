/**
 * Scores the change analysis on labelled changes: `npm run mutations -- <folder>`. Prints every miss, and one line of figures.
 * With `--deploy` the changes are made on a simulated cloud instead, and what is said of them is compared with what happens.
 * With `--baseline` the same changes are scored for `@aws-cdk/cloudformation-diff`, too.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCases, readPlanCases } from './case-folder.ts';
import { deployCases, startCloudOfCases } from './deploy-cases.ts';
import { explainedDifferences } from './explained-differences.ts';
import { predict, predictPlan } from './predict.ts';
import { Scores } from './score.ts';
import { scoreBaseline } from './score-baseline.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { deploy: { type: 'boolean' }, baseline: { type: 'boolean' } },
});
const [folder] = positionals;
const cases = folder && existsSync(folder) ? readCases(folder) : [];
const plans = folder && existsSync(folder) ? readPlanCases(folder) : [];
if (cases.length + plans.length === 0) {
  console.error(
    'Usage: npm run mutations -- <folder> [--deploy | --baseline], where each case is a folder with a case.json.',
  );
  process.exit(2);
}
if (values.deploy) await deploy();
const scores = new Scores();
for (const mutation of cases) scores.try(mutation, () => predict(mutation));
for (const plan of plans) scores.try(plan, () => predictPlan(plan));
for (const miss of scores.misses) console.log(`missed: ${miss}`);
for (const miss of scores.dangerous) console.log(`DANGEROUS: ${miss}`);
console.log(scores.details());
console.log(scores.line());
if (values.baseline) scoreBaseline(cases);
process.exit(scores.dangerous.length === 0 && scores.version === scores.total ? 0 : 1);

async function deploy(): Promise<never> {
  const cloud = await startCloudOfCases();
  const { figures, differences } = await deployCases(cases, cloud).finally(() => cloud.close());
  let explained = 0;
  for (const difference of differences) {
    const { case: id, of, said, happened, isSpelling } = difference;
    const why = explainedDifferences.find(
      (each) => each.case === id && each.of === of && each.happened === happened,
    )?.why;
    if (why !== undefined) explained += 1;
    const kind = isSpelling ? 'written otherwise' : why === undefined ? 'differs' : 'explained';
    console.log(`${kind}: ${id}: ${of}: said ${said}, happened: ${happened}${why === undefined ? '' : ` (${why})`}`);
  }
  console.log(`${figures.line()} (${explained} explained)`);
  process.exit(figures.differences > explained ? 1 : 0);
}
