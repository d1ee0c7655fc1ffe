/**
 * Tries malformed inputs on everything that reads what strangers write: `npm run fuzz`. Progress and failures go to
 * standard error, one line of figures to standard output.
 * Exit codes: 0 nothing found, 1 something found, 2 the command line is wrong.
 */
import { randomInt } from 'node:crypto';
import { readFuzzOptions, usualInputs } from './fuzz-options.ts';
import { FuzzFailure, megabytes, runSurface } from './run-surface.ts';
import type { AnySurface, OpenSurface } from './surface.ts';
import { inputsOf, surfaces } from './surfaces.ts';
import { startWatch } from './watch.ts';
import { createWorld } from './world.ts';

const names = surfaces.map(({ name }) => name);
const help = `Usage: npm run fuzz -- [--count <number>] [--seed <number>] [--only <name,...>] [--path <path>]

  --count <number>   inputs over all surfaces together (default: ${usualInputs}); also --inputs
  --seed <number>    equal seeds give equal inputs (default: any; it is printed)
  --only <name,...>  some of: ${names.join(', ')}
  --path <path>      with --only and --seed: the one input of a failure, as it was printed
  --help             this text

A failure is printed with its input made as small as possible, and the command that repeats it.
`;

const read = readFuzzOptions(process.argv.slice(2), names);
if ('problem' in read) wrong(read.problem);
const { inputs, only, path, help: helpAsked } = read.options;
if (helpAsked) {
  process.stdout.write(help);
  process.exit(0);
}
const seed = read.options.seed ?? randomInt(1_000_000);
const chosen = surfaces.filter(({ name }) => only.includes(name));
const answersShown = 12;
const begun = performance.now();
const figures: string[] = [];
/** Node tells the resident size in kilobytes. */
const megabyte = 1024;
let tried = 0;
let failures = 0;

const world = createWorld();
const watch = startWatch();
process.once('SIGINT', () => void end(130));
process.once('SIGTERM', () => void end(143));
say(`seed ${seed}`);
for (const [surface, count] of inputsOf(chosen, inputs)) await fuzz(surface, path === undefined ? count : 1);
process.stdout.write(
  `fuzz: ${tried} inputs in ${seconds()} s, seed ${seed}: ${failures} failures; ${(process.resourceUsage().maxRSS / megabyte).toFixed(0)} MB at most; MB held more at the end: ${figures.join(', ')}\n`,
);
await end(failures > 0 ? 1 : 0);

async function fuzz(surface: AnySurface, count: number): Promise<void> {
  const { name } = surface;
  let opened: OpenSurface<unknown> | undefined;
  let said = 0;
  try {
    opened = await surface.open(world);
    const {
      inputs: done,
      heapGrowth,
      answers,
    } = await runSurface(opened, {
      name,
      inputs: count,
      seed,
      path,
      watch,
      say: (so) => {
        if (so - said < count / 20) return;
        said = so;
        say(`${name}: ${so} of ${count}`);
      },
    });
    tried += done;
    const often = [...answers].sort(([, left], [, right]) => right - left).slice(0, answersShown);
    say(`${name}: ${often.map(([answer, times]) => `${answer} ${times}`).join(', ')}`);
    figures.push(`${name} ${megabytes(heapGrowth)}`);
  } catch (error) {
    failures += 1;
    say(error instanceof FuzzFailure ? error.message : String((error as Error).stack));
  } finally {
    watch.rest();
    await opened?.close?.();
  }
}

async function end(code: number): Promise<never> {
  await world.close();
  process.exit(code);
}

function say(what: string): void {
  process.stderr.write(`${seconds().padStart(5)} s  ${what}\n`);
}

function seconds(): string {
  return ((performance.now() - begun) / 1_000).toFixed(0);
}

function wrong(problem: string): never {
  process.stderr.write(`${problem}\n\n${help}`);
  process.exit(2);
}
