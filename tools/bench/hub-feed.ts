import { createMarketPublisher, openBus } from '@ballast/bus';
import { isMarketEvent, openBybitFeed, ownRoutes } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { benchInstrument } from './bench-instrument.ts';

/** Child process of the hub bench: the code of market-data from socket to stream. */
const [venueUrl = '', redisUrl = ''] = process.argv.slice(2);
const log = createLogger('bench-feed', 'error');
const bus = openBus(redisUrl, 'bench-feed', log);
const publisher = createMarketPublisher(bus, 'bybit', {
  log,
  runId: String(process.pid),
  onPressure: (high) => feed.setPaused(high),
});
const feed = openBybitFeed({
  url: venueUrl,
  routes: ownRoutes([benchInstrument('BTCUSDT')]),
  handlers: {
    onEvents(events) {
      for (const event of events) if (isMarketEvent(event)) publisher.publish(event);
    },
    onState() {},
  },
  log,
  staleAfterMs: 600_000,
});

/** Any message asks for the counts. */
process.on('message', () => {
  process.send?.({ dropped: publisher.counts.dropped, faults: feed.counts.faults });
});
process.on('disconnect', () => process.exit(0));
await bus.run('PING', (redis) => redis.ping());
process.send?.({ connected: true });
