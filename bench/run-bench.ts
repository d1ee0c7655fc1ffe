/**
 * Measures the product beside a baseline in the same run: `npm run bench`. The table goes to standard output, what is
 * being done to standard error, every figure with how it was obtained to a JSON file.
 * Exit codes: 0 all measured, 1 a measurement failed, 2 the command line is wrong.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readBenchOptions, usualJson } from './bench-options.ts';
import { measureDecisions } from './decisions.ts';
import { measureDeployments } from './deployments.ts';
import { type Measured, type Measurement, ratioOf } from './figure.ts';
import { figureTable } from './figure-table.ts';
import { measureFleetPreview, measureLargeFleetPreview } from './fleet-preview.ts';
import { measureGovernedDeployment } from './governed-deployment.ts';
import { measureListAndGet } from './list-and-get.ts';
import { thisMachine } from './machine.ts';
import { measureMemory } from './memory.ts';
import { measureRenders } from './renders.ts';
import { measureStart } from './start.ts';
import { measureStatements } from './statements.ts';
import { measureTakeover } from './takeover.ts';

const measurements: readonly Measurement[] = [
  { name: 'start', measure: measureStart },
  { name: 'memory', measure: measureMemory },
  { name: 'renders', measure: measureRenders },
  { name: 'decisions', measure: measureDecisions },
  { name: 'governed-deployment', measure: measureGovernedDeployment },
  { name: 'deployments', measure: measureDeployments },
  { name: 'statements', measure: measureStatements },
  { name: 'takeover', measure: measureTakeover },
  { name: 'list-and-get', measure: measureListAndGet },
  { name: 'fleet-preview', measure: measureFleetPreview },
  { name: 'fleet-preview-large', measure: measureLargeFleetPreview },
];
const names = measurements.map(({ name }) => name);

const help = `Usage: npm run bench -- [--corpus <folder>] [--json <file>] [--only <name,...>] [--verbose]

  --corpus <folder>  renders are measured on its cases (<folder>/expected/cases.json); absent: on the examples
  --json <file>      where every figure goes, with how it was obtained (default: ${usualJson})
  --only <name,...>  some of: ${names.join(', ')}
  --verbose          statements: which texts were sent, and how often for one deployment
  --help             this text

What the figures mean: docs/benchmarks.md. It takes some minutes; renders need Python 3.10 or newer with venv, and PyPI.
`;

const read = readBenchOptions(process.argv.slice(2), names);
if ('problem' in read) wrong(read.problem);
const { corpus, json, only, verbose, help: helpAsked } = read.options;
if (helpAsked) {
  process.stdout.write(help);
  process.exit(0);
}
if (corpus !== undefined && !existsSync(join(corpus, 'expected', 'cases.json'))) {
  wrong(`${corpus} is no corpus: it has no expected/cases.json.`);
}
const jsonFile = resolve(json);
if (!existsSync(dirname(jsonFile))) wrong(`--json: there is no folder ${dirname(jsonFile)}.`);

process.on('SIGINT', () => process.exit(130)); // what was started ends with us
process.on('SIGTERM', () => process.exit(143));
const begun = performance.now();
const startedAt = new Date();
const ended: (({ readonly name: string } & Measured) | { readonly name: string; readonly failed: string })[] = [];
for (const { name, measure } of measurements.filter((each) => only.includes(each.name))) {
  const say = (what: string) => {
    const seconds = (performance.now() - begun) / 1000;
    process.stderr.write(`${seconds.toFixed(0).padStart(4)} s  ${name}: ${what}\n`);
  };
  say('begins');
  try {
    ended.push({ name, ...(await measure({ corpus, verbose, say })) });
  } catch (error) {
    ended.push({ name, failed: (error as Error).message });
    say(`failed: ${(error as Error).message}`);
  }
}

const peers = Object.assign({}, ...ended.map((each) => ('peers' in each ? each.peers : {})));
const results = {
  startedAt: startedAt.toISOString(),
  seconds: Math.round((performance.now() - begun) / 1000),
  machine: { ...thisMachine(), python: peers.python ?? null, jinja2: peers.jinja2 ?? null },
  measurements: ended.map((each) =>
    'failed' in each
      ? each
      : {
          name: each.name,
          notes: each.notes,
          figures: each.figures.map((figure) => ({ ...figure, ratio: ratioOf(figure) ?? null })),
        },
  ),
};
writeFileSync(jsonFile, `${JSON.stringify(results, null, 2)}\n`);
process.stdout.write(`${figureTable(ended)}\n`);
process.stderr.write(`\nEvery figure, and how it was obtained: ${jsonFile}\n`);
process.exit(ended.some((each) => 'failed' in each) ? 1 : 0);

function wrong(problem: string): never {
  process.stderr.write(`${problem}\n\n${help}`);
  process.exit(2);
}
