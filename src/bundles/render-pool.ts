import { Worker } from 'node:worker_threads';
import { type Result, refuse } from '../errors/index.ts';
import type { Bundle, PartName } from './bundle.ts';
import type { RenderingData } from './namespaces.ts';
import { type RenderedPart, type RenderJob, renderJob } from './render-part.ts';
import type { RenderThreadMessage } from './render-worker.ts';

export interface RenderPoolOptions {
  readonly threads?: number;
  /** A rendering that takes longer is ended together with its thread. The start of the thread does not count. */
  readonly timeMsMax?: number;
  readonly memoryMbMax?: number;
}

interface Waiting {
  readonly id: number;
  readonly job: RenderJob;
  readonly settle: (result: Result<RenderedPart>) => void;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  busy?: { readonly waiting: Waiting; timer: NodeJS.Timeout };
}

/** On a machine that is busy, a thread's modules load slowly; one that never loads is ended too. */
const startMsMax = 60_000;

/** Threads that render, so that a template can hang or exhaust only its own thread. Threads start when they are needed. */
export class RenderPool {
  readonly #options: Required<RenderPoolOptions>;
  readonly #threads: Thread[] = [];
  readonly #queue: Waiting[] = [];
  #lastId = 0;

  constructor({ threads = 2, timeMsMax = 10_000, memoryMbMax = 256 }: RenderPoolOptions = {}) {
    this.#options = { threads, timeMsMax, memoryMbMax };
  }

  /** @refuses as renderJob, as the template (with position), and render-stopped for one that had to be ended */
  async render(bundle: Bundle, part: PartName, data: RenderingData): Promise<Result<RenderedPart>> {
    const job = renderJob(bundle, part, data);
    return job.ok ? this.run(job.value) : job;
  }

  run(job: RenderJob): Promise<Result<RenderedPart>> {
    return new Promise((settle) => {
      this.#lastId += 1;
      this.#queue.push({ id: this.#lastId, job, settle });
      this.#next();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  #next(): void {
    if (this.#queue.length === 0) return;
    const idle = this.#threads.find((thread) => !thread.busy);
    const thread = idle ?? (this.#threads.length < this.#options.threads ? this.#start() : undefined);
    const waiting = thread && this.#queue.shift();
    if (!thread || !waiting) return;
    const timer = thread.isReady ? this.#limit(thread) : this.#limitStart(thread);
    thread.busy = { waiting, timer };
    thread.worker.ref();
    thread.worker.postMessage({ id: waiting.id, job: waiting.job });
  }

  #limit(thread: Thread): NodeJS.Timeout {
    const { timeMsMax } = this.#options;
    return setTimeout(() => this.#end(thread, `it took longer than ${timeMsMax} ms`), timeMsMax);
  }

  #limitStart(thread: Thread): NodeJS.Timeout {
    return setTimeout(() => this.#end(thread, `its thread did not start within ${startMsMax} ms`), startMsMax);
  }

  #ready(thread: Thread): void {
    thread.isReady = true;
    if (!thread.busy) return;
    clearTimeout(thread.busy.timer);
    thread.busy.timer = this.#limit(thread);
  }

  #start(): Thread {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const worker = new Worker(new URL(`./render-worker.${extension}`, import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.memoryMbMax, maxYoungGenerationSizeMb: 32 },
    });
    const thread: Thread = { worker, isReady: false };
    worker.unref();
    worker.on('message', (told: RenderThreadMessage) =>
      'result' in told ? this.#settle(thread, told.result) : this.#ready(thread),
    );
    worker.on('error', (error) => this.#end(thread, error.message));
    this.#threads.push(thread);
    return thread;
  }

  #settle(thread: Thread, result: Result<RenderedPart>): void {
    const { busy } = thread;
    if (!busy) return;
    clearTimeout(busy.timer);
    thread.busy = undefined;
    thread.worker.unref();
    busy.waiting.settle(result);
    this.#next();
  }

  #end(thread: Thread, why: string): void {
    const index = this.#threads.indexOf(thread);
    if (index >= 0) this.#threads.splice(index, 1);
    void thread.worker.terminate();
    const file = thread.busy?.waiting.job.file ?? '';
    this.#settle(
      thread,
      refuse({
        kind: 'limit',
        code: 'render-stopped',
        message: `The rendering of ${file} was stopped: ${why}.`,
        remedy: 'Make the template do less.',
        position: { file, line: 1, column: 1 },
      }),
    );
    this.#next();
  }
}
