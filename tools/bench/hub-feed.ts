import { createMarketPublisher, openBus } from '@ballast/bus';
import { instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { isMarketEvent, openBybitFeed, ownRoutes } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';

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
  routes: ownRoutes([
    {
      id: instrumentId('bybit', 'linear', 'BTCUSDT'),
      baseCurrency: 'BTC',
      quoteCurrency: 'USDT',
      tickSize: parseScaled('0.1'),
      lotSize: parseScaled('0.001'),
      minQuantity: parseQuantity('0.001'),
      maxQuantity: parseQuantity('100'),
      minNotional: parseScaled('5'),
      multiplier: parseScaled('1'),
      sector: 'crypto',
      session: 'continuous',
    },
  ]),
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
