import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../src/database/index.ts';
import { emptyTestDatabase } from '../src/database/testing/index.ts';
import { runSurface } from './run-surface.ts';
import { doors } from './surfaces.ts';
import { startWatch, type Watch } from './watch.ts';
import { createWorld } from './world.ts';

const seed = 1;
/** Thousands of requests, on machines that may be busy with other tests. */
const patienceMs = 300_000;
let database: Database;
let world: ReturnType<typeof createWorld>;
let watch: Watch;
beforeAll(async () => {
  database = await emptyTestDatabase();
  world = createWorld(database.url);
  watch = startWatch();
  await world.installation();
}, patienceMs);
afterAll(async () => {
  await watch?.close();
  await world?.close();
  await database?.close();
});

test.each(doors)(
  '$name: whatever comes over the wire, an answer that is no failure of ours',
  async (surface) => {
    const opened = await surface.open(world);
    try {
      const figures = await runSurface(opened, { name: surface.name, inputs: surface.share, seed, watch });
      expect(figures.inputs).toBe(surface.share);
      expect([...figures.answers.keys()], 'some inputs are still valid').toContain('taken');
      expect(figures.answers.size, 'some are refused').toBeGreaterThan(1);
    } finally {
      await opened.close?.();
    }
  },
  patienceMs,
);
