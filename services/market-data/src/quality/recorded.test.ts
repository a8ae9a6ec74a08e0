import type { PublicTrade, Quote } from '@ballast/domain';
import type { FeedEvent } from '@ballast/feeds';
import { describe, expect, test } from 'vitest';
import {
  absent,
  asBar,
  asQuote,
  asTrade,
  BTC,
  FRAMES_BEHIND_MS,
  IBM,
  judged,
  linesOf,
  recordedBars,
  recordedFrames,
  recordedQuotes,
  recordedTrades,
  rulesOf,
} from './recorded.fixture.ts';

const TRADES = 'ticks/binance/BTCUSDT_usdm_20240808_trades.csv.gz';
const SPY = 'ticks/us-equities/SPY_20131007_trades.csv.gz';
const MINUTES = 'crypto/bybit-linear/1m/BTCUSDT_1m_2025.csv.gz';
const MINUTE = 60_000;

const someFrames = (): FeedEvent[] => recordedFrames(undefined, 10_000);

/** Recorded frames with one trade, the 500th, or one quote, changed. */
function withTrade(change: Partial<PublicTrade>): FeedEvent[] {
  let trades = 0;
  return someFrames().map((event) => {
    if (event.kind !== 'trade') return event;
    trades += 1;
    return trades === 500 ? asTrade({ ...event.trade, ...change }) : event;
  });
}
function withQuote(change: (quote: Quote) => Partial<Quote>): FeedEvent[] {
  return someFrames().map((event, index, all) => {
    const isChosen = event.kind === 'quote' && all[index - 1]?.kind === 'trade' && index < 2_000;
    return isChosen ? asQuote({ ...event.quote, ...change(event.quote) }) : event;
  });
}

describe.skipIf(absent)('recordings as they are break no rule (need ../shared/data)', () => {
  test('a socket of trades and best prices', async () => {
    expect(await judged(recordedFrames())).toEqual([]);
  });

  test.each([
    ['BTCUSDT', TRADES],
    ['ETHUSDT', 'ticks/binance/ETHUSDT_spot_20240808_trades.csv.gz'],
    ['XRPETH, minutes apart', 'ticks/binance/XRPETH_spot_201910_trades.csv.gz'],
    ['LTCUSDT', 'ticks/bybit/LTCUSDT_linear_20210417_trades.csv'],
  ])('trades of %s', async (_what, file) => {
    expect(await judged(recordedTrades(file).map(asTrade))).toEqual([]);
  });

  test('a day of IBM, before and after hours too', async () => {
    const trades = recordedTrades('ticks/us-equities/IBM_20131007_trades.csv.gz', IBM, 'alpaca');
    expect(await judged(trades.map(asTrade))).toEqual([]);
  });

  test('forty minutes of a line of quotes', async () => {
    expect(await judged(recordedQuotes(BTC).map(asQuote))).toEqual([]);
  });

  test('a month of minutes', async () => {
    expect(await judged(recordedBars(MINUTES, '1m').map(asBar))).toEqual([]);
  });
});

describe.skipIf(absent)('recordings that are damaged (need ../shared/data)', () => {
  test.each<[string, () => FeedEvent[]]>([
    ['PRICE_NOT_POSITIVE', () => withTrade({ price: '0' })],
    ['PRICE_NOT_POSITIVE', () => withTrade({ price: '-61800.30' })],
    ['PRICE_NOT_POSITIVE', () => withQuote(() => ({ bid: '0.00' }))],
    ['QUANTITY_NOT_POSITIVE', () => withTrade({ quantity: '0.000' })],
    ['QUANTITY_NOT_POSITIVE', () => withQuote(() => ({ askQuantity: '-2.510' }))],
    ['CROSSED_QUOTE', () => withQuote(({ bid, ask }) => ({ bid: ask, ask: bid }))],
    ['TIME_AHEAD', () => withTrade({ eventTime: 1_723_164_999_999 })],
    ['TIME_BACKWARDS', () => withTrade({ eventTime: 1_723_161_250_000 })],
    ['TRADE_REPEATED', () => withTrade({ venueTradeId: '5266583935' })],
    ['SPIKE_OWN_TRADES', () => withTrade({ price: '6180.03' })],
    ['SPIKE_OWN_TRADES', () => withTrade({ price: '62500.00' })],
  ])('%s', async (rule, events) => {
    const records = await judged(events());
    expect(rulesOf(records)).toEqual([rule]);
    expect(records[0]).toMatchObject({ instrument: BTC.id, source: 'bybit' });
  });

  test('evidence is the first event that broke the rule, as it came', async () => {
    const [record] = await judged(withTrade({ price: '-61800.30' }));
    expect(record).toMatchObject({ count: 1, evidence: { price: '-61800.30', source: 'bybit' } });
    const { evidence, fromTime, toTime, foundAt } = record ?? {};
    expect(evidence).toMatchObject({ eventTime: fromTime, receivedTime: foundAt });
    expect(toTime).toBe(fromTime);
  });

  test('a book with its best levels the wrong way round', async () => {
    const [first = ''] = linesOf('frames/bybit-v5/book5_snapshots_20240701.jsonl');
    const { bids, asks, exch_ts: at } = JSON.parse(first);
    const about = { kind: 'book', instrument: BTC.id, source: 'bybit', sequence: 7 } as const;
    const book = { ...about, eventTime: at, receivedTime: at };
    expect(await judged([{ ...book, bids, asks }])).toEqual([]);
    const records = await judged([{ ...book, bids: asks, asks: bids }]);
    expect(rulesOf(records)).toEqual(['CROSSED_QUOTE']);
    expect(records[0]?.evidence).toEqual({ bid: asks[0], ask: bids[0], sequence: 7 });
  });

  test('a frame that is missing from a recorded book', async () => {
    const times = linesOf('frames/bybit-v5/XRPUSDT_ob500_20241201_first30.jsonl').map(
      (line): number => JSON.parse(line).ts,
    );
    const [from = 0, , to = 0] = times;
    const about = { kind: 'gap', instrument: BTC.id, source: 'bybit', channel: 'book' } as const;
    const gap = { ...about, from, to, receivedTime: to + 40 };
    const [record] = await judged([gap]);
    expect(record).toMatchObject({ rule: 'SEQUENCE_GAP', fromTime: from, evidence: gap });
  });

  test.each([
    ['PRICE_NOT_POSITIVE', { open: '0' }],
    ['QUANTITY_NOT_POSITIVE', { volume: '-1' }],
    ['HIGH_BELOW_LOW', { high: '100', low: '101' }],
    ['OUTSIDE_HIGH_LOW', { close: '100' }],
  ])('a bar: %s', async (rule, change) => {
    const bars = recordedBars(MINUTES, '1m').slice(0, 100);
    const events = bars.map((bar, index) => asBar(index === 50 ? { ...bar, ...change } : bar));
    const records = await judged(events);
    expect(rulesOf(records)).toEqual([rule]);
    expect(records[0]?.fromTime).toBe(bars[50]?.openTime);
  });
});

describe.skipIf(absent)('faults that the recordings have themselves (need ../shared/data)', () => {
  test('days of DHR with empty fields, and with the open outside of high and low', async () => {
    const bars = recordedBars('equities/us-daily-2013-2018/DHR_1d.csv.gz', '1d', IBM.id);
    const records = await judged(bars.map(asBar));
    const found = records.map(({ rule, fromTime }) => `${rule} ${new Date(fromTime).toJSON()}`);
    expect(found.toSorted()).toEqual([
      'OUTSIDE_HIGH_LOW 2014-11-06T00:00:00.000Z',
      'PRICE_NOT_POSITIVE 2015-07-17T00:00:00.000Z',
      'PRICE_NOT_POSITIVE 2016-01-12T00:00:00.000Z',
    ]);
  });

  test('blocks of SPY that were told hours late, at the price of then', async () => {
    const records = await judged(recordedTrades(SPY, IBM, 'alpaca').map(asTrade));
    expect(rulesOf(records)).toEqual(['SPIKE_OWN_TRADES']);
    const prices = records.map(({ evidence }) => evidence);
    expect(prices[0]).toMatchObject({ trade: { price: '168.9', quantity: '1002411' }, prints: 1 });
  });

  test('a clock that is 1.3 s behind the venue', async () => {
    const [record, ...others] = await judged(recordedFrames(0));
    expect(others).toEqual([]);
    expect(record).toMatchObject({ rule: 'CLOCK_SKEW', instrument: '*', source: 'bybit' });
    expect(record?.evidence).toMatchObject({ direction: 'ahead', meanLagMs: -1_268 });
  });

  test('the same that is four seconds ahead of the venue, and none that is one second ahead', async () => {
    expect(await judged(recordedFrames(FRAMES_BEHIND_MS + 1_000))).toEqual([]);
    const [record, ...others] = await judged(recordedFrames(FRAMES_BEHIND_MS + 4_000));
    expect(others).toEqual([]);
    expect(record).toMatchObject({ rule: 'CLOCK_SKEW', evidence: { direction: 'behind' } });
  });
});

describe.skipIf(absent)('what is no fault (needs ../shared/data)', () => {
  test('every tenth packet five seconds late', async () => {
    const late = recordedFrames().map((event, index) =>
      event.kind === 'quote' && index % 10 === 0
        ? asQuote({ ...event.quote, receivedTime: event.quote.receivedTime + 5_000 })
        : event,
    );
    expect(await judged(late)).toEqual([]);
  });

  test('trades that come out of order by less than a second', async () => {
    const trades = recordedTrades(TRADES).slice(0, 2_000);
    const swapped = trades.map((trade, index) => ({
      ...trade,
      eventTime: (trades[index ^ 1] ?? trade).eventTime,
    }));
    expect(await judged(swapped.map(asTrade))).toEqual([]);
  });

  test('a market that moves, stays there for five prints, and comes back', async () => {
    const moved = recordedTrades(TRADES).map((trade, index) =>
      asTrade(index < 5_000 || index >= 5_005 ? trade : { ...trade, price: '65000' }),
    );
    expect(await judged(moved)).toEqual([]);
  });

  test('a market that moves by five parts in a hundred and stays there', async () => {
    const moved = recordedTrades(TRADES).map((trade, index) =>
      asTrade(index < 5_000 ? trade : { ...trade, price: String(Number(trade.price) * 1.05) }),
    );
    expect(await judged(moved)).toEqual([]);
  });
});

describe.skipIf(absent)('two sources of one instrument (need ../shared/data)', () => {
  /** Each print by both feeds, the second one a tenth of a second later. */
  const heardTwice = (change: (trade: PublicTrade, index: number) => PublicTrade): FeedEvent[] =>
    recordedTrades(TRADES)
      .slice(0, 2_000)
      .flatMap((trade, index) => [
        asTrade(change(trade, index)),
        asTrade({ ...trade, source: 'replay', receivedTime: trade.receivedTime + 100 }),
      ]);

  test('that agree', async () => {
    expect(await judged(heardTwice((trade) => trade))).toEqual([]);
  });

  test('of which one makes a leap: that one is recorded, and by no rule of its own', async () => {
    const records = await judged(
      heardTwice((trade, index) => (index === 900 ? { ...trade, price: '63000' } : trade)),
    );
    expect(records).toMatchObject([{ rule: 'SPIKE_OTHER_SOURCE', source: 'bybit', count: 1 }]);
    expect(records[0]?.evidence).toMatchObject({
      trade: { price: '63000' },
      other: { source: 'replay' },
    });
  });
});

describe.skipIf(absent)('what does not move (needs ../shared/data)', () => {
  test('trades that stop while best prices go on', async () => {
    let trades = 0;
    const events = recordedFrames().filter(({ kind }) => {
      if (kind === 'trade') trades += 1;
      return kind !== 'trade' || trades <= 500;
    });
    const [record, ...others] = await judged(events);
    expect(others).toEqual([]);
    expect(record).toMatchObject({ rule: 'TRADES_STUCK', evidence: { rule: 'TRADES_STUCK' } });
  });

  /** The quotes of 40 minutes from a moment on, with a change of price each `changeMs`. */
  function frozen(instrument: typeof IBM, from: number, changeMs = 40 * MINUTE): FeedEvent[] {
    const quotes = recordedQuotes(instrument);
    const shift = from - (quotes[0]?.receivedTime ?? 0);
    return quotes.map((quote) => {
      const at = quote.receivedTime + shift;
      const last = `443.${Math.floor((at - from) / changeMs)}`;
      const prices = { bid: '443.6', ask: '444.0', last };
      return asQuote({ ...quote, ...prices, eventTime: at, receivedTime: at });
    });
  }
  const NEW_YORK_OPENS = Date.parse('2026-11-20T14:30Z');

  test.each([
    ['around the clock', BTC, Date.parse('2026-11-21T15:00Z'), ['PRICE_STUCK']],
    ['in the session', IBM, NEW_YORK_OPENS, ['PRICE_STUCK']],
    ['before the session', IBM, NEW_YORK_OPENS - 41 * MINUTE, []],
    ['on a Saturday', IBM, Date.parse('2026-11-21T15:00Z'), []],
    [
      'in the last minutes before the session and the first of it',
      IBM,
      NEW_YORK_OPENS - 30 * MINUTE,
      [],
    ],
  ])('a price that stands still %s', async (_when, instrument, from, rules) => {
    expect(rulesOf(await judged(frozen(instrument, from)))).toEqual(rules);
  });

  test('a price that changes every ten minutes does not', async () => {
    expect(await judged(frozen(BTC, NEW_YORK_OPENS, 10 * MINUTE))).toEqual([]);
  });
});
