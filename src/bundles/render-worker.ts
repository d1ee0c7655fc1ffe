/** The thread in which hostile templates may do their worst. */
import { parentPort } from 'node:worker_threads';
import type { Result } from '../errors/index.ts';
import { type RenderedPart, type RenderJob, runRenderJob } from './render-part.ts';

/** `ready` once: from then on a rendering's time counts. */
export type RenderThreadMessage =
  | { readonly ready: true }
  | { readonly id: number; readonly result: Result<RenderedPart> };

function tell(message: RenderThreadMessage): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', ({ id, job }: { id: number; job: RenderJob }) => tell({ id, result: runRenderJob(job) }));
tell({ ready: true });
