/** Scores the engine on a folder of real bundles: `npm run corpus -- <folder>`. Prints every miss, and one line of figures. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openCorpus, type Score } from './corpus-folder.ts';
import { deployCorpus } from './deploy.ts';
import { renderCorpus } from './render.ts';
import { resolveCorpus } from './resolve.ts';
import { validateCorpus } from './validate.ts';

const [folder] = process.argv.slice(2);
if (!folder || !existsSync(join(folder, 'bundles.json'))) {
  console.error('Usage: npm run corpus -- <folder>, where <folder>/bundles.json lists the bundles.');
  process.exit(2);
}
const corpus = openCorpus(folder);
const scores: [string, Score][] = [
  ['validated', await validateCorpus(corpus)],
  ['resolved', await resolveCorpus(corpus)],
  ['rendered', await renderCorpus(corpus)],
  ['deployed', await deployCorpus(corpus)],
];
for (const [name, { misses, leftOut = [] }] of scores) {
  for (const miss of misses) console.log(`not ${name}: ${miss}`);
  for (const reason of leftOut) console.log(`not counted among ${name}: ${reason}`);
}
console.log(`corpus: ${scores.map(([name, { passed, total }]) => `${name} ${passed}/${total}`).join(', ')}`);
process.exit(scores.every(([, { passed, total }]) => passed === total) ? 0 : 1);
