import { type Bar, instrumentId, type PublicTrade } from '@ballast/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AWAITED_MAX,
  BarBuilder,
  type BarOutcome,
  COMPARED_MAX,
  MINUTE_MS,
} from './bar-builder.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const BTCUSDT = { id: BTC, session: 'continuous' } as const;
const M0 = 1_700_000_040_000;
const M1 = M0 + MINUTE_MS;
const M2 = M1 + MINUTE_MS;

function trade(eventTime: number, price: string, quantity = '1'): PublicTrade {
  const id = { instrument: BTC, venueTradeId: `${eventTime}-${price}`, takerSide: 'buy' as const };
  return { ...id, source: 'bybit', price, quantity, eventTime, receivedTime: eventTime };
}

function venueBar(openTime: number, fields: Partial<Bar> = {}): Bar {
  const prices = { open: '1', high: '3', low: '0.5', close: '2', volume: '4' };
  return {
    instrument: BTC,
    timeframe: '1m',
    openTime,
    tradeCount: 0,
    state: 'closed',
    source: 'bybit',
    builtFrom: 'venue',
    missing: 0,
    ...prices,
    ...fields,
  };
}

/** Live since well before the first minute. */
function watching() {
  const builder = new BarBuilder({ instrument: BTCUSDT, begin: M0, keepsTrades: false });
  builder.setLive(M0 - 10_000);
  return builder;
}

const FULL = ['1', '3', '0.5', '2.0'].map((price, index) => trade(M0 + index * 1_000, price));

const bars = (outcomes: readonly BarOutcome[]): Bar[] =>
  outcomes.flatMap((outcome) => (outcome.kind === 'bar' ? [outcome.bar] : []));

describe('a minute seen in full', () => {
  test('gives the bar of its trades when a trade of the next minute comes', () => {
    const builder = watching();
    for (const one of FULL) expect(builder.trade(one)).toEqual([]);
    expect(builder.trade(trade(M1, '9'))).toEqual([
      {
        kind: 'bar',
        inOrder: true,
        bar: {
          instrument: BTC,
          timeframe: '1m',
          openTime: M0,
          open: '1',
          high: '3',
          low: '0.5',
          close: '2.0',
          volume: '4',
          tradeCount: 4,
          state: 'closed',
          source: 'bybit',
          builtFrom: 'trades',
          missing: 0,
        },
      },
    ]);
  });

  test('opens at the close of the minute before, where the source does so', () => {
    const options = { instrument: BTCUSDT, begin: M0, keepsTrades: false, opensAtLastClose: true };
    const builder = new BarBuilder(options);
    builder.setLive(M0 - 10_000);
    for (const one of [...FULL, trade(M1, '2.5'), trade(M1 + 1, '2.75')]) builder.trade(one);
    const [first, second] = [{ close: '2.0' }, { open: '2.0', high: '2.75', low: '2.0' }];
    const rest = { volume: '2', close: '2.75' };
    const own = builder.tick(M2 + 2_000);
    expect(bars(own)).toMatchObject([{ ...second, ...rest }]);
    // The source says the same: there is nothing to correct.
    expect(builder.venueBar(venueBar(M0, first))).toEqual([]);
    expect(builder.venueBar(venueBar(M1, { ...second, ...rest }))).toEqual([]);
  });

  test('opens at what has gone out from elsewhere, though all is traded below', () => {
    const options = { instrument: BTCUSDT, begin: M0, keepsTrades: false, opensAtLastClose: true };
    const builder = new BarBuilder(options);
    builder.setLive(M0 - 10_000);
    builder.wasTold(venueBar(M0, { close: '3.5' }));
    for (const one of [trade(M1, '2.5'), trade(M1 + 1, '2.75')]) builder.trade(one);
    expect(bars(builder.tick(M2 + 2_000))).toMatchObject([
      { openTime: M1, open: '3.5', high: '3.5', low: '2.5', close: '2.75' },
    ]);
  });

  test('closes two seconds after its end by the clock, not before', () => {
    const builder = watching();
    for (const one of FULL) builder.trade(one);
    expect(builder.tick(M1 + 1_999)).toEqual([]);
    expect(bars(builder.tick(M1 + 2_000))).toMatchObject([{ openTime: M0, builtFrom: 'trades' }]);
  });

  test('counts a trade that comes after the bar went out, and leaves the bar alone', () => {
    const builder = watching();
    for (const one of FULL) builder.trade(one);
    builder.tick(M1 + 2_000);
    const late = trade(M0 + 59_000, '100');
    expect(builder.trade(late)).toEqual([{ kind: 'lateTrade', trade: late }]);
  });

  test('says nothing when the venue agrees, before or after', () => {
    const before = watching();
    for (const one of FULL) before.trade(one);
    expect(before.venueBar(venueBar(M0, { open: '1.00' }))).toEqual([]);
    expect(before.tick(M1 + 2_000).map(({ kind }) => kind)).toEqual(['bar']);

    const after = watching();
    for (const one of FULL) after.trade(one);
    after.tick(M1 + 2_000);
    expect(after.venueBar(venueBar(M0))).toEqual([]);
  });

  test('is corrected by the venue where the two differ', () => {
    const builder = watching();
    for (const one of FULL) builder.trade(one);
    const venue = venueBar(M0, { volume: '5' });
    builder.venueBar(venue);
    const outcomes = builder.tick(M1 + 2_000);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['bar', 'corrected']);
    expect(outcomes[1]).toMatchObject({ bar: { volume: '5', state: 'corrected' } });
    expect(bars(outcomes)[0]?.builtFrom).toBe('trades');
  });

  test('is held against the venue, which is asked where its bar does not come by itself', () => {
    const builder = watching();
    for (const one of FULL) builder.trade(one);
    builder.tick(M1 + 2_000);
    expect(builder.unconfirmed()).toEqual([M0]);
    const outcomes = builder.venueBar(venueBar(M0, { volume: '5' }));
    expect(outcomes).toMatchObject([{ kind: 'corrected', bar: { volume: '5' } }]);
    expect(builder.unconfirmed()).toEqual([]);
    builder.trade(trade(M1, '2'));
    builder.venueBar(venueBar(M1));
    builder.tick(M2 + 2_000);
    expect(builder.unconfirmed(), 'it came before the minute was closed').toEqual([]);
  });

  test('is confirmed by what another process told of the venue, not of trades', () => {
    const builder = watching();
    for (const one of FULL) builder.trade(one);
    builder.tick(M1 + 2_000);
    builder.wasTold(venueBar(M0, { builtFrom: 'trades' }));
    expect(builder.unconfirmed()).toEqual([M0]);
    builder.wasTold(venueBar(M0));
    expect(builder.unconfirmed()).toEqual([]);
  });

  test('is held against the venue by who comes after the process that told it', () => {
    const builder = watching();
    const [before, older] = [M0 - MINUTE_MS, M0 - 2 * MINUTE_MS];
    builder.wasTold(venueBar(older, { builtFrom: 'trades' }));
    builder.wasTold(venueBar(older));
    builder.wasTold(venueBar(older, { builtFrom: 'trades' }));
    builder.wasTold(venueBar(before, { builtFrom: 'trades', volume: '3' }));
    expect(builder.unconfirmed()).toEqual([before]);
    const outcomes = builder.venueBar(venueBar(before));
    expect(outcomes).toMatchObject([{ kind: 'corrected', bar: { volume: '4' } }]);
    expect(builder.unconfirmed()).toEqual([]);
  });

  test('is not asked for where another process had the bar of the venue before it was closed', () => {
    const builder = watching();
    for (const one of FULL) builder.trade(one);
    builder.wasTold(venueBar(M0));
    expect(bars(builder.tick(M1 + 2_000))).toMatchObject([{ openTime: M0 }]);
    expect(builder.unconfirmed()).toEqual([]);
  });

  test('is asked for while its bar is kept: nothing could be held against the venue later', () => {
    const builder = watching();
    for (let minute = 0; minute < COMPARED_MAX + 2; minute += 1)
      builder.trade(trade(M0 + minute * MINUTE_MS, '1'));
    builder.tick(M0 + (COMPARED_MAX + 2) * MINUTE_MS + 2_000);
    const kept = Array.from({ length: COMPARED_MAX }, (_, index) => M2 + index * MINUTE_MS);
    expect(builder.unconfirmed()).toEqual(kept);
  });

  test('has nothing to be held against where the source has no bars of its own', () => {
    const builder = new BarBuilder({ instrument: BTCUSDT, begin: M0, keepsTrades: true });
    builder.setLive(M0 - 10_000);
    for (const one of FULL) builder.trade(one);
    builder.tick(M1 + 2_000);
    expect(builder.unconfirmed()).toEqual([]);
  });
});

describe('a minute not seen in full', () => {
  test.each([
    ['live from its middle on', M0 + 1],
    ['live just when it began', M0 - 100],
    ['never live', null],
  ])('takes the bar of the venue: %s', (_name, since) => {
    const builder = new BarBuilder({ instrument: BTCUSDT, begin: M0, keepsTrades: false });
    builder.setLive(since);
    for (const one of FULL) builder.trade(one);
    builder.venueBar(venueBar(M0, { close: '7' }));
    expect(bars(builder.tick(M1 + 2_000))).toMatchObject([
      { close: '7', state: 'closed', source: 'bybit', builtFrom: 'venue', missing: 0 },
    ]);
  });

  test('takes the bar of the venue after an interruption within it', () => {
    const builder = watching();
    for (const one of FULL) builder.trade(one);
    builder.setLive(null);
    builder.setLive(M0 + 30_000);
    expect(builder.tick(M1 + 2_000)).toEqual([]);
    expect(builder.awaited()[0]).toBe(M0);
    expect(bars(builder.venueBar(venueBar(M0)))).toMatchObject([
      { state: 'closed', source: 'bybit', builtFrom: 'venue', missing: 0 },
    ]);
    expect(builder.awaited()).toEqual([]);
  });

  test('does not trust the minute after when the feed came back in the closing seconds', () => {
    const builder = watching();
    builder.setLive(null);
    builder.setLive(M1 + 1_000);
    builder.trade(trade(M1 + 1_500, '5'));
    builder.tick(M2 + 2_000);
    expect(builder.awaited()[0]).toBe(M0);
    builder.venueBar(venueBar(M0));
    expect(builder.awaited()[0]).toBe(M1);
  });

  test('takes the bar of the venue when there was no trade', () => {
    const builder = watching();
    builder.venueBar(venueBar(M0, { volume: '0' }));
    expect(bars(builder.tick(M1 + 2_000))).toMatchObject([
      { volume: '0', state: 'closed', source: 'bybit', builtFrom: 'venue', missing: 0 },
    ]);
  });

  test('marks a bar that comes after a younger one as out of order', () => {
    const builder = new BarBuilder({ instrument: BTCUSDT, begin: M0, keepsTrades: false });
    builder.setLive(M0 + 1);
    builder.tick(M1 + 2_000);
    builder.trade(trade(M1 + 5_000, '1'));
    builder.tick(M2 + 2_000);
    expect(builder.venueBar(venueBar(M0))).toMatchObject([{ kind: 'bar', inOrder: false }]);
  });

  test('gives up the oldest minute when the venue owes too many', () => {
    const builder = new BarBuilder({ instrument: BTCUSDT, begin: M0, keepsTrades: false });
    const outcomes = builder.tick(M0 + (AWAITED_MAX + 1) * MINUTE_MS + 2_000);
    expect(outcomes).toEqual([{ kind: 'missing', openTime: M0 }]);
    expect(builder.awaited()[0]).toBe(M1);
  });

  test('ignores a bar that is known already', () => {
    const builder = new BarBuilder({ instrument: BTCUSDT, begin: M0, keepsTrades: false });
    builder.venueBar(venueBar(M0));
    builder.tick(M1 + 2_000);
    expect(builder.venueBar(venueBar(M0))).toEqual([]);
    expect(builder.venueBar(venueBar(M0 - MINUTE_MS))).toEqual([]);
  });
});

describe('for any trades', () => {
  const anyTrades = fc
    .array(
      fc.record({
        offset: fc.integer({ min: 0, max: 4 * MINUTE_MS }),
        price: fc.integer({ min: 1, max: 10_000 }),
        quantity: fc.integer({ min: 1, max: 1_000 }),
      }),
      { maxLength: 60 },
    )
    .map((rows) =>
      rows
        .toSorted((a, b) => a.offset - b.offset)
        .map(({ offset, price, quantity }) =>
          trade(M0 + offset, (price / 10).toFixed(1), (quantity / 1_000).toFixed(3)),
        ),
    );

  test('bars are the same however the trades and the clock are split', () => {
    fc.assert(
      fc.property(
        anyTrades,
        fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
        (all, ticks) => {
          const plain = watching();
          const whole = all.flatMap((one) => plain.trade(one));
          const ticking = watching();
          const split = all.flatMap((one, index) => [
            ...(ticks[index] === true ? ticking.tick(one.eventTime) : []),
            ...ticking.trade(one),
          ]);
          const end = M0 + 10 * MINUTE_MS;
          expect(bars([...split, ...ticking.tick(end)])).toEqual(
            bars([...whole, ...plain.tick(end)]),
          );
        },
      ),
    );
  });

  test('each bar holds exactly the trades of its minute', () => {
    fc.assert(
      fc.property(anyTrades, (all) => {
        const builder = watching();
        const outcomes = all.flatMap((one) => builder.trade(one));
        const made = bars([...outcomes, ...builder.tick(M0 + 10 * MINUTE_MS)]);
        const byMinute = Map.groupBy(all, ({ eventTime }) => eventTime - (eventTime % MINUTE_MS));
        expect(made.map(({ openTime }) => openTime)).toEqual([...byMinute.keys()]);
        for (const bar of made) {
          const own = byMinute.get(bar.openTime) ?? [];
          const prices = own.map(({ price }) => Number(price));
          const volume = own.reduce(
            (sum, one) => sum + Math.round(Number(one.quantity) * 1_000),
            0,
          );
          expect(Number(bar.high)).toBe(Math.max(...prices));
          expect(Number(bar.low)).toBe(Math.min(...prices));
          expect([bar.open, bar.close]).toEqual([own[0]?.price, own.at(-1)?.price]);
          expect(Math.round(Number(bar.volume) * 1_000)).toBe(volume);
          expect(bar.tradeCount).toBe(own.length);
        }
      }),
    );
  });
});
