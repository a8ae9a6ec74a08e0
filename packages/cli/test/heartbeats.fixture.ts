import { type Bus, HEARTBEAT_SERVICES, openBus, putHeartbeat } from '@ballast/bus';
import { createLogger, type Failing } from '@ballast/observability';
import type { TestRedis } from '../../../tools/stores/test-stores.ts';

/** Every service beats each half second until `stop` is called, and says what `fail` was told. */
export async function beatAll(redis: TestRedis): Promise<{
  fail(failing: Readonly<Partial<Record<string, Failing>>>): void;
  stop(): Promise<void>;
}> {
  const log = createLogger('test', 'fatal');
  const buses: Bus[] = [];
  let told: Readonly<Partial<Record<string, Failing>>> = {};
  async function beat(): Promise<void> {
    await Promise.all(
      HEARTBEAT_SERVICES.map((service, i) => {
        // One of the two processes of market-data beats as its standby.
        const user = service === 'market-data-standby' ? 'market-data' : service;
        const bus = (buses[i] ??= openBus(redis.urls[user], 'test', log));
        const at = Date.now();
        const rest = { startedAt: at, pid: 1, version: '0', loopDelayP99Ms: 0, counts: {} };
        const failing = told[service];
        const faults = failing === undefined ? {} : { failing };
        return putHeartbeat(bus, { service, at, ...rest, ...faults });
      }),
    );
  }
  await beat();
  const timer = setInterval(() => void beat(), 500);
  return {
    fail: (failing) => (told = failing),
    async stop() {
      clearInterval(timer);
      await Promise.all(buses.map((bus) => bus.close()));
    },
  };
}
