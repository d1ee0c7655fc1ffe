/** The thread in which hostile templates may do their worst. */
import { parentPort } from 'node:worker_threads';
import { type RenderJob, runRenderJob } from './render-part.ts';

parentPort?.on('message', ({ id, job }: { id: number; job: RenderJob }) => {
  parentPort?.postMessage({ id, result: runRenderJob(job) });
});
