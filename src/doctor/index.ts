/**
 * Doctor: finds what is stuck and explains it. It reads and changes nothing; also while servers run.
 *
 * Lives here: one file for each thing to look at, each with a pure judgement. Never here: how a thing is mended (the
 * servers do that), how findings are printed (cli). Start at examine.ts; docs/operations.md lists the findings.
 */
export { type Examination, examine } from './examine.ts';
export { type Finding, findingCodes } from './finding.ts';
