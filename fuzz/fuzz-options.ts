import { parseArgs } from 'node:util';

export interface FuzzOptions {
  readonly inputs: number;
  /** Of the first round; absent: any. */
  readonly seed: number | undefined;
  /** The surfaces to try, in the order in which they are listed. */
  readonly only: readonly string[];
  /** Where fast-check found a failure: only that input is tried. */
  readonly path: string | undefined;
  readonly help: boolean;
}

export const usualInputs = 1_000_000;

/** Reads the command line. @returns the options, or what is wrong with it */
export function readFuzzOptions(
  words: readonly string[],
  names: readonly string[],
): { readonly options: FuzzOptions } | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        inputs: { type: 'string' },
        count: { type: 'string' },
        seed: { type: 'string' },
        only: { type: 'string', multiple: true },
        path: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { path, help } = values;
    const asked = values.only?.flatMap((list) => list.split(',').map((name) => name.trim()));
    const unknown = asked?.find((name) => !names.includes(name));
    if (unknown !== undefined) {
      return { problem: `--only names "${unknown}", which is no surface. There are: ${names.join(', ')}.` };
    }
    const only = names.filter((name) => asked === undefined || asked.includes(name));
    const given = values.inputs ?? values.count ?? String(usualInputs);
    const inputs = wholeNumber(given);
    const flag = values.inputs === undefined ? '--count' : '--inputs';
    if (inputs === undefined || inputs < 1) return { problem: `${flag} is "${given}", not a number from 1.` };
    const seed = values.seed === undefined ? undefined : wholeNumber(values.seed);
    if (values.seed !== undefined && seed === undefined)
      return { problem: `--seed is "${values.seed}", not a number.` };
    if (path !== undefined && !/^\d+(:\d+)*$/.test(path))
      return { problem: `--path is "${path}", not of the form 1:2:3.` };
    if (path !== undefined && (only.length !== 1 || seed === undefined)) {
      return { problem: '--path belongs to one surface and one seed: give --only and --seed as they were printed.' };
    }
    return { options: { inputs, seed, only, path, help } };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

/** Within what fast-check takes for a seed, with room for the rounds to count up. */
function wholeNumber(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
