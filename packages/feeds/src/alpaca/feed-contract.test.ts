import { describeFeedContract } from '../feed-contract.fixture.ts';
import { openAlpacaFeed } from './data-feed.ts';
import { CREDENTIALS, frame, route, startStream, tradeItem } from './scripted-stream.fixture.ts';

const session = 'continuous';
const item = tradeItem('AAPL', {
  price: '100.15',
  quantity: '2',
  eventTime: 1_700_000_000_000,
  id: '9',
});

describeFeedContract<string | Buffer>({
  name: 'alpaca',
  routes: [route('AAPL', { session }), route('BTC/USD', { session })],
  start: () => startStream(),
  open: ({ url }, options) =>
    openAlpacaFeed({ ...options, url, stream: 'iex', credentials: CREDENTIALS }),
  tradeFrame: (symbol, ...trades) => frame(...trades.map((one) => tradeItem(symbol, one))),
  faulty: [
    { what: 'bytes that are no msgpack', frame: Buffer.from([0xc1]), code: 'FEED_FRAME_MALFORMED' },
    { what: 'text', frame: '[]', code: 'FEED_FRAME_MALFORMED' },
    { what: 'no list', frame: frame().fill(0x80), code: 'FEED_FRAME_MALFORMED' },
    { what: 'an item of no kind', frame: frame({ ...item, T: 'ß' }), code: 'FEED_TOPIC_UNKNOWN' },
    { what: 'a price of zero', frame: frame({ ...item, p: 0 }), code: 'FEED_PRICE_INVALID' },
    { what: 'a price below zero', frame: frame({ ...item, p: -1 }), code: 'FEED_PRICE_INVALID' },
    { what: 'a price off the tick', frame: frame({ ...item, p: 100.157 }), code: 'FEED_OFF_TICK' },
    { what: 'no size', frame: frame({ ...item, s: 0 }), code: 'FEED_QUANTITY_INVALID' },
    { what: 'no time', frame: frame({ ...item, t: 'now' }), code: 'FEED_TIME_INVALID' },
    { what: 'no id', frame: frame({ ...item, i: null }), code: 'FEED_FIELD_INVALID' },
  ],
  broken: (symbol) => ({
    truncated: { frame: frame(item).subarray(0, 20), code: 'FEED_FRAME_MALFORMED' },
    oversized: { frame: Buffer.alloc(2_000_000), code: 'FEED_FRAME_TOO_LARGE' },
    renamed: { frame: frame({ ...item, S: `${symbol}.OLD` }), code: 'FEED_SYMBOL_UNKNOWN' },
    retyped: { frame: frame({ ...item, S: symbol, p: '100.15' }), code: 'FEED_PRICE_INVALID' },
  }),
});
