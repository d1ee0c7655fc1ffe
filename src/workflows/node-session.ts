import pg from 'pg';
import type { Log } from '../log/index.ts';
import { Lease } from './lease.ts';
import { nodeChannel, ownNode, sessionName } from './node-store.ts';
import { queueChannel } from './queue-watch.ts';

export interface NodeSession {
  readonly executorId: string;
  /** Settles once others have declared this process dead. */
  readonly lost: Promise<void>;
  isLost(): boolean;
  /** For how long it has been in touch with the database without a gap. */
  steadyMs(): number;
  /** Settles when it is certain that this process is not dead, or is; waits for that while the database is away. */
  confirm(): Promise<void>;
  /** Says that this process ends by itself; its work may be taken over at once. */
  stop(): Promise<void>;
}

const beatMs = 2_000;
const beatMsMax = 5_000;
/** Shorter than the silence after which others may call us dead (node-death.ts). */
const leaseMs = 8_000;
/** A gap between two beats after which others may have had one too. */
const gapMs = 5_000;
const againMs = 250;

/**
 * One session apart from all others, by which this process says that it lives, and hears when another stops or has put work
 * into a queue. It is opened again when it is cut.
 */
export async function openNodeSession(options: {
  readonly databaseUrl: string;
  readonly executorId: string;
  /** Kinds of workflow that this process runs. */
  readonly runs: readonly string[];
  readonly log: Log;
  readonly onStopped: () => void;
  /** A queue into which something was put; undefined: any, since messages may have been missed. */
  readonly onQueued: (queue: string | undefined) => void;
}): Promise<NodeSession> {
  const { executorId, log, onStopped, onQueued } = options;
  const lease = new Lease(leaseMs);
  let session: pg.Client | undefined;
  let beating: Promise<void> | undefined;
  let steadySince = Number.NEGATIVE_INFINITY;
  let lost = false;
  let stopped = false;
  let tellLost = () => {};
  const whenLost = new Promise<void>((settle) => {
    tellLost = settle;
  });

  async function open(): Promise<pg.Client> {
    const next = new pg.Client({
      connectionString: options.databaseUrl,
      application_name: sessionName(executorId, 'node'),
      connectionTimeoutMillis: beatMsMax,
      query_timeout: beatMsMax,
      keepAlive: true,
    });
    next.on('error', () => drop(next));
    next.on('end', () => drop(next));
    next.on('notification', ({ channel, payload }) => (channel === queueChannel ? onQueued(payload) : onStopped()));
    try {
      await next.connect();
      await next.query(`listen ${nodeChannel}; listen ${queueChannel}`);
    } catch (error) {
      next.end().catch(() => undefined);
      throw error;
    }
    session = next;
    onQueued(undefined);
    return next;
  }

  function drop(which: pg.Client | undefined): void {
    if (!which || session !== which) return;
    session = undefined;
    which.end().catch(() => undefined);
    if (!stopped) void beat().catch(() => undefined); // come back before others wonder
  }

  /** One at a time; @throws when the database could not be reached */
  function beat(): Promise<void> {
    beating ??= (async () => {
      const sentAt = lease.now();
      const by = session ?? (await open());
      try {
        const lives = await ownNode.beat(by, executorId);
        if (!lives) return becomeLost();
        if (lease.ageMs() > gapMs) steadySince = performance.now();
        lease.renew(sentAt);
      } catch (error) {
        drop(by);
        throw error;
      }
    })().finally(() => {
      beating = undefined;
    });
    return beating;
  }

  function becomeLost(): void {
    if (lost || stopped) return;
    lost = true;
    clearInterval(timer);
    tellLost();
  }

  async function confirm(): Promise<void> {
    while (!lost && !stopped && !lease.isHeld()) {
      await beat().catch(() => new Promise((next) => setTimeout(next, againMs)));
    }
  }

  const first = await open();
  await ownNode.insert(first, executorId, options.runs);
  const timer = setInterval(
    () => beat().catch((err) => stopped || log.warn({ err }, 'the database does not hear this process; trying again')),
    beatMs,
  );

  return {
    executorId,
    lost: whenLost,
    isLost: () => lost,
    steadyMs: () => performance.now() - steadySince,
    confirm,
    async stop() {
      stopped = true;
      clearInterval(timer);
      await beating?.catch(() => undefined);
      const last = session;
      session = undefined;
      if (!lost && last)
        await ownNode.stop(last, executorId).catch((err) => log.warn({ err }, 'could not say goodbye'));
      await last?.end().catch(() => undefined);
    },
  };
}
