import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  type LabelValues,
  Registry,
} from 'prom-client';

type Labels = LabelValues<string>;

export interface Metrics {
  counter(name: string, help: string, labelNames?: string[]): Count;
  /** prom-client's own gauge: `set(value)` or `set(labels, value)`. */
  gauge(name: string, help: string, labelNames?: string[]): Gauge<string>;
  /** prom-client's own histogram: `observe(value)` or `observe(labels, value)`. */
  histogram(
    name: string,
    help: string,
    buckets: number[],
    labelNames?: string[],
  ): Histogram<string>;
  /** The registry in Prometheus text format. */
  text(): Promise<string>;
  /** Every counter as one flat record (`name` or `name{label=value}`), for the heartbeat. */
  counts(): Promise<Record<string, number>>;
}

interface Count {
  inc(labels?: Labels, n?: number): void;
}

/** One registry per service; a name registered twice throws. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const counters: Counter<string>[] = [];
  return {
    counter(name, help, labelNames = []) {
      const counter = new Counter({ name, help, labelNames, registers: [registry] });
      counters.push(counter);
      return { inc: (labels = {}, n = 1) => counter.inc(labels, n) };
    },
    gauge: (name, help, labelNames = []) =>
      new Gauge({ name, help, labelNames, registers: [registry] }),
    histogram: (name, help, buckets, labelNames = []) =>
      new Histogram({ name, help, buckets, labelNames, registers: [registry] }),
    text: () => registry.metrics(),
    counts: () => flatten(counters),
  };
}

async function flatten(counters: Counter<string>[]): Promise<Record<string, number>> {
  const flat: Record<string, number> = {};
  for (const counter of counters) {
    const { name, values } = await counter.get();
    for (const { labels, value } of values) {
      const pairs = Object.entries(labels).map(([label, text]) => `${label}=${text}`);
      flat[pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`] = value;
    }
  }
  return flat;
}
