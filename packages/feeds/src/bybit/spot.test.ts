import { instrumentId } from '@ballast/domain';
import { expect, test } from 'vitest';
import type { FeedFault } from '../faults.ts';
import type { FeedEvent } from '../feed.ts';
import { FrameReader } from './public-frames.ts';
import { linear } from './scripted-venue.fixture.ts';

const SPOT = { ...linear('BTCUSDT', '0.01'), id: instrumentId('bybit', 'spot', 'BTCUSDT') };
const TOP = 'orderbook.1.BTCUSDT';
const TICKERS = 'tickers.BTCUSDT';

function spot() {
  const faults: FeedFault[] = [];
  const asked: string[] = [];
  const reader = new FrameReader({
    wanted: { category: 'spot', bookDepth: null },
    fault: (code) => faults.push(code),
    onBookLost: (topic) => asked.push(topic),
  });
  reader.setRoutes([{ instrument: SPOT, symbol: 'BTCUSDT' }]);
  const tell = (topic: string, type: string, data: object): FeedEvent[] => {
    const frame = JSON.stringify({ topic, type, ts: 1_680_652_806_504, data });
    const result = reader.read(frame, 5);
    return result.kind === 'data' ? result.events : [];
  };
  return { faults, asked, tell };
}

const top = (u: number, b: string[][], a: string[][]) => ({ s: 'BTCUSDT', b, a, u });
const last = (lastPrice: unknown) => ({ symbol: 'BTCUSDT', lastPrice, volume24h: '8' });

test('a spot quote joins the last price of the ticker and the first level of the book', () => {
  const { tell, faults } = spot();
  const best = top(20, [['28165.07', '0.175231']], [['28165.08', '0.996816']]);
  expect(tell(TOP, 'snapshot', best)).toEqual([]);
  expect(tell(TICKERS, 'snapshot', last('28165.07'))).toEqual([
    {
      kind: 'quote',
      quote: {
        instrument: 'bybit.spot:BTCUSDT',
        source: 'bybit',
        bid: '28165.07',
        bidQuantity: '0.175231',
        ask: '28165.08',
        askQuantity: '0.996816',
        last: '28165.07',
        eventTime: 1_680_652_806_504,
        receivedTime: 5,
      },
    },
  ]);
  expect(tell(TICKERS, 'snapshot', last('28165.07'))).toEqual([]);
  const [changed] = tell(TOP, 'delta', top(21, [['28165.07', '0.166754']], []));
  expect(changed).toMatchObject({ quote: { bidQuantity: '0.166754', last: '28165.07' } });
  expect(faults).toEqual([]);
});

test('no quote is told from a first level that is lost', () => {
  const { tell, faults, asked } = spot();
  tell(TOP, 'snapshot', top(20, [['10.00', '1']], [['10.01', '1']]));
  expect(tell(TICKERS, 'snapshot', last('10.00'))).toHaveLength(1);
  expect(tell(TOP, 'delta', top(22, [['10.00', '2']], []))).toMatchObject([
    { kind: 'gap', channel: 'quotes' },
  ]);
  expect(tell(TICKERS, 'snapshot', last('10.01'))).toEqual([]);
  expect(tell(TOP, 'snapshot', top(30, [['10.00', '2']], [['10.01', '1']]))).toHaveLength(1);
  expect(asked).toEqual([TOP]);
  expect(faults).toEqual(['FEED_SEQUENCE_GAP']);
});

test('a last price of another type keeps the one before', () => {
  const { tell, faults } = spot();
  tell(TOP, 'snapshot', top(20, [['10.00', '1']], [['10.01', '1']]));
  tell(TICKERS, 'snapshot', last('10.00'));
  expect(tell(TICKERS, 'snapshot', last(10.01))).toEqual([]);
  expect(faults).toEqual(['FEED_PRICE_INVALID']);
});
