import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import {
  type Event,
  type EventFilter,
  type EventSignals,
  eventEnvelope,
  eventLog,
  eventsAfter,
  wantsEvent,
} from '../../events/index.ts';
import type { Log } from '../../log/index.ts';

export interface EventStreamTools {
  readonly db: Db;
  readonly signals: EventSignals;
  readonly log: Log;
  readonly streamLimits?: EventStreamLimits;
}

export interface EventStreamLimits {
  /** Streams at once in this process. */
  readonly streamsMax: number;
  /** After so long without a word there is one, so that nobody in between takes the connection for dead. */
  readonly heartbeatMs: number;
  /** A client that takes nothing for so long is let go. */
  readonly stalledMs: number;
  /** How long a client has to take what is left when its stream ends. */
  readonly lastWordMs: number;
  /** Then the client has to sign anew. */
  readonly lifeMs: number;
}

export const usualStreamLimits: EventStreamLimits = {
  streamsMax: 500,
  heartbeatMs: 15_000,
  stalledMs: 30_000,
  lastWordMs: 1_000,
  lifeMs: 60 * 60_000,
};

export interface EventStreams {
  /** Sends what is behind a position, and goes on. @refuses event-streams-limit */
  open(
    reply: FastifyReply,
    start: number,
    filter: EventFilter,
    reader: StreamReader,
  ): Result<void, Refusal<'event-streams-limit'>>;
  /** Ends all streams; their clients come back to another process, and resume. */
  close(): void;
}

export interface StreamReader {
  /** Those that he may read. */
  readonly readable: (events: readonly Event[]) => Promise<readonly Event[]>;
  /** false: his stream ends. */
  readonly isThere: () => Promise<boolean>;
}

const batchMax = 200;
const retryMs = 3_000;

/**
 * Server-sent events. Nothing is buffered for a client beyond one batch: each stream reads from the database when its
 * client has taken what was sent before. Source: HTML standard, "Server-sent events".
 */
export function openEventStreams({ db, signals, log, streamLimits }: EventStreamTools): EventStreams {
  const limits = streamLimits ?? usualStreamLimits;
  const open = new Set<AbortController>();

  async function follow(
    response: ServerResponse,
    start: number,
    { filter, readable, isThere }: StreamReader & { readonly filter: EventFilter },
    end: AbortSignal,
  ): Promise<void> {
    const doorbell = new Doorbell();
    const unsubscribe = signals.on('published', () => doorbell.ring());
    const send = (text: string) => write(response, text, end, limits.stalledMs);
    let position = start;
    try {
      await send(`retry: ${retryMs}\n\n`);
      const { forgotten } = await eventLog(db);
      if (position < forgotten) {
        await send(`event: gap\ndata: ${JSON.stringify({ after: position, forgotten })}\nid: ${forgotten}\n\n`);
        position = forgotten;
      }
      while (!end.aborted && (await isThere())) {
        const batch = await eventsAfter(db, position, batchMax);
        const wanted = batch.filter((event) => wantsEvent(filter, event));
        const text = wanted.length > 0 ? (await readable(wanted)).map(eventText) : [];
        position = batch.at(-1)?.position ?? position;
        if (text.length > 0) await send(text.join(''));
        if (batch.length === batchMax) continue;
        // the position goes along, so that a client that wants little does not resume from long ago
        if (!(await doorbell.answered(limits.heartbeatMs, end))) await send(`: here\nid: ${position}\n\n`);
      }
    } finally {
      unsubscribe();
    }
  }

  return {
    open(reply, start, filter, reader) {
      if (open.size >= limits.streamsMax) return tooMany(limits.streamsMax);
      const { raw: response } = reply;
      const end = new AbortController();
      const life = setTimeout(() => end.abort(), limits.lifeMs);
      open.add(end);
      response.on('close', () => end.abort());
      reply.hijack();
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        connection: 'close',
        'x-amzn-requestid': reply.request.id,
      });
      follow(response, start, { ...reader, filter }, end.signal)
        .catch((err) => end.signal.aborted || log.info({ err, requestId: reply.request.id }, 'an event stream ended'))
        .finally(() => {
          clearTimeout(life);
          open.delete(end);
          response.end();
          // what was sent and not taken would keep the connection, and with it the server, from ending
          setTimeout(() => response.destroy(), limits.lastWordMs).unref();
        });
      return accept(undefined);
    },
    close() {
      for (const end of open) end.abort();
    },
  };
}

function eventText(event: Event): string {
  return `id: ${event.position}\ndata: ${JSON.stringify(eventEnvelope(event))}\n\n`;
}

async function write(response: ServerResponse, text: string, end: AbortSignal, stalledMs: number): Promise<void> {
  if (end.aborted || response.write(text)) return;
  const stalled = AbortSignal.timeout(stalledMs);
  try {
    await once(response, 'drain', { signal: AbortSignal.any([end, stalled]) });
  } catch (error) {
    if (stalled.aborted) response.destroy();
    throw error;
  }
}

/** Remembers that it rang while nobody waited. */
class Doorbell {
  #rang = false;
  #wake = () => {};

  ring(): void {
    this.#rang = true;
    this.#wake();
  }

  /** Whether it rang within this time. */
  async answered(ms: number, end: AbortSignal): Promise<boolean> {
    if (!this.#rang && !end.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, ms);
        function wake() {
          clearTimeout(timer);
          end.removeEventListener('abort', wake);
          resolve();
        }
        this.#wake = wake;
        end.addEventListener('abort', wake, { once: true });
      });
    }
    const rang = this.#rang || end.aborted;
    this.#rang = false;
    return rang;
  }
}

function tooMany(max: number) {
  return refuse({
    kind: 'limit',
    code: 'event-streams-limit',
    message: `${max} event streams are open on this server, as many as there may be.`,
    remedy: 'Ask again later, or read pages of events instead.',
  });
}
