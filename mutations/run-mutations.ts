/** Scores the change analysis on labelled changes: `npm run mutations -- <folder>`. Prints every miss, and one line of figures. */
import { existsSync } from 'node:fs';
import { readCases, readPlanCases } from './case-folder.ts';
import { predict, predictPlan } from './predict.ts';
import { Scores } from './score.ts';

const [folder] = process.argv.slice(2);
const cases = folder && existsSync(folder) ? readCases(folder) : [];
const plans = folder && existsSync(folder) ? readPlanCases(folder) : [];
if (cases.length + plans.length === 0) {
  console.error('Usage: npm run mutations -- <folder>, where each case is a folder with a case.json.');
  process.exit(2);
}
const scores = new Scores();
for (const mutation of cases) scores.add(mutation, predict(mutation));
for (const plan of plans) scores.add(plan, predictPlan(plan));
for (const miss of scores.misses) console.log(`missed: ${miss}`);
for (const miss of scores.dangerous) console.log(`DANGEROUS: ${miss}`);
console.log(scores.details());
console.log(scores.line());
process.exit(scores.dangerous.length === 0 && scores.version === scores.total ? 0 : 1);
