import {
  type Attributes,
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

/** Spans cost next to nothing while nobody collects them: see start-tracing.ts. */
const tracer = trace.getTracer('deuteron');

export type SpanFacts = Attributes;

/** Does work as a span of the trace that is under way, or of a new one. Work that throws is marked as failed. */
export function inSpan<Value>(name: string, facts: SpanFacts, work: (span: Span) => Promise<Value>): Promise<Value> {
  return tracer.startActiveSpan(name, { attributes: facts }, (span) => ended(span, work));
}

/** A span of a call to another system. */
export function inCallSpan<Value>(
  name: string,
  facts: SpanFacts,
  work: (span: Span) => Promise<Value>,
): Promise<Value> {
  return tracer.startActiveSpan(name, { attributes: facts, kind: SpanKind.CLIENT }, (span) => ended(span, work));
}

async function ended<Value>(span: Span, work: (span: Span) => Promise<Value>): Promise<Value> {
  try {
    return await work(span);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).name });
    throw error;
  } finally {
    span.end();
  }
}

/** A span that a request begins and its answer ends. @param headers may name the trace of whoever asks */
export function startRequestSpan(name: string, headers: Readonly<Record<string, unknown>>): RequestSpan {
  const around = propagation.extract(context.active(), headers);
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER }, around);
  return { span, inside: trace.setSpan(around, span) };
}

export interface RequestSpan {
  readonly span: Span;
  readonly inside: Context;
}

export function within<Value>(at: Context, work: () => Value): Value {
  return context.with(at, work);
}

/** The trace that is under way, in the form of W3C Trace Context, to be kept with work that is done later. */
export function traceparent(): string | undefined {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent;
}

/** Work that belongs to a trace that was kept. */
export function inTrace<Value>(kept: string | undefined, work: () => Value): Value {
  if (kept === undefined) return work();
  return context.with(propagation.extract(context.active(), { traceparent: kept }), work);
}

/** The ids of the span that is under way, for log lines. */
export function traceFacts(): object {
  const at = trace.getActiveSpan()?.spanContext();
  return at && trace.isSpanContextValid(at) ? { traceId: at.traceId, spanId: at.spanId } : {};
}
