import {
  type Bar,
  type Instrument,
  instrumentId,
  type MarketEvent,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { describe, expect, test, vi } from 'vitest';
import { MINUTE_MS } from './bar-builder.ts';
import { createBarStore } from './bar-store.ts';
import { chooseInstruments, parseInstrumentChoice } from './instruments.ts';
import { Pipeline } from './pipeline.ts';

const log = createLogger('market-data-test', 'silent');
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const M0 = 1_700_000_040_000;

const instrument: Instrument = {
  id: BTC,
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
};

function trade(venueTradeId: string, eventTime: number, receivedTime = eventTime): MarketEvent {
  const what = { instrument: BTC, price: '1', quantity: '1', takerSide: 'buy' as const };
  return {
    kind: 'trade',
    trade: { ...what, source: 'bybit', venueTradeId, eventTime, receivedTime },
  };
}

const bar: Bar = {
  instrument: BTC,
  timeframe: '1m',
  openTime: M0,
  open: '1',
  high: '1',
  low: '1',
  close: '1',
  volume: '0',
  tradeCount: 0,
  state: 'closed',
  source: 'bybit',
  builtFrom: 'venue',
  missing: 0,
};

const quote: MarketEvent = {
  kind: 'quote',
  quote: {
    instrument: BTC,
    source: 'bybit',
    bid: '1',
    bidQuantity: '1',
    ask: '2',
    askQuantity: '1',
    last: '1',
    eventTime: M0,
    receivedTime: M0,
  },
};

function pipeline() {
  const published: MarketEvent[] = [];
  const stored: Bar[] = [];
  const clock = { now: M0 - 10_000 };
  const made = new Pipeline({
    instruments: [instrument],
    publisher: { publish: (event) => void published.push(event) },
    barStore: { add: (bars) => void stored.push(...bars) },
    log,
    begin: M0,
    now: () => clock.now,
  });
  made.onState('live', 'data');
  return { made, published, stored, clock };
}

describe('pipeline', () => {
  test('lets each venue trade id through once', () => {
    const { made, published } = pipeline();
    made.onEvents([trade('a', M0), trade('b', M0), trade('a', M0)]);
    made.onEvents([trade('b', M0), trade('c', M0)]);
    expect(published).toHaveLength(3);
    expect(made.counts()).toMatchObject({ trades: 3, repeatedTrades: 2 });
  });

  test('still knows an id after thousands of others', () => {
    const { made } = pipeline();
    made.onEvents(Array.from({ length: 9_000 }, (_, index) => trade(String(index), M0)));
    made.onEvents([trade('4000', M0), trade('8000', M0)]);
    expect(made.counts()).toMatchObject({ trades: 9_000, repeatedTrades: 2 });
  });

  test('drops a trade from the future before it can close a minute', () => {
    const { made, published } = pipeline();
    made.onEvents([trade('a', M0), trade('b', M0 + 5 * MINUTE_MS, M0), trade('c', M0 + 1)]);
    expect(published.map(({ kind }) => kind)).toEqual(['trade', 'trade']);
    expect(made.counts()).toMatchObject({ tradesFromTheFuture: 1, lateTrades: 0 });
  });

  test('publishes and stores a bar before the trade that closed it', () => {
    const { made, published, stored } = pipeline();
    made.onEvents([trade('a', M0), trade('b', M0 + MINUTE_MS)]);
    expect(published.map(({ kind }) => kind)).toEqual(['trade', 'bar', 'trade']);
    expect(stored).toMatchObject([{ openTime: M0, builtFrom: 'trades' }]);
  });

  test('asks for the bars of an interruption and publishes them once', () => {
    const { made, published, clock } = pipeline();
    made.onState('down', 'FEED_CONNECTION_LOST');
    clock.now = M0 + 2 * MINUTE_MS + 3_000;
    made.tick();
    expect(made.awaited()).toEqual([{ instrument: BTC, openTime: M0 }]);
    for (const openTime of [M0, M0 + MINUTE_MS, M0]) made.venueBar({ ...bar, openTime });
    expect(made.awaited()).toEqual([]);
    expect(published.map(({ kind }) => kind)).toEqual(['bar', 'bar']);
  });

  test('is ready for use once every instrument had a quote', async () => {
    const { made } = pipeline();
    expect(made.withoutQuote()).toEqual([BTC]);
    made.onEvents([quote]);
    await expect(made.allQuoted()).resolves.toBeUndefined();
    expect(made.withoutQuote()).toEqual([]);
  });
});

describe('bar store', () => {
  const minute = (index: number): Bar => ({ ...bar, openTime: M0 + index * MINUTE_MS });

  test('keeps what the database could not take, in order, and stores it later', async () => {
    const saved: Bar[] = [];
    let away = true;
    const store = createBarStore(
      (bars) => {
        if (away) return Promise.reject(new Error('database is away'));
        saved.push(...bars);
        return Promise.resolve();
      },
      log,
      1,
    );
    store.add([minute(0), minute(1)]);
    store.add([minute(2)]);
    await vi.waitFor(() => expect(store.counts.failedWrites).toBeGreaterThan(1), 5_000);
    away = false;
    await store.flush();
    expect(saved).toEqual([minute(0), minute(1), minute(2)]);
    expect(store.counts).toMatchObject({ stored: 3, dropped: 0 });
  });

  test('drops the oldest beyond its limit and counts them', async () => {
    const store = createBarStore(() => Promise.reject(new Error('database is away')), log, 1);
    store.add(Array.from({ length: 50_000 }, (_, index) => minute(index)));
    expect(store.counts.dropped).toBe(50_000 - 43_200);
    await store.close();
  });
});

describe('a bar that no database takes', () => {
  const minute = (index: number): Bar => ({ ...bar, openTime: M0 + index * MINUTE_MS });
  const refusal = (code: string) =>
    new Error('Failed query', { cause: Object.assign(new Error('out of range'), { code }) });

  /** Refuses, as Postgres does, a statement with such a bar as a whole. */
  function database(code: string) {
    const saved: Bar[] = [];
    const save = async (bars: readonly Bar[]): Promise<void> => {
      if (bars.some(({ volume }) => volume === 'huge')) throw refusal(code);
      saved.push(...bars);
    };
    return { saved, save };
  }

  const bars = [minute(0), { ...minute(1), volume: 'huge' }, minute(2)];

  test('is dropped, counted and told, and the others are stored', async () => {
    const { saved, save } = database('22003');
    const store = createBarStore(save, log, 1);
    const error = vi.spyOn(log, 'error').mockImplementation(() => {});
    try {
      store.add(bars);
      await store.flush();
      expect(saved).toEqual([minute(0), minute(2)]);
      expect(store.counts).toEqual({ stored: 2, dropped: 0, refused: 1, failedWrites: 0 });
      expect(error.mock.calls).toMatchObject([[{ code: 'BAR_REFUSED', bar: bars[1] }, {}]]);
    } finally {
      error.mockRestore();
    }
  });

  test('does not keep the service from starting', async () => {
    const { saved, save } = database('22003');
    await createBarStore(save, log, 1).storeNow(bars);
    expect(saved).toEqual([minute(0), minute(2)]);
  });

  test.each(['40001', '57P01', '42501'])('SQLSTATE %s is no fault of a bar', async (code) => {
    const { saved, save } = database(code);
    const store = createBarStore(save, log, 1);
    await expect(store.storeNow(bars)).rejects.toThrow('Failed query');
    expect(saved).toEqual([]);
    expect(store.counts).toEqual({ stored: 0, dropped: 0, refused: 0, failedWrites: 0 });
  });
});

describe('choice of instruments', () => {
  test.each([
    ['BTCUSDT', 'INSTRUMENT_ID_MALFORMED'],
    ['bybit.linear:BTCUSDT,', 'INSTRUMENT_ID_MALFORMED'],
    ['alpaca.us:AAPL', 'INSTRUMENT_NOT_OF_THIS_FEED'],
    [
      Array.from({ length: 1_001 }, (_, index) => `bybit.linear:A${index}`).join(','),
      'TOO_MANY_INSTRUMENTS',
    ],
  ])('refuses %s', (text, code) => {
    expect(() => parseInstrumentChoice(text)).toThrow(expect.objectContaining({ code }));
  });

  test('takes all that the venue lists, or exactly the named ones', () => {
    expect(chooseInstruments(parseInstrumentChoice('all'), [instrument])).toEqual([instrument]);
    expect(chooseInstruments(parseInstrumentChoice(BTC), [instrument])).toEqual([instrument]);
    expect(() =>
      chooseInstruments(parseInstrumentChoice('bybit.linear:NOPEUSDT'), [instrument]),
    ).toThrow('bybit.linear:NOPEUSDT');
  });
});
