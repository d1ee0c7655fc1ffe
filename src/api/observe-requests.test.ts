import { CreateEnvironmentTemplateCommand, ListEnvironmentTemplatesCommand } from '@aws-sdk/client-proton';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchSigned } from '../cli/api-client.ts';
import { accept } from '../errors/index.ts';
import { createLog, type Log } from '../log/index.ts';
import { inSpan, startTracing, type Tracing } from '../telemetry/index.ts';
import { startTestApi, type TestApi } from './testing/index.ts';

let api: TestApi;
let tracing: Tracing | undefined;
const spans = new InMemorySpanExporter();
const written: Record<string, unknown>[] = [];
const log: Log = createLog('debug', { write: (line) => void written.push(JSON.parse(line)) });

beforeAll(async () => {
  tracing = await startTracing({}, new SimpleSpanProcessor({ exporter: spans }));
  api = await startTestApi({
    log,
    operations: {
      ListEnvironmentTemplates: async () => {
        await inSpan('inner', {}, async () => log.info({}, 'from deep within'));
        return accept({ templates: [] });
      },
      CreateEnvironmentTemplate: async () => {
        throw new Error('broken');
      },
    },
  });
});
afterAll(async () => {
  await api.close();
  await tracing?.close();
});

const linesOf = (requestId: string | undefined) => written.filter((line) => line.requestId === requestId);

test('each line of a request has the id that its answer has', async () => {
  const { $metadata } = await api.proton.send(new ListEnvironmentTemplatesCommand({}));
  expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(linesOf($metadata.requestId).map(({ msg }) => msg)).toContain('from deep within');
  const failed = await api.proton.send(new CreateEnvironmentTemplateCommand({ name: 'a' })).catch((error) => error);
  const [error] = linesOf(failed.$metadata.requestId).filter(({ level }) => level === 50);
  expect(error).toMatchObject({ msg: 'An operation failed unexpectedly.' });
  expect(failed.message).toContain(failed.$metadata.requestId);
});

test('requests are measured by operation and status, never by what users call things', async () => {
  await api.proton.send(new ListEnvironmentTemplatesCommand({}));
  const access = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  await fetchSigned(access, { method: 'GET', path: '/webhooks/some-secret-name' });
  await fetch(`${api.url}/nothing/some-secret-name`);
  const answer = await fetch(`${api.url}/metrics`);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  const text = await answer.text();
  for (const labels of [
    'operation="proton:ListEnvironmentTemplates",status="200"',
    'operation="GET /api/v1/webhooks/:id",status="404"',
    'operation="none",status="404"',
  ]) {
    expect(text).toContain(`deuteron_http_request_duration_seconds_count{${labels}}`);
  }
  expect(text).toContain('deuteron_process_cpu_seconds_total');
  expect(text).not.toContain('some-secret-name');
});

test('a request is a span of its caller’s trace, and what it does is within', async () => {
  spans.reset();
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await fetch(`${api.url}/health`, { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
  await api.proton.send(new ListEnvironmentTemplatesCommand({}));
  const named = (name: string) => spans.getFinishedSpans().find((span) => span.name === name);
  await expect.poll(() => named('proton:ListEnvironmentTemplates')).toBeDefined();
  expect(named('GET /health')?.spanContext().traceId).toBe(traceId);
  const request = named('proton:ListEnvironmentTemplates');
  expect(named('inner')?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  const [line] = written.filter(({ msg }) => msg === 'from deep within').slice(-1);
  expect(line?.traceId).toBe(request?.spanContext().traceId);
});
