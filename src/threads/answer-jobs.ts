import { parentPort } from 'node:worker_threads';

/** `ready` once: from then on the time of a job counts. */
export type ThreadMessage<Answer> = { readonly ready: true } | { readonly answer: Answer };

/** Inside a thread of a ThreadPool: does each job that comes, one after the other. */
export function answerJobs<Job, Answer>(work: (job: Job) => Answer | Promise<Answer>): void {
  const tell = (message: ThreadMessage<Answer>) => parentPort?.postMessage(message);
  parentPort?.on('message', async (job: Job) => tell({ answer: await work(job) }));
  tell({ ready: true });
}
