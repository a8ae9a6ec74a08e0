import { type Bus, HEARTBEAT_SERVICES, openBus, putHeartbeat } from '@ballast/bus';
import { createLogger } from '@ballast/observability';
import type { TestRedis } from '../../../tools/stores/test-stores.ts';

/** Every service beats each half second until the returned function is called. */
export async function beatAll(redis: TestRedis): Promise<() => Promise<void>> {
  const log = createLogger('test', 'fatal');
  const buses: Bus[] = [];
  async function beat(): Promise<void> {
    await Promise.all(
      HEARTBEAT_SERVICES.map((service, i) => {
        // One of the two processes of market-data beats as its standby.
        const user = service === 'market-data-standby' ? 'market-data' : service;
        const bus = (buses[i] ??= openBus(redis.urls[user], 'test', log));
        const at = Date.now();
        const rest = { startedAt: at, pid: 1, version: '0', loopDelayP99Ms: 0, counts: {} };
        return putHeartbeat(bus, { service, at, ...rest });
      }),
    );
  }
  await beat();
  const timer = setInterval(() => void beat(), 500);
  return async () => {
    clearInterval(timer);
    await Promise.all(buses.map((bus) => bus.close()));
  };
}
