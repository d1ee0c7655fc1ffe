import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { OpenSurface } from './surface.ts';
import type { Watch } from './watch.ts';

export interface RunOptions {
  readonly name: string;
  readonly inputs: number;
  readonly seed: number;
  /** Where fast-check found a failure, to go there at once. */
  readonly path?: string;
  readonly watch?: Watch;
  readonly say?: (done: number) => void;
}

export interface RunFigures {
  readonly inputs: number;
  /** Bytes between the first round and the last, garbage left out. */
  readonly heapGrowth: number;
  /** How often each answer came: `taken`, and the codes of refusals. */
  readonly answers: ReadonlyMap<string, number>;
}

/** A failure with all that is needed to have it again. */
export class FuzzFailure extends Error {}

const roundSize = 500;
/**
 * What may be held after any number of inputs beyond what was held after the first round: caches have their bounds, and
 * sessions their buffers. A leak of a hundred bytes for each input shows in a run of a million.
 */
const heapGrowthMax = 96 * 1024 * 1024;

/**
 * Tries as many inputs as asked, in rounds; each round has a seed of its own, one more than that of the round before.
 * @throws FuzzFailure with the shrunk input, the seed of its round and the command that repeats it
 */
export async function runSurface(open: OpenSurface<unknown>, options: RunOptions): Promise<RunFigures> {
  const { name, inputs, seed, path, say } = options;
  let heapBefore: number | undefined;
  let heap = 0;
  let done = 0;
  const answers = new Map<string, number>();
  for (let round = 0; done < inputs; round += 1) {
    const count = Math.min(roundSize, inputs - done);
    await runRound(open, { ...options, seed: seed + round, inputs: count, path }, answers);
    done += count;
    heap = heldBytes();
    heapBefore ??= heap;
    if (heap - heapBefore > heapGrowthMax) {
      throw new FuzzFailure(
        `${name}: after ${done} inputs ${megabytes(heap)} MB are held, after the first round ${megabytes(heapBefore)} MB.\n` +
          `Again: npm run fuzz -- --only ${name} --seed ${seed} --inputs ${done}`,
      );
    }
    say?.(done);
  }
  return { inputs: done, heapGrowth: Math.max(0, heap - (heapBefore ?? heap)), answers };
}

async function runRound(
  open: OpenSurface<unknown>,
  { name, inputs, seed, path, watch }: RunOptions,
  answers: Map<string, number>,
): Promise<void> {
  let tried = 0;
  const property = fc.asyncProperty(open.inputs, async (input) => {
    tried += 1;
    watch?.begin(`${name}, seed ${seed}, input ${tried}`);
    const answer = await open.tryInput(input);
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  });
  const found = await fc.check(property, { seed, path, numRuns: inputs, maxSkipsPerRun: 0 });
  if (found.failed) {
    const { counterexample, errorInstance, counterexamplePath, numShrinks } = found;
    const error = errorInstance as Error | undefined;
    throw new FuzzFailure(
      `${name}: ${error?.stack ?? error}\n\nInput, after ${numShrinks} steps of shrinking: ${shown(counterexample?.[0])}\n\n` +
        `Again: npm run fuzz -- --only ${name} --seed ${seed} --path ${counterexamplePath}`,
    );
  }
  watch?.begin(`${name}, seed ${seed}, whether a valid input is taken`);
  try {
    await open.stillServes?.();
  } catch (error) {
    throw new FuzzFailure(
      `${name}: after a round of ${inputs} inputs a valid one fails: ${(error as Error).stack}\n` +
        `Again: npm run fuzz -- --only ${name} --seed ${seed} --inputs ${inputs}`,
    );
  }
  watch?.rest();
}

const shownMax = 6_000;

function shown(input: unknown): string {
  const text = JSON.stringify(
    input,
    function (this: Readonly<Record<string, unknown>>, key, value: unknown) {
      const original = this[key]; // before toJSON
      return original instanceof Uint8Array ? `latin1: ${Buffer.from(original).toString('latin1')}` : value;
    },
    1,
  );
  return text.length > shownMax ? `${text.slice(0, shownMax)}... (${text.length} characters)` : text;
}

/** What is left when all garbage is gone: the heap, and the buffers beside it. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
