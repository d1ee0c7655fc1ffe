import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly corpus?: string;
  readonly json: string;
  /** The measurements to run, in the order in which they are listed. */
  readonly only: readonly string[];
  /** Whether the parts of a figure are told, too, where it has any. */
  readonly verbose: boolean;
  readonly help: boolean;
}

export const usualJson = 'bench-results.json';

/** Reads the command line. @returns the options, or what is wrong with it */
export function readBenchOptions(
  given: readonly string[],
  names: readonly string[],
): { readonly options: BenchOptions } | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...given],
      options: {
        corpus: { type: 'string' },
        json: { type: 'string', default: usualJson },
        only: { type: 'string', multiple: true },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    for (const flag of ['corpus', 'json'] as const) {
      if (values[flag] === '') return { problem: `--${flag} is empty.` };
    }
    const asked = values.only?.flatMap((list) => list.split(',').map((name) => name.trim()));
    const unknown = asked?.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      return { problem: `--only names "${unknown}", which is no measurement. There are: ${names.join(', ')}.` };
    }
    const only = names.filter((name) => asked === undefined || asked.includes(name));
    return { options: { corpus: values.corpus, json: values.json, only, verbose: values.verbose, help: values.help } };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
