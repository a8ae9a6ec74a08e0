import { type ContractSource, describeFeedContract } from '../feed-contract.fixture.ts';
import { finnhubTrades, startScriptedFinnhub, stockRoute } from './scripted-finnhub.fixture.ts';
import { openFinnhubFeed } from './trade-feed.ts';

const finnhub: ContractSource = {
  name: 'finnhub',
  routes: [stockRoute('AAPL'), stockRoute('MSFT')],
  start: startScriptedFinnhub,
  open: ({ url }, options) => openFinnhubFeed({ url, keys: ['k'], ...options }),
  tradeFrame: finnhubTrades,
  faulty: [
    { what: 'garbage', frame: '\u0000[[[', code: 'FEED_FRAME_MALFORMED' },
    { what: 'a binary frame', frame: Buffer.from('{}'), code: 'FEED_FRAME_MALFORMED' },
    { what: 'an unknown type', frame: '{"type":"news"}', code: 'FEED_TOPIC_UNKNOWN' },
    {
      what: 'an error of the source',
      frame: '{"type":"error","msg":"Subscribing to too many symbols"}',
      code: 'FEED_SOURCE_ERROR',
    },
  ],
  broken: (symbol) => {
    const whole = `{"data":[{"p":1,"s":"${symbol}","t":1,"v":1}],"type":"trade"}`;
    return {
      truncated: { frame: whole.slice(0, -20), code: 'FEED_FRAME_MALFORMED' },
      oversized: { frame: whole.padEnd(1_100_000), code: 'FEED_FRAME_TOO_LARGE' },
      renamed: { frame: whole.replace(symbol, `${symbol}.OLD`), code: 'FEED_SYMBOL_UNKNOWN' },
      retyped: { frame: whole.replace('"p":1', '"p":"1"'), code: 'FEED_PRICE_INVALID' },
    };
  },
};

describeFeedContract(finnhub);
