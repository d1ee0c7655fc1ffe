import type { Problem } from '../guard-rail.ts';
import { textOf } from '../parameter-rule.ts';
import { type Look, type ProgramAnswer, problemOf } from './program-answer.ts';

/** The contract of docs/guard-rails.md: JSON in, JSON out, exit code 0. */
export const ownCommand: Look = {
  run: ({ template, stack, parameters }) => ({
    args: [],
    files: {},
    input: JSON.stringify({
      contract: 'deuteron-guard-rail/1',
      ...stack,
      template,
      settings: textOf(parameters, 'settings'),
    }),
  }),
  read({ code, output, errors }): ProgramAnswer {
    if (code !== 0) return { failed: errors || output };
    const { findings } = JSON.parse(output) as { readonly findings?: unknown };
    if (!Array.isArray(findings)) return { failed: 'its answer has no findings' };
    const problems = findings.map(problemOf);
    return problems.some((each) => each === undefined)
      ? { failed: 'a finding has no message' }
      : { problems: problems as Problem[] };
  },
};
