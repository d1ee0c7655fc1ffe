import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inSpan, metricsText, startTracing, type Tracing } from '../telemetry/index.ts';
import { createEnvironment } from './create-environment.ts';
import { environmentFind } from './environment-store.ts';
import { ana, type EnvironmentWorld, environmentWorld, roleArn } from './testing/environment-world.ts';

let tracing: Tracing | undefined;
let world: EnvironmentWorld;
const spans = new InMemorySpanExporter();
beforeAll(async () => {
  tracing = await startTracing({}, new SimpleSpanProcessor({ exporter: spans }));
  world = await environmentWorld();
});
afterAll(async () => {
  await world.close();
  await tracing?.close();
});

test('the work of a deployment belongs to the trace of the request, and is measured', async () => {
  const { tools } = world;
  await world.template('network', [{ version: '1.0' }]);
  const spec = 'proton: EnvironmentSpec\nspec: {}\n';
  const asked = { name: 'dev', templateName: 'network', majorVersion: 1, protonServiceRoleArn: roleArn, spec };
  const created = await inSpan('request', {}, () => createEnvironment(tools, asked, ana));
  expect(created).toMatchObject({ ok: true });
  await expect
    .poll(async () => (await environmentFind(tools.db, 'dev'))?.status, { timeout: 20_000 })
    .toBe('SUCCEEDED');
  const named = (name: string) => spans.getFinishedSpans().find((span) => span.name === name);
  await expect.poll(() => named('workflow deploy'), { timeout: 5_000 }).toBeDefined();
  const request = named('request')?.spanContext();
  const work = named('workflow deploy');
  expect(work?.parentSpanContext?.spanId).toBe(request?.spanId);
  const steps = spans.getFinishedSpans().filter(({ name }) => name.startsWith('step '));
  expect(steps.map(({ name }) => name)).toEqual(
    ['render', 'check', 'preview', 'plan', 'decide', 'apply', 'settled'].map((name) => `step ${name}`),
  );
  for (const step of steps) {
    expect(step.spanContext().traceId).toBe(request?.traceId);
    expect(step.parentSpanContext?.spanId).toBe(work?.spanContext().spanId);
  }
  const { text } = await metricsText();
  const labels = 'target="environment",operation="create",outcome="succeeded"';
  expect(text).toContain(`deuteron_deployment_duration_seconds_count{${labels}} 1`);
});
