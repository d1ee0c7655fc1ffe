import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiAccess, fetchSigned } from '../../cli/api-client.ts';
import { eventLog, publishEvents } from '../../events/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let access: ApiAccess;
const streamLimits = { streamsMax: 3, heartbeatMs: 100, stalledMs: 300, lastWordMs: 200, lifeMs: 60_000 };
beforeAll(async () => {
  api = await startTestApi({ streamLimits });
  access = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
});
afterAll(() => api.close());

const resource = (name: string) => `arn:aws:proton:us-east-1:111122223333:environment/${name}`;

async function tell(...names: string[]): Promise<void> {
  for (const name of names) {
    const detail = JSON.stringify({ name });
    await sql`select event_tell('test', ${`Type ${name[0]}`}, ${resource(name)}, ${detail}::jsonb)`.execute(api.db);
  }
  await publishEvents(api.webhooks);
}

interface Message {
  id?: string;
  event?: string;
  data?: { detail: { name: string } };
}

/** A client of server-sent events that reads messages one by one. */
async function stream(options: { query?: Record<string, string[]>; headers?: Record<string, string> } = {}) {
  const leaving = new AbortController();
  const headers = { accept: 'text/event-stream', ...options.headers };
  const request = { method: 'GET', path: '/events', query: options.query, headers } as const;
  const response = await fetchSigned(access, request, leaving.signal);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    response,
    /** The next message with data; heartbeats are taken down. */
    async next(wants: (message: Message) => boolean = ({ data }) => data !== undefined): Promise<Message | undefined> {
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end >= 0) {
          const fields = text.slice(0, end).split('\n');
          text = text.slice(end + 2);
          const message: Message = {};
          for (const field of fields) {
            const [, name, value = ''] = /^([a-z]+): (.*)$/.exec(field) ?? [];
            if (name === 'data') message.data = JSON.parse(value);
            else if (name === 'id' || name === 'event') message[name] = value;
          }
          if (wants(message)) return message;
          continue;
        }
        const { value, done } = await reader.read();
        if (done) return undefined;
        text += value;
      }
    },
    async leave() {
      leaving.abort();
      await reader.cancel().catch(() => undefined);
    },
  };
}

test('a stream begins with what happens next', async () => {
  await tell('a-before');
  const events = await stream();
  expect(events.response.headers.get('content-type')).toContain('text/event-stream');
  await tell('a-after');
  const { last } = await eventLog(api.db);
  expect(await events.next()).toMatchObject({
    id: String(last),
    data: { version: '0', 'detail-type': 'Type a', resources: [resource('a-after')], detail: { name: 'a-after' } },
  });
  await events.leave();
});

test('a client that was cut resumes where it was, by Last-Event-ID', async () => {
  const first = await stream();
  await tell('b-1', 'b-2', 'b-3');
  const seen = await first.next();
  expect(seen?.data?.detail.name).toBe('b-1');
  await first.leave();
  await tell('b-4');
  const second = await stream({ headers: { 'last-event-id': seen?.id ?? '' } });
  const names = [await second.next(), await second.next(), await second.next()].map((each) => each?.data?.detail.name);
  expect(names).toEqual(['b-2', 'b-3', 'b-4']);
  await second.leave();
});

test('it sends what is asked for, and its position even so', async () => {
  const events = await stream({ query: { type: ['Type c'], resource: [resource('c-y*')] } });
  await tell('c-no', 'd-yes', 'c-yes', 'd-last');
  expect((await events.next())?.data?.detail.name).toBe('c-yes');
  const { last } = await eventLog(api.db);
  const heartbeat = await events.next(({ id, data }) => id === String(last) && data === undefined);
  expect(heartbeat).toEqual({ id: String(last) });
  await events.leave();
});

test('who resumes from before what is kept is told of the gap', async () => {
  await tell('e-1', 'e-2');
  const { last } = await eventLog(api.db);
  await sql`update event_log set forgotten_position = ${last - 1}`.execute(api.db);
  const events = await stream({ query: { after: ['0'] } });
  expect(await events.next()).toEqual({ event: 'gap', id: String(last - 1), data: { after: 0, forgotten: last - 1 } });
  expect((await events.next())?.data?.detail.name).toBe('e-2');
  await events.leave();
});

test('there are only so many streams', async () => {
  const streams = [await stream(), await stream(), await stream()];
  const refused = await fetchSigned(access, {
    method: 'GET',
    path: '/events',
    headers: { accept: 'text/event-stream' },
  });
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ error: { code: 'event-streams-limit' } });
  await Promise.all(streams.map((each) => each.leave()));
  const next = async () => {
    const { response, leave } = await stream();
    await leave();
    return response.status;
  };
  await expect.poll(next).toBe(200);
});

test('pages for who asks for JSON', async () => {
  const { last: before } = await eventLog(api.db);
  await tell('f-1', 'g-2', 'f-3');
  const query = { after: String(before), type: 'Type f', limit: '2' };
  const first = await (await fetchSigned(access, { method: 'GET', path: '/events', query })).json();
  expect(first).toMatchObject({ events: [{ detail: { name: 'f-1' } }], next: before + 2 });
  const next = { ...query, after: String(before + 2) };
  const second = await (await fetchSigned(access, { method: 'GET', path: '/events', query: next })).json();
  expect(second).toMatchObject({ events: [{ detail: { name: 'f-3' } }], next: before + 3 });
});

test('clients that take nothing are let go, and give their places to others', async () => {
  const { last } = await eventLog(api.db);
  const filler = 'x'.repeat(8_000);
  await sql`select event_tell('test', 'Type h', ${resource('h')}, jsonb_build_object('filler', ${filler}::text, 'n', n))
    from generate_series(1, 2000) as n`.execute(api.db);
  await publishEvents(api.webhooks);
  const query = { after: [String(last)] };
  const stalled = await Promise.all(Array.from({ length: streamLimits.streamsMax }, () => stream({ query })));
  const next = async () => {
    const { response, leave } = await stream();
    await leave();
    return response.status;
  };
  expect(await next()).toBe(429);
  await expect.poll(next, { timeout: 20_000 }).toBe(200);
  await Promise.all(stalled.map((each) => each.leave()));
});

test('the end of the server ends its streams', async () => {
  const own = await startTestApi({ streamLimits });
  const response = await fetchSigned(
    { endpoint: own.url, accessKeyId: own.key.id, secretAccessKey: own.key.secret },
    { method: 'GET', path: '/events', headers: { accept: 'text/event-stream' } },
  );
  const text = response.text();
  await own.close();
  expect(await text).toContain('retry: ');
});
