import { instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import { openBybitFeed, ownRoutes } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { WebSocket } from 'ws';

/**
 * Child process of the feeds bench: reads trade frames for a while, by our feed or by the bare
 * client and one JSON.parse, and says how many trades a second it was.
 */
const WARM_UP_MS = 1_000;
const MEASURED_MS = 2_500;
const [url = '', how = ''] = process.argv.slice(2);
let trades = 0;

if (how === 'feed') readByFeed();
else readBare();

setTimeout(() => {
  const begun = trades;
  const startedAt = performance.now();
  setTimeout(() => {
    const seconds = (performance.now() - startedAt) / 1_000;
    process.send?.({ tradesPerSecond: Math.round((trades - begun) / seconds) }, () => {
      process.exit(0);
    });
  }, MEASURED_MS);
}, WARM_UP_MS);

function readBare(): void {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', (data: Buffer) => {
    const frame: unknown = JSON.parse(data.toString('utf8'));
    if (typeof frame === 'object' && frame !== null && 'data' in frame) {
      if (Array.isArray(frame.data)) trades += frame.data.length;
    }
  });
}

function readByFeed(): void {
  const btc = {
    ...{ id: instrumentId('bybit', 'linear', 'BTCUSDT'), baseCurrency: 'BTC' },
    ...{ quoteCurrency: 'USDT', tickSize: parseScaled('0.1'), lotSize: parseScaled('0.001') },
    ...{ minQuantity: parseQuantity('0.001'), maxQuantity: parseQuantity('100') },
    ...{ minNotional: parseScaled('5'), multiplier: parseScaled('1'), sector: 'crypto' },
    session: 'continuous' as const,
  };
  openBybitFeed({
    url,
    routes: ownRoutes([btc]),
    handlers: {
      onEvents(events) {
        trades += events.length;
      },
      onState() {},
    },
    log: createLogger('bench-feeds', 'error'),
    staleAfterMs: 600_000,
  });
}
