import { expect, test } from 'vitest';
import { runSurface } from './run-surface.ts';
import { readers } from './surfaces.ts';
import { startWatch } from './watch.ts';
import { createWorld } from './world.ts';

/** One seed, so that a run finds what the run before it found; others are tried by `npm run fuzz`. */
const seed = 1;
/** Thousands of inputs, on machines that may be busy with other tests. */
const patienceMs = 300_000;

test.each(readers)(
  '$name: whatever the input, an answer or a refusal',
  async (surface) => {
    const opened = await surface.open(createWorld());
    const watch = startWatch();
    try {
      const figures = await runSurface(opened, { name: surface.name, inputs: surface.share, seed, watch });
      expect(figures.inputs).toBe(surface.share);
      expect([...figures.answers.keys()], 'some inputs are still valid').toContain('taken');
      expect(figures.answers.size, 'some are refused').toBeGreaterThan(1);
    } finally {
      await watch.close();
      await opened.close?.();
    }
  },
  patienceMs,
);
