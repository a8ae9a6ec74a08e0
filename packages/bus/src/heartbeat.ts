import { type Failing, type Logger, type Metrics, startHeartbeat } from '@ballast/observability';
import type { Bus } from './connection.ts';
import { type HEARTBEAT_SERVICES, putHeartbeat } from './state.ts';

const EVERY_MS = 1_000;

type ServiceName = (typeof HEARTBEAT_SERVICES)[number];

/**
 * Puts the service's heartbeat with its counts, and with what it cannot do, on the bus each second
 * until stopped.
 * @param service asked at each beat where a process may change its part
 */
export function beatOnBus(
  bus: Bus,
  service: ServiceName | (() => ServiceName),
  {
    log,
    counts,
    failing,
  }: { log: Logger; counts: Metrics['counts']; failing?: () => Failing | null },
): { stop(): Promise<void> } {
  const nameNow = typeof service === 'string' ? () => service : service;
  return startHeartbeat({
    service: nameNow(),
    everyMs: EVERY_MS,
    publish: (beat) => putHeartbeat(bus, { ...beat, service: nameNow() }),
    counts,
    failing,
    log,
  });
}
