import { createMarketPublisher, openBus } from '@ballast/bus';
import { isMarketEvent, openBybitFeed, ownRoutes } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { benchInstrument, benchSymbols } from './bench-instrument.ts';

/** Child process of the push bench: market-data from socket to stream, for a whole universe. */
const [venueUrl = '', redisUrl = '', instruments = ''] = process.argv.slice(2);
const log = createLogger('bench-hub', 'error');
const bus = openBus(redisUrl, 'bench-hub', log);
const publisher = createMarketPublisher(bus, 'bybit', { log, runId: String(process.pid) });
openBybitFeed({
  url: venueUrl,
  routes: ownRoutes(benchSymbols(Number(instruments)).map(benchInstrument)),
  handlers: {
    onEvents(events) {
      for (const event of events) if (isMarketEvent(event)) publisher.publish(event);
    },
    onState() {},
  },
  log,
  staleAfterMs: 600_000,
});
process.on('disconnect', () => process.exit(0));
await bus.run('PING', (redis) => redis.ping());
process.send?.({ connected: true });
