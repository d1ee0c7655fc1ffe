import type { Problem } from '../guard-rail.ts';
import { textOf } from '../parameter-rule.ts';
import { type Look, type ProgramAnswer, problemOf } from './program-answer.ts';

/** Source: OPA's documentation, "opa eval". A query of something that the policy does not define gives no result. */
export const openPolicyAgent: Look = {
  run: ({ stack, parameters }) => ({
    args: ['eval', '--format', 'json', '--stdin-input', '--data', 'policy.rego', textOf(parameters, 'query')],
    files: { 'policy.rego': textOf(parameters, 'policy') },
    input: JSON.stringify(stack),
  }),
  read({ code, output, errors }, { parameters }): ProgramAnswer {
    if (code !== 0) return { failed: errors || output };
    const { result } = JSON.parse(output) as {
      readonly result?: readonly { readonly expressions: readonly { readonly value: unknown }[] }[];
    };
    const value = result?.[0]?.expressions[0]?.value;
    if (!Array.isArray(value)) return { failed: `${textOf(parameters, 'query')} gives no list of denials` };
    const problems = value.map((each): Problem | undefined =>
      typeof each === 'string' ? { message: each } : problemOf(each),
    );
    return problems.some((each) => each === undefined)
      ? { failed: 'a denial is neither a text nor an object with a message' }
      : { problems: problems as Problem[] };
  },
};
