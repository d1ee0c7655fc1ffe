import { Worker } from 'node:worker_threads';

/** Looks on from another thread, so that an input that never ends is told, even when it holds this one. */
export interface Watch {
  /** @param what what is tried now, so that it can be repeated */
  begin(what: string): void;
  rest(): void;
  close(): Promise<void>;
}

/** Not how fast something must be: how long nobody would wait any more, on any machine. */
const patienceMs = 180_000;
const textBytes = 200;

const watcher = `
const { writeSync } = require('node:fs');
const { workerData: { shared, patienceMs } } = require('node:worker_threads');
const beats = new Int32Array(shared, 0, 2);
for (let seen = -1; ; ) {
  const beat = Atomics.load(beats, 0);
  const isResting = Atomics.load(beats, 1) === 0;
  if (beat === seen && !isResting) {
    const text = Buffer.from(new Uint8Array(shared).slice(8)).toString().replace(/\\0+$/, '');
    writeSync(2, 'An input has not ended for ' + patienceMs / 1000 + ' seconds: ' + text + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }
  seen = beat;
  Atomics.wait(beats, 0, beat, patienceMs);
  if (Atomics.load(beats, 0) !== beat) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}`;

export function startWatch(): Watch {
  const shared = new SharedArrayBuffer(8 + textBytes);
  const beats = new Int32Array(shared, 0, 2);
  const text = new Uint8Array(shared, 8);
  const worker = new Worker(watcher, { eval: true, workerData: { shared, patienceMs } });
  worker.unref();
  const beat = (isAtWork: boolean) => {
    Atomics.store(beats, 1, isAtWork ? 1 : 0);
    Atomics.add(beats, 0, 1);
  };
  return {
    begin(what) {
      text.fill(0);
      text.set(Buffer.from(what).subarray(0, textBytes));
      beat(true);
    },
    rest: () => beat(false),
    async close() {
      await worker.terminate();
    },
  };
}
