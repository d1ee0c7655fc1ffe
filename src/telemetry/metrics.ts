import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What this process measures, for Prometheus. Metrics are named `deuteron_<what>_<unit>`; labels have few values: never a
 * name that a user gave, nor an id.
 */
const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'deuteron_' });

interface MetricOptions<Label extends string> {
  readonly name: `deuteron_${string}`;
  readonly help: string;
  readonly labels?: readonly Label[];
}

export function counter<Label extends string = never>({ name, help, labels = [] }: MetricOptions<Label>) {
  return new Counter({ name, help, labelNames: [...labels], registers: [registry] });
}

/** Of durations in seconds. */
export function histogram<Label extends string = never>(
  { name, help, labels = [] }: MetricOptions<Label>,
  buckets: readonly number[],
) {
  return new Histogram({ name, help, labelNames: [...labels], buckets: [...buckets], registers: [registry] });
}

/** Requests and calls. */
export const shortBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Work that takes a provider's time. */
export const longBuckets = [1, 5, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400];

export type Readings<Label extends string> = readonly (readonly [Readonly<Partial<Record<Label, string>>>, number])[];

/**
 * A value that is read when somebody asks for the metrics; a reading that fails leaves the metric out of that answer.
 * @returns how to stop that
 */
export function gauge<Label extends string = never>(
  { name, help, labels = [] }: MetricOptions<Label>,
  read: () => Promise<Readings<Label>> | Readings<Label>,
): () => void {
  registry.removeSingleMetric(name); // of an installation that was started before in the same process
  const metric = new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    async collect() {
      this.reset();
      try {
        for (const [at, value] of await read()) this.set(at as Record<Label, string>, value);
      } catch {
        this.reset();
      }
    },
  });
  return () => {
    if (registry.getSingleMetric(name) === metric) registry.removeSingleMetric(name);
  };
}

/** All metrics in Prometheus's text format. */
export async function metricsText(): Promise<{ readonly contentType: string; readonly text: string }> {
  return { contentType: registry.contentType, text: await registry.metrics() };
}
