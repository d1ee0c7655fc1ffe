import { hostname } from 'node:os';
import { isRunning } from '../database/index.ts';
import { deathOf, type Work, type WorkflowNode } from '../workflows/index.ts';
import type { Finding } from './finding.ts';
import { lasting } from './times.ts';

/** A burial takes a second or two; one that is late is not being done. */
const burialMs = 15_000;
/** A worker takes what waits within a second, unless all are full. */
const waitingMs = 60_000;

/** What the processes and their work tell: who is gone and not replaced, and what waits in vain. */
export function workFindings(nodes: readonly WorkflowNode[], work: readonly Work[], now: Date): Finding[] {
  const judge = { host: hostname(), isRunning, steadyMs: Number.POSITIVE_INFINITY };
  const living = nodes.filter((node) => deathOf(node, judge) === undefined);
  const workers = living.filter(({ runs }) => runs.length > 0);
  return [
    ...nodes.filter((node) => !living.includes(node)).flatMap((node) => deadNode(node, living, work)),
    ...living.flatMap(silentNode),
    ...(workers.length === 0 ? noWorker(living, work) : withoutWorker(workers, work, now)),
    ...withoutExecutor(nodes, work),
    ...setAside(work),
  ];
}

function nameOf({ executorId, host, pid }: WorkflowNode): string {
  return `${executorId} (process ${pid} on ${host})`;
}

function deadNode(node: WorkflowNode, living: readonly WorkflowNode[], work: readonly Work[]): Finding[] {
  const left = work.filter(({ executorId }) => executorId === node.executorId).length;
  const mayBeDone = living.length > 0 && node.silentMs < burialMs;
  if (left === 0 || mayBeDone) return [];
  const byWhom = living.length > 0 ? 'although others run' : 'since no other runs';
  return [
    {
      finding: 'node-not-buried',
      subject: nameOf(node),
      message: `This process ended ${lasting(node.silentMs)} ago, and nobody has taken over its ${left} pieces of work, ${byWhom}.`,
      remedy:
        living.length > 0
          ? 'Look for "takeover is tried again" in the logs of the others; restart them one after the other.'
          : 'Start a server: `deuteron server`. It takes over within seconds.',
    },
  ];
}

function silentNode(node: WorkflowNode): Finding[] {
  if (node.silentMs < 6_000) return [];
  return [
    {
      finding: 'node-silent',
      subject: nameOf(node),
      message: `This process has not been heard for ${Math.round(node.silentMs / 1000)} s. It is frozen, overloaded, or cut off from the database.`,
      remedy: 'If it does not come back, its work is taken over by itself. Look at its machine.',
    },
  ];
}

function noWorker(living: readonly WorkflowNode[], work: readonly Work[]): Finding[] {
  const waits = work.length === 0 ? 'Nothing is to be done yet.' : `${work.length} pieces of work wait.`;
  if (living.length === 0 && work.length === 0) return [];
  return [
    {
      finding: 'no-worker',
      subject: living.length === 0 ? 'no process runs' : `${living.length} processes run, with the role api`,
      message: `No process carries out deployments. ${waits}`,
      remedy: 'Start one: `deuteron server --role worker`, or without --role for both.',
    },
  ];
}

/** Of each kind one finding: there may be thousands of one kind. */
function withoutWorker(workers: readonly WorkflowNode[], work: readonly Work[], now: Date): Finding[] {
  const known = new Set(workers.flatMap(({ runs }) => runs));
  const late = work.filter(({ state, since }) => state === 'waiting' && now.getTime() - since.getTime() > waitingMs);
  return [...Map.groupBy(late, ({ kind }) => kind)].map(([kind, pieces]) => {
    const oldest = lasting(now.getTime() - (pieces[0]?.since ?? now).getTime());
    return known.has(kind)
      ? {
          finding: 'work-without-worker',
          subject: `${pieces.length} of "${kind}"`,
          message: `This work waits for a free place, the oldest for ${oldest}: every worker carries out as much as it may.`,
          remedy: 'Start another worker: `deuteron server --role worker`; or raise --concurrency.',
        }
      : {
          finding: 'work-without-worker',
          subject: `${pieces.length} of "${kind}"`,
          message: `No process that runs knows this kind of work, the oldest has waited for ${oldest}. It was begun by a newer version of Deuteron, or by one that is too old.`,
          remedy: 'Start a worker of the version that began it, and let it end the work before you replace it.',
        };
  });
}

function withoutExecutor(nodes: readonly WorkflowNode[], work: readonly Work[]): Finding[] {
  const known = new Set(nodes.map(({ executorId }) => executorId));
  return work
    .filter(({ state, executorId }) => state === 'running' && !known.has(executorId ?? ''))
    .map(({ id, kind, executorId }) => ({
      finding: 'work-without-executor',
      subject: `${kind} ${id}`,
      message: `This work is given to ${executorId}, a process that nobody knows any more.`,
      remedy: `As long as any server runs it is found and begun again within seconds; otherwise report it with the log around ${id}.`,
    }));
}

function setAside(work: readonly Work[]): Finding[] {
  return work
    .filter(({ state }) => state === 'set-aside')
    .map(({ id, kind }) => ({
      finding: 'work-set-aside',
      subject: `${kind} ${id}`,
      message: 'This work was set aside in the tables of the workflow engine, by hand or by another program.',
      remedy: `Take it up again: \`npx dbos workflow resume ${id}\`, or cancel the deployment.`,
    }));
}
