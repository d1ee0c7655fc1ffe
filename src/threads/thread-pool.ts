import { Worker } from 'node:worker_threads';
import type { ThreadMessage } from './answer-jobs.ts';

export interface ThreadLimits {
  readonly threads?: number;
  /** A job that takes longer is ended together with its thread. The start of the thread does not count. */
  readonly timeMsMax?: number;
  readonly memoryMbMax?: number;
  /** After so long without work the threads end, and with them what they remember. Absent: they stay. */
  readonly idleMsMax?: number;
}

/** What a job gives, or why it had to be ended. */
export type ThreadAnswer<Answer> =
  | { readonly ended: false; readonly answer: Answer }
  | { readonly ended: true; readonly why: string };

interface Waiting<Job, Answer> {
  readonly job: Job;
  readonly signal?: AbortSignal;
  readonly settle: (answer: ThreadAnswer<Answer>) => void;
}

interface Thread<Job, Answer> {
  readonly worker: Worker;
  isReady: boolean;
  busy?: { readonly waiting: Waiting<Job, Answer>; timer: NodeJS.Timeout };
}

/** On a machine that is busy, a thread's modules load slowly; one that never loads is ended too. */
const startMsMax = 60_000;

/** The file of a thread that lies beside a module: `.ts` as written, `.js` as built. @param beside its import.meta.url */
export function threadFile(beside: string, name: string): URL {
  return new URL(`./${name}.${beside.endsWith('.ts') ? 'ts' : 'js'}`, beside);
}

/**
 * Threads in which a job can hang or exhaust only its own thread. They start when they are needed. What was asked for and
 * has not begun is let go when nobody waits for it any more; what runs ends by itself, or by the time limit.
 */
export class ThreadPool<Job, Answer> {
  readonly #file: URL;
  readonly #limits: ThreadLimits & Required<Omit<ThreadLimits, 'idleMsMax'>>;
  readonly #threads: Thread<Job, Answer>[] = [];
  readonly #queue: Waiting<Job, Answer>[] = [];
  #idle: NodeJS.Timeout | undefined;

  /** @param file runs `answerJobs` */
  constructor(file: URL, { threads = 2, timeMsMax = 10_000, memoryMbMax = 256, idleMsMax }: ThreadLimits = {}) {
    this.#file = file;
    this.#limits = { threads, timeMsMax, memoryMbMax, idleMsMax };
  }

  /** @param signal nobody waits for it any more */
  run(job: Job, signal?: AbortSignal): Promise<ThreadAnswer<Answer>> {
    return new Promise((settle) => {
      this.#queue.push({ job, signal, settle });
      this.#next();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  #next(): void {
    while (this.#queue[0]?.signal?.aborted) {
      this.#queue.shift()?.settle({ ended: true, why: 'nobody waits for it any more' });
    }
    if (this.#queue.length === 0) return this.#rest();
    const idle = this.#threads.find((thread) => !thread.busy);
    const thread = idle ?? (this.#threads.length < this.#limits.threads ? this.#start() : undefined);
    const waiting = thread && this.#queue.shift();
    if (!thread || !waiting) return;
    clearTimeout(this.#idle);
    const timer = thread.isReady ? this.#limit(thread) : this.#limitStart(thread);
    thread.busy = { waiting, timer };
    thread.worker.ref();
    thread.worker.postMessage(waiting.job);
  }

  #rest(): void {
    const { idleMsMax } = this.#limits;
    if (idleMsMax === undefined || this.#threads.some(({ busy }) => busy)) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.close(), idleMsMax).unref();
  }

  #limit(thread: Thread<Job, Answer>): NodeJS.Timeout {
    const { timeMsMax } = this.#limits;
    return setTimeout(() => this.#end(thread, `it took longer than ${timeMsMax} ms`), timeMsMax);
  }

  #limitStart(thread: Thread<Job, Answer>): NodeJS.Timeout {
    return setTimeout(() => this.#end(thread, `its thread did not start within ${startMsMax} ms`), startMsMax);
  }

  #ready(thread: Thread<Job, Answer>): void {
    thread.isReady = true;
    if (!thread.busy) return;
    clearTimeout(thread.busy.timer);
    thread.busy.timer = this.#limit(thread);
  }

  #start(): Thread<Job, Answer> {
    const worker = new Worker(this.#file, {
      resourceLimits: { maxOldGenerationSizeMb: this.#limits.memoryMbMax, maxYoungGenerationSizeMb: 32 },
    });
    const thread: Thread<Job, Answer> = { worker, isReady: false };
    worker.unref();
    worker.on('message', (told: ThreadMessage<Answer>) =>
      'answer' in told ? this.#settle(thread, { ended: false, answer: told.answer }) : this.#ready(thread),
    );
    worker.on('error', (error) => this.#end(thread, error.message));
    this.#threads.push(thread);
    return thread;
  }

  #settle(thread: Thread<Job, Answer>, answer: ThreadAnswer<Answer>): void {
    const { busy } = thread;
    if (!busy) return;
    clearTimeout(busy.timer);
    thread.busy = undefined;
    thread.worker.unref();
    busy.waiting.settle(answer);
    this.#next();
  }

  #end(thread: Thread<Job, Answer>, why: string): void {
    const index = this.#threads.indexOf(thread);
    if (index >= 0) this.#threads.splice(index, 1);
    void thread.worker.terminate();
    this.#settle(thread, { ended: true, why });
    this.#next();
  }
}
