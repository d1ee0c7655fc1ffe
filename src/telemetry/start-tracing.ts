import { context, propagation, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

export interface Tracing {
  /** Sends what was collected. */
  close(): Promise<void>;
}

/**
 * Collects spans and sends them by OTLP over HTTP, when the usual variables say where to (OTEL_EXPORTER_OTLP_ENDPOINT or
 * OTEL_EXPORTER_OTLP_TRACES_ENDPOINT; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES name the service). Nothing is loaded
 * otherwise.
 * @param processor for tests: where spans go instead
 */
export async function startTracing(
  env: Readonly<Record<string, string | undefined>>,
  processor?: SpanProcessor,
): Promise<Tracing | undefined> {
  const isWanted = env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  if (!processor && (!isWanted || env.OTEL_SDK_DISABLED === 'true')) return undefined;
  const [{ AsyncLocalStorageContextManager }, { W3CTraceContextPropagator }, sdk, resources, otlp] = await Promise.all([
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/core'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const named = resources.detectResources({ detectors: [resources.envDetector] });
  const resource = resources
    .resourceFromAttributes({ 'service.name': env.OTEL_SERVICE_NAME ?? 'deuteron' })
    .merge(named);
  const provider = new sdk.TracerProvider({
    resource,
    spanProcessors: [processor ?? new sdk.BatchSpanProcessor({ exporter: new otlp.OTLPTraceExporter() })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    async close() {
      await provider.shutdown();
      trace.disable();
      propagation.disable();
      context.disable();
    },
  };
}
