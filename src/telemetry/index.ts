/**
 * Telemetry: what a process measures, and the traces it takes part in.
 *
 * Lives here: the registry of metrics, spans, sending them. Never here: what is measured (each room says so where it
 * happens), log lines. Libraries: prom-client, the one that Prometheus's own documentation names for Node;
 * @opentelemetry/api everywhere, its SDK only in start-tracing.ts.
 */
export { counter, gauge, histogram, longBuckets, metricsText, type Readings, shortBuckets } from './metrics.ts';
export { startTracing, type Tracing } from './start-tracing.ts';
export {
  inCallSpan,
  inSpan,
  inTrace,
  type RequestSpan,
  startRequestSpan,
  traceFacts,
  traceparent,
  within,
} from './tracing.ts';
