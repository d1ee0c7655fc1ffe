import { expect, test } from 'vitest';
import { itselfOutcomes, pairOutcomes, respelledOutcomes } from '../corpus/compare.ts';
import type { Outcome } from '../corpus/corpus-folder.ts';
import { exampleBundles } from '../fuzz/example-texts.ts';
import { stackTemplates } from '../fuzz/stack-templates.ts';
import { makeBundle } from '../src/bundles/index.ts';

const bundles = exampleBundles.map(({ name, kind, files }) => ({
  name,
  kind: kind as 'environment' | 'service',
  bundle: makeBundle(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))),
}));
const misses = (outcomes: readonly Outcome[]) => outcomes.filter(({ miss }) => miss !== undefined);

test.each(bundles)('$name against itself, however it is written, is no change', async (each) => {
  const outcomes = await itselfOutcomes(each);
  expect(outcomes.length).toBeGreaterThan(1);
  expect(misses(outcomes)).toEqual([]);
});

test.each(stackTemplates().map((text, index) => [index, text] as const))(
  'rendered template %i, however it is written, is no change',
  async (index, text) => {
    const outcomes = await respelledOutcomes(String(index), text);
    expect(outcomes.length).toBeGreaterThan(1);
    expect(misses(outcomes)).toEqual([]);
  },
);

test('every example as the next version of every other one of its kind', async () => {
  const outcomes = await pairOutcomes(bundles);
  expect(outcomes).toHaveLength(12);
  expect(misses(outcomes)).toEqual([]);
});
