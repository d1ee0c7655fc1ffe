import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSame, ourAnswer } from './compare.ts';
import { explainedDifferences } from './explained-differences.ts';
import { type Answer, JinjaPeer, type Sample } from './jinja-peer.ts';
import { operationTables } from './operation-tables.ts';
import { sampleArbitrary } from './sample-arbitrary.ts';

/** Other seeds and more runs can be asked for, to look for more. */
const seed = Number(process.env.PEERS_JINJA_SEED ?? 20_261_125);
const runs = Number(process.env.PEERS_JINJA_RUNS ?? 5_000);

let peer: JinjaPeer;

beforeAll(() => {
  const python = process.env.PEERS_PYTHON;
  if (!python)
    throw new Error('PEERS_PYTHON has to name a Python that has jinja2: run the peers with npm run test:peers');
  peer = new JinjaPeer(python);
});
afterAll(() => peer?.close());

interface Difference {
  readonly template: string;
  readonly ours: Answer;
  readonly theirs: Answer;
}

/** How the two engines differ on a sample; undefined where they do not, or where it is explained. */
async function difference(sample: Sample): Promise<Difference | undefined> {
  const theirs = await peer.render(sample);
  const ours = ourAnswer(sample);
  if (isSame(ours, theirs) || explainedDifferences.some((each) => each.applies(ours, theirs))) return undefined;
  return { template: sample.template, ours, theirs };
}

const alone = (template: string): Sample => ({ template, context: {}, files: {} });

describe('every operation on every kind of value', () => {
  test.each(Object.entries(operationTables))('%s', async (_, templates) => {
    const differences = await Promise.all(Array.from(templates(), (template) => difference(alone(template))));
    expect(differences.filter((each) => each !== undefined).slice(0, 20)).toEqual([]);
  });
});

test(`${runs} generated templates (seed ${seed})`, async () => {
  const property = fc.asyncProperty(sampleArbitrary, async (sample) => {
    expect(await difference(sample), JSON.stringify(sample, undefined, 1)).toBeUndefined();
  });
  await fc.assert(property, { seed, numRuns: runs });
});

test.each(explainedDifferences)('explained: $what', async ({ example, applies, reason }) => {
  const theirs = await peer.render(alone(example));
  const ours = ourAnswer(alone(example));
  expect(isSame(ours, theirs), 'the engines agree: the explanation is not needed any more').toBe(false);
  expect(applies(ours, theirs), reason).toBe(true);
});
