import type { Problem } from '../guard-rail.ts';
import { textsOf } from '../parameter-rule.ts';
import { type Look, type ProgramAnswer, pathProblem } from './program-answer.ts';

interface LintMatch {
  readonly Rule: { readonly Id: string };
  readonly Level: string;
  readonly Message: string;
  readonly Location: {
    readonly Start: { readonly LineNumber: number };
    readonly Path: readonly (string | number)[] | null;
  };
}

/** Source: cfn-lint's README, "Exit codes" and "Output formats". */
export const cfnLint: Look = {
  run: ({ template, region }) => ({
    // mandatory: what the template's own metadata ignores counts all the same
    args: ['--format', 'json', '--regions', region, '--mandatory-checks', 'E', 'W', '--', 'template'],
    files: { template },
  }),
  read({ code, output, errors }, { parameters }): ProgramAnswer {
    // bits: 2 errors, 4 warnings, 8 informational; anything else is a failure of its own
    if ((code & ~14) !== 0) return { failed: errors || output };
    const ignored = textsOf(parameters, 'ignore');
    const matches = JSON.parse(output || '[]') as readonly LintMatch[];
    return {
      problems: matches
        .filter(({ Rule: { Id } }) => !ignored.some((each) => Id.startsWith(each)))
        .map(
          ({ Rule, Message, Location }): Problem => ({
            ...pathProblem(Location.Path ?? []),
            line: Location.Start.LineNumber,
            message: `${Rule.Id}: ${Message}`,
          }),
        ),
    };
  },
};
