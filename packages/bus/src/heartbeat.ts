import { type Logger, type Metrics, startHeartbeat } from '@ballast/observability';
import type { Bus } from './connection.ts';
import { type HEARTBEAT_SERVICES, putHeartbeat } from './state.ts';

const EVERY_MS = 1_000;

/** Puts the service's heartbeat with its counts on the bus each second until stopped. */
export function beatOnBus(
  bus: Bus,
  service: (typeof HEARTBEAT_SERVICES)[number],
  { log, counts }: { log: Logger; counts: Metrics['counts'] },
): { stop(): Promise<void> } {
  return startHeartbeat({
    service,
    everyMs: EVERY_MS,
    publish: (beat) => putHeartbeat(bus, beat),
    counts,
    log,
  });
}
