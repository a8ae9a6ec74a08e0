import type { Bar } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from './bar-builder.ts';
import { Output } from './output.ts';
import { ALPACA, bar, BYBIT, FINNHUB, M0, M1, pipeline, trade } from './pipeline.fixture.ts';

const alpaca = { source: 'alpaca' } as const;

describe('a bar that another process has told', () => {
  /** The bar of the first minute is out, and then a trade of it comes late. */
  function withLateTrade(change: Partial<Bar>): Bar[] {
    const parts = pipeline(ALPACA);
    parts.feed('alpaca').onEvents([trade('a', M0 + 1_000, alpaca)]);
    parts.pass(M1 + 5_000);
    parts.made.wasTold([{ ...bar, ...change }]);
    parts.feed('alpaca').onEvents([trade('late', M0 + 2_000, alpaca)]);
    return parts.bars.slice(1);
  }

  test('is corrected by its own source, and not where that has told the bar itself', () => {
    expect(withLateTrade({ ...alpaca, builtFrom: 'trades' })).toMatchObject([{ volume: '2' }]);
    expect(withLateTrade(alpaca)).toEqual([]);
    expect(withLateTrade({ source: 'ibkr', builtFrom: 'trades' })).toEqual([]);
  });

  test('is neither told again nor stored over when its minute closes here later', () => {
    const closing = (change: Partial<Bar>): Bar[] => {
      const parts = pipeline(ALPACA);
      parts.feed('alpaca').onEvents([trade('a', M0 + 1_000, alpaca)]);
      parts.pass(M1 + 1_000);
      parts.made.wasTold([{ ...bar, builtFrom: 'trades', ...change }]);
      parts.pass(M1 + 5_000);
      return parts.bars;
    };
    expect(closing({ ...alpaca, volume: '1' }), 'the same').toEqual([]);
    expect(closing({ source: 'ibkr', volume: '5' }), "another source's").toEqual([]);
    const better = [{ openTime: M0, state: 'corrected', volume: '1' }];
    expect(closing({ ...alpaca, volume: '5' })).toMatchObject(better);
  });

  test('is not waited for here, and corrected by what its source says of it itself', () => {
    for (const toldAt of [M1 + 1_000, M1 + 3_000]) {
      const { made, bars, told, pass, feed } = pipeline(ALPACA);
      feed('alpaca').onState('down', 'left to the active process');
      pass(toldAt);
      made.wasTold([{ ...bar, ...alpaca, builtFrom: 'trades', volume: '5' }]);
      pass(M1 + 5_000);
      expect(made.awaited()).toEqual([]);
      feed('alpaca').onEvents([{ kind: 'bar', bar: { ...bar, ...alpaca, volume: '5' } }]);
      expect(bars, 'the same numbers').toEqual([]);
      feed('alpaca').onEvents([{ kind: 'bar', bar: { ...bar, ...alpaca, volume: '6' } }]);
      expect([told, bars]).toMatchObject([['bar'], [{ state: 'corrected', volume: '6' }]]);
    }
  });

  test('is not waited for, and those of the time before are late', () => {
    const { made, pass, told, feed } = pipeline(ALPACA);
    pass(M1 + 70_000);
    const awaited = () => made.awaited().flatMap(({ openTimes }) => openTimes);
    expect(awaited()).toEqual([M0, M1]);
    made.wasTold([{ ...bar, openTime: M1 }]);
    expect(awaited()).toEqual([M0]);
    feed('alpaca').onEvents([{ kind: 'bar', bar: { ...bar, ...alpaca } }]);
    expect(told).toEqual(['bar late']);
  });

  test('is not corrected by the part of its trades that was heard here', () => {
    const { made, bars, clock, feed, pass } = pipeline(ALPACA);
    feed('alpaca').onState('down', 'left to the active process');
    pass(M0 + 30_000);
    feed('alpaca').onState('live', 'data');
    feed('alpaca').onEvents([trade('a', M0 + 31_000, alpaca)]);
    pass(M1 + 1_000);
    made.wasTold([{ ...bar, ...alpaca, builtFrom: 'trades', volume: '5' }]);
    pass(M1 + 5_000);
    feed('alpaca').onEvents([trade('late', M0 + 32_000, { ...alpaca, receivedTime: clock.now })]);
    expect(bars).toEqual([]);
  });
});

test('what a source says of a minute that was not heard it may say once more', () => {
  const { bars, pass, feed } = pipeline(ALPACA);
  pass(M1 + 3_000);
  for (const volume of ['5', '5', '6']) {
    feed('alpaca').onEvents([{ kind: 'bar', bar: { ...bar, ...alpaca, volume } }]);
  }
  expect(bars).toMatchObject([
    { state: 'closed', volume: '5' },
    { state: 'corrected', volume: '6' },
  ]);
});

test('what another source told before the stream was read is not corrected after a takeover', () => {
  const ibkr = { source: 'ibkr' } as const;
  const IBKR = { name: 'ibkr', tellsQuotes: true, keepsTrades: true } as const;
  const { made, bars, feed, pass } = pipeline(FINNHUB, IBKR);
  feed('finnhub').onState('down', 'left to the active process');
  // In its first minute the standby hears no trade, and it asks nobody for that.
  const minutes = Array.from({ length: 18 }, (_, index) => M1 + index * MINUTE_MS);
  for (const minute of minutes) {
    feed('ibkr').onEvents([trade(`of ${minute}`, minute + 1_000, ibkr)]);
    pass(minute + MINUTE_MS + 3_000);
  }
  const since = M0 + 3 * MINUTE_MS + 20_000;
  const finnhub = minutes
    .filter((openTime) => openTime + MINUTE_MS + 2_000 >= since)
    .map((openTime): Bar => {
      return { ...bar, openTime, source: 'finnhub', builtFrom: 'trades', volume: '2' };
    });
  bars.length = 0;
  made.wasTold(finnhub, since);
  expect(made.awaited()[0]?.openTimes).toEqual([M0]);
  for (const openTime of [M0, ...minutes])
    made.venueBar({ ...bar, ...ibkr, openTime, volume: '3' });
  expect(bars).toMatchObject([{ openTime: M0, state: 'closed' }]);
});

describe('a standby that was mute for seconds at the end of a minute', () => {
  /** Volumes of that minute's bar, in turn, that are stored by who takes over so much later. */
  function storedAfter(minutes: number): string[] {
    const { made, bars, clock, feed, pass } = pipeline(BYBIT);
    const output = new Output(() => clock.now);
    const told: Bar[] = [];
    for (let minute = M0; minute < M0 + minutes * MINUTE_MS; minute += MINUTE_MS) {
      const own: Bar = { ...bar, openTime: minute, volume: minute === M0 ? '2' : '1' };
      told.push({ ...own, builtFrom: 'trades' });
      feed('bybit').onEvents([trade(`of ${minute}`, minute + 1_000)]);
      clock.now = minute + MINUTE_MS;
      // The second trade of the first minute is lost here, and the bar of the venue with it.
      if (minute !== M0) feed('bybit').onEvents([{ kind: 'bar', bar: own }]);
      pass(minute + MINUTE_MS + 3_000);
      for (const one of bars.splice(0)) output.bar(one, true);
      output.activeUntil(clock.now);
    }
    const stored: Bar[] = [];
    const target = {
      publish: () => undefined,
      store: (all: readonly Bar[]) => stored.push(...all),
    };
    const none = { events: [], goneBefore: new Map(), barsGoneBefore: new Map() };
    const opened = output.open(target, { ...none, bars: told });
    made.wasTold([...told, ...opened.bars]);
    for (const openTime of made.awaited().flatMap(({ openTimes }) => openTimes)) {
      made.venueBar({ ...bar, openTime, volume: openTime === M0 ? '2' : '1' });
    }
    return [...stored, ...bars].flatMap((one) => (one.openTime === M0 ? [one.volume] : []));
  }

  test('leaves no wrong bar of it where a right one was told, whenever it takes over', () => {
    for (const minutes of [2, 10, 11, 15]) {
      expect(storedAfter(minutes), `after ${minutes}`).toEqual(['2', '1', '2']);
    }
    expect(storedAfter(17), 'not held any more').toEqual(['2']);
  });
});
