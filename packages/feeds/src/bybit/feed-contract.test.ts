import { ownRoutes } from '../connection/routes.ts';
import { startScriptedSocket } from '../connection/scripted-socket.fixture.ts';
import { type ContractSource, describeFeedContract } from '../feed-contract.fixture.ts';
import type { Route } from '../feed.ts';
import { openBybitFeed } from './public-feed.ts';
import { linear, tradeFrame } from './scripted-venue.fixture.ts';

type Asked = { op: string; args?: string[]; req_id?: string };

function route(symbol: string): Route {
  const [found] = ownRoutes([linear(symbol, '0.01')]);
  if (found === undefined) throw new Error('no route');
  return found;
}

const bybit: ContractSource = {
  name: 'bybit',
  routes: [route('BTCUSDT'), route('ETHUSDT')],
  start: () =>
    startScriptedSocket({
      onMessage(data, { socket, symbols }) {
        const { op, args = [], req_id }: Asked = JSON.parse(data.toString());
        for (const topic of args) {
          const symbol = topic.slice(topic.lastIndexOf('.') + 1);
          if (op === 'subscribe') symbols.add(symbol);
          else symbols.delete(symbol);
        }
        socket.send(JSON.stringify({ success: true, ret_msg: '', op, req_id, conn_id: 'c' }));
      },
    }),
  open: ({ url }, options) => openBybitFeed({ url, ...options }),
  tradeFrame: (symbol, ...trades) =>
    JSON.stringify(
      tradeFrame(
        symbol,
        ...trades.map(({ price, quantity, eventTime, id }) => ({
          p: price,
          v: quantity,
          T: eventTime,
          i: id,
        })),
      ),
    ),
  faulty: [
    { what: 'garbage', frame: '\u0000[[[', code: 'FEED_FRAME_MALFORMED' },
    { what: 'a binary frame', frame: Buffer.from('{}'), code: 'FEED_FRAME_MALFORMED' },
  ],
  broken: (symbol) => {
    const whole = JSON.stringify(tradeFrame(symbol, {}));
    const retyped = JSON.stringify(tradeFrame(symbol, { p: 27_451.5 }));
    return {
      truncated: { frame: whole.slice(0, -20), code: 'FEED_FRAME_MALFORMED' },
      oversized: { frame: whole.padEnd(1_100_000), code: 'FEED_FRAME_TOO_LARGE' },
      renamed: {
        frame: whole.replaceAll(symbol, `1000${symbol}`),
        code: 'FEED_SYMBOL_UNKNOWN',
      },
      retyped: { frame: retyped, code: 'FEED_PRICE_INVALID' },
    };
  },
};

describeFeedContract(bybit);
