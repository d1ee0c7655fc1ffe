import { type Result, refuse } from '../errors/index.ts';
import { type ThreadLimits, ThreadPool, threadFile } from '../threads/index.ts';
import type { Bundle, PartName } from './bundle.ts';
import type { RenderingData } from './namespaces.ts';
import { type RenderedPart, type RenderJob, renderJob } from './render-part.ts';

export type RenderPoolOptions = ThreadLimits;

/** Threads that render, so that a template can hang or exhaust only its own thread. Threads start when they are needed. */
export class RenderPool {
  readonly #threads: ThreadPool<RenderJob, Result<RenderedPart>>;

  constructor(options: RenderPoolOptions = {}) {
    this.#threads = new ThreadPool(threadFile(import.meta.url, 'render-worker'), options);
  }

  /** @refuses as renderJob, as the template (with position), and render-stopped for one that had to be ended */
  async render(bundle: Bundle, part: PartName, data: RenderingData): Promise<Result<RenderedPart>> {
    const job = renderJob(bundle, part, data);
    return job.ok ? this.run(job.value) : job;
  }

  async run(job: RenderJob): Promise<Result<RenderedPart>> {
    const answered = await this.#threads.run(job);
    if (!answered.ended) return answered.answer;
    const { file } = job;
    return refuse({
      kind: 'limit',
      code: 'render-stopped',
      message: `The rendering of ${file} was stopped: ${answered.why}.`,
      remedy: 'Make the template do less.',
      position: { file, line: 1, column: 1 },
    });
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}
