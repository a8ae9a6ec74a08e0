import { monitorEventLoopDelay } from 'node:perf_hooks';
import manifest from '../package.json' with { type: 'json' };
import type { Logger } from './logger.ts';

/** What a service that lives cannot do now. `since` is epoch ms. */
export interface Failing {
  /** A reason code. */
  code: string;
  /** Goes on after "cannot": "store anything". */
  cannot: string;
  /** What follows from it and what to do, in sentences. */
  advice: string;
  since: number;
}

/** `at` and `startedAt` are epoch ms; without `failing` it can do all. */
export interface Heartbeat {
  service: string;
  at: number;
  startedAt: number;
  pid: number;
  version: string;
  loopDelayP99Ms: number;
  counts: Record<string, number>;
  failing?: Failing;
}

interface HeartbeatOptions {
  service: string;
  everyMs: number;
  publish(beat: Heartbeat): Promise<void>;
  counts?(): Promise<Record<string, number>> | Record<string, number>;
  /** Asked at each beat; null: it can do all. */
  failing?: (() => Failing | null) | undefined;
  log: Logger;
}

const NANOSECONDS_PER_MS = 1e6;

/**
 * Publishes at once and then every `everyMs`. A beat that is still being published is not
 * overtaken by the next one, and a failed one is logged: silence is what the reader watches for.
 */
export function startHeartbeat(options: HeartbeatOptions): { stop(): Promise<void> } {
  const { service, everyMs, publish, counts, log } = options;
  const loopDelay = monitorEventLoopDelay({ resolution: 10 });
  loopDelay.enable();
  const startedAt = Date.now() - Math.round(process.uptime() * 1000);
  let underWay: Promise<void> | undefined;

  async function beat(): Promise<void> {
    try {
      const loopDelayP99Ms = loopDelay.percentile(99) / NANOSECONDS_PER_MS;
      loopDelay.reset();
      const failing = options.failing?.() ?? null;
      await publish({
        service,
        at: Date.now(),
        startedAt,
        pid: process.pid,
        version: manifest.version,
        loopDelayP99Ms,
        counts: (await counts?.()) ?? {},
        ...(failing === null ? {} : { failing }),
      });
    } catch (error) {
      log.warn({ err: error }, 'heartbeat was not published');
    } finally {
      underWay = undefined;
    }
  }

  function tick(): void {
    underWay ??= beat();
  }

  tick();
  const timer = setInterval(tick, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
      loopDelay.disable();
    },
  };
}
