/** Previews the seeded fleet in a process of its own: `preview-process.ts DATABASE_URL THREADS`; tells in JSON how it went. */
import { openDatabase } from '../src/database/index.ts';
import { everything, JudgePool, previewFleet } from '../src/fleet/index.ts';
import { installation } from '../src/fleet/preview/testing/fleet-world.ts';
import { canReadMemory, residentMb } from './process-memory.ts';
import { previewedVersion } from './seed-preview.ts';

export interface PreviewTold {
  /** From the question to the last line; threads start within it. */
  readonly seconds: number;
  /** Of all its threads together, in the same time. */
  readonly cpuSeconds: number;
  readonly things: number;
  readonly verdicts: Readonly<Record<string, number>>;
  readonly peakMb: number;
}

const [databaseUrl = '', threads = '1'] = process.argv.slice(2);
const database = await openDatabase({ databaseUrl, folder: '' });
if (!database.ok) throw new Error(database.refusal.message);
const { db } = database.value;
const pool = new JudgePool({ threads: Number(threads) });
let peakMb = 0;
const look = () => {
  if (canReadMemory) peakMb = Math.max(peakMb, residentMb(process.pid));
};
const looking = setInterval(look, 100);
const begun = performance.now();
const usedBefore = process.cpuUsage();
const preview = await previewFleet(
  { db, installation, pool },
  { version: previewedVersion, selector: everything, groupBy: ['environment'] },
  new AbortController().signal,
);
if (!preview.ok) throw new Error(preview.refusal.message);
for await (const line of preview.value) {
  if (line.line !== 'end') continue;
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(usedBefore);
  look();
  const cpuSeconds = (user + system) / 1e6;
  const told: PreviewTold = { seconds, cpuSeconds, things: line.total, verdicts: line.counts, peakMb };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
clearInterval(looking);
await pool.close();
await database.value.close();
