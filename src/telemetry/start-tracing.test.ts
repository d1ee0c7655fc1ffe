import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { inSpan, inTrace, startTracing, traceFacts, traceparent } from './index.ts';

test('without an address nothing is collected, and work goes on', async () => {
  expect(await startTracing({})).toBeUndefined();
  expect(await inSpan('a', {}, async () => [traceparent(), traceFacts()])).toEqual([undefined, {}]);
});

test('spans go to the collector that the usual variables name, and a kept trace goes on', async () => {
  const bodies: string[] = [];
  const collector = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    bodies.push(`${request.url} ${Buffer.concat(pieces).toString('utf8')}`);
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => {
    collector.listen(0, '127.0.0.1', resolve);
  });
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(collector.address() as AddressInfo).port}`);
  vi.stubEnv('OTEL_SERVICE_NAME', 'deuteron-under-test');
  const tracing = await startTracing(process.env);
  const kept = await inSpan('asked', { step: 'one' }, async () => traceparent());
  await inTrace(kept, () => inSpan('done later', {}, async () => undefined));
  await expect(inSpan('broken', {}, () => Promise.reject(new TypeError('secret value')))).rejects.toThrow();
  await tracing?.close();
  vi.unstubAllEnvs();
  collector.close();

  const sent = bodies.join('\n');
  const traceId = kept?.split('-')[1] ?? '';
  expect(sent).toContain('/v1/traces');
  expect(sent).toContain('deuteron-under-test');
  expect(sent).not.toContain('secret value');
  const { resourceSpans } = JSON.parse(sent.slice(sent.indexOf('{')));
  const spans = resourceSpans.flatMap((resource: { scopeSpans: { spans: object[] }[] }) =>
    resource.scopeSpans.flatMap((scope) => scope.spans),
  );
  expect(spans).toMatchObject([
    { name: 'asked', traceId },
    { name: 'done later', traceId },
    { name: 'broken', status: { code: 2, message: 'TypeError' } },
  ]);
});
