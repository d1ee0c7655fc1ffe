// Adds up the reports of all suites into one plain line. A suite without a report, or without a test, is a failure.
import { existsSync, readFileSync } from 'node:fs';

const reports = process.argv
  .slice(2)
  .map((path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined));
const sum = (member) => reports.reduce((total, report) => total + (report?.[member] ?? 0), 0);
const missing = reports.filter((report) => !report?.numTotalTests).length;
const failed = sum('numFailedTests') + missing;
console.log(
  `${sum('numPassedTests')} passed, ${failed} failed, ${sum('numPendingTests') + sum('numTodoTests')} skipped`,
);
process.exit(failed > 0 ? 1 : 0);
