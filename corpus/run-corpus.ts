/**
 * Scores the engine on a folder of real bundles: `npm run corpus -- <folder>`. Prints every miss, and one line of figures.
 * With `--compare`, the change analysis instead: every bundle against itself however it is written, and every pair of one
 * kind. That takes long; how far it is goes to standard error.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareCorpus } from './compare.ts';
import { openCorpus, type Score } from './corpus-folder.ts';
import { deployCorpus } from './deploy.ts';
import { renderCorpus } from './render.ts';
import { resolveCorpus } from './resolve.ts';
import { validateCorpus } from './validate.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { compare: { type: 'boolean' } } });
const [folder] = positionals;
if (!folder || !existsSync(join(folder, 'bundles.json'))) {
  console.error('Usage: npm run corpus -- <folder> [--compare], where <folder>/bundles.json lists the bundles.');
  process.exit(2);
}
const corpus = openCorpus(folder);
const scores: [string, Score][] = values.compare ? await comparisons() : await checks();
for (const [name, { misses, leftOut = [] }] of scores) {
  for (const miss of misses) console.log(`not ${name}: ${miss}`);
  for (const reason of leftOut) console.log(`not counted among ${name}: ${reason}`);
}
console.log(`corpus: ${scores.map(([name, { passed, total }]) => `${name} ${passed}/${total}`).join(', ')}`);
process.exit(scores.every(([, { passed, total }]) => passed === total) ? 0 : 1);

async function checks(): Promise<[string, Score][]> {
  return [
    ['validated', await validateCorpus(corpus)],
    ['resolved', await resolveCorpus(corpus)],
    ['rendered', await renderCorpus(corpus)],
    ['deployed', await deployCorpus(corpus)],
  ];
}

async function comparisons(): Promise<[string, Score][]> {
  const { same, pairs } = await compareCorpus(corpus, (done) => process.stderr.write(`${done}\n`));
  return [
    ['the same as itself', same],
    ['compared in pairs', pairs],
  ];
}
