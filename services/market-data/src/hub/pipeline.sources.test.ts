import type { DataSource } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import {
  ALPACA,
  bar,
  FINNHUB,
  instrument,
  M0,
  M1,
  pipeline,
  quote,
  trade,
} from './pipeline.fixture.ts';

describe('two sources of one instrument', () => {
  /** Each second a trade of each named source, from one second of the minute to another. */
  function run(parts: ReturnType<typeof pipeline>, from: number, to: number, names: DataSource[]) {
    for (let second = from; second < to; second += 1) {
      parts.pass(M0 + second * 1_000);
      for (const name of names) {
        const id = `${name}-${second}`;
        parts.feed(name).onEvents([trade(id, M0 + second * 1_000, { source: name })]);
      }
    }
  }

  test('only the first counts, and quotes come from who has any', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 3, ['finnhub', 'alpaca']);
    parts.feed('alpaca').onEvents([quote('alpaca')]);
    expect(parts.told).toEqual(['finnhub-0', 'finnhub-1', 'finnhub-2', 'quote of alpaca']);
  });

  test('a mute one is left within seconds, and nothing of the silence is lost', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 20, ['finnhub', 'alpaca']);
    run(parts, 20, 59, ['alpaca']);
    const trades = parts.told.filter((one) => one !== 'bar');
    expect(trades.slice(18, 22)).toEqual(['finnhub-18', 'finnhub-19', 'alpaca-20', 'alpaca-21']);
    expect(new Set(trades).size).toBe(59);
    run(parts, 59, 64, ['alpaca']);
    expect(parts.bars).toMatchObject([{ openTime: M0, source: 'alpaca', volume: '60' }]);
    expect(parts.made.counts()).toMatchObject({ airSwitches: 1 });
  });

  test('one whose feed is down is left at once', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 10, ['finnhub', 'alpaca']);
    parts.feed('finnhub').onState('down', 'FEED_CONNECTION_LOST');
    run(parts, 10, 11, ['alpaca']);
    expect(parts.told.slice(-2)).toEqual(['finnhub-9', 'alpaca-10']);
  });

  test('a bar that went out in the silence is corrected from the other source', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 58, ['finnhub', 'alpaca']);
    run(parts, 58, 70, ['alpaca']);
    expect(parts.bars).toMatchObject([
      { openTime: M0, source: 'finnhub', volume: '58', state: 'closed' },
      { openTime: M0, source: 'alpaca', volume: '60', state: 'corrected' },
    ]);
  });

  test('a minute that one has closed is not told again when the other closes it', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 59, ['finnhub', 'alpaca']);
    run(parts, 60, 61, ['finnhub']);
    parts.feed('finnhub').onState('down', 'x');
    run(parts, 61, 64, ['alpaca']);
    expect(parts.made.onAir()).toEqual({ alpaca: 1 });
    expect(parts.bars).toMatchObject([{ openTime: M0, source: 'finnhub', volume: '59' }]);
  });

  test('a better source that is back is taken when it has been well for a while', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 5, ['finnhub', 'alpaca']);
    run(parts, 5, 15, ['alpaca']);
    run(parts, 15, 20, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ alpaca: 1 });
    run(parts, 20, 30, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    const trades = parts.told.filter((one) => one !== 'bar');
    const seconds = trades.map((one) => Number(one.split('-')[1]));
    expect(seconds).toEqual([...seconds].toSorted((a, b) => a - b));
    expect(new Set(seconds).size).toBe(seconds.length);
  });

  test('a minute in which the better source was mute is not built of what it said later', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 50, ['finnhub', 'alpaca']);
    run(parts, 50, 75, ['alpaca']);
    run(parts, 75, 124, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    const bars = parts.bars.map(({ openTime, source, volume }) => [openTime, source, volume]);
    expect(bars).toEqual([
      [M0, 'alpaca', '60'],
      [M1, 'alpaca', '60'],
    ]);
  });

  test('what one source has built another corrects only in its place', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 58, ['finnhub', 'alpaca']);
    run(parts, 58, 75, ['alpaca']);
    run(parts, 75, 90, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    const late = trade('late', M0 + 30_500, { source: 'finnhub' });
    parts.feed('finnhub').onEvents([late]);
    expect(parts.bars.at(-1)).toMatchObject({ openTime: M0, source: 'alpaca', volume: '60' });
    run(parts, 90, 130, ['finnhub', 'alpaca']);
    const before = parts.bars.length;
    parts.made.venueBar({ ...bar, openTime: M1, source: 'alpaca', volume: '3' });
    expect(parts.bars).toHaveLength(before);
  });

  test("bars of another source's history correct nothing", () => {
    const parts = pipeline(FINNHUB);
    run(parts, 0, 64, ['finnhub']);
    parts.made.venueBar({ ...bar, source: 'alpaca', volume: '3' });
    expect(parts.bars).toMatchObject([{ openTime: M0, source: 'finnhub', volume: '60' }]);
  });

  test('what it owed when it went is told of the other, that has closed the minute already', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    parts.feed('finnhub').onState('down', 'x');
    run(parts, 0, 10, ['alpaca']);
    parts.feed('finnhub').onState('live', 'data');
    run(parts, 10, 61, ['finnhub', 'alpaca']);
    expect([parts.made.onAir(), parts.bars]).toEqual([{ finnhub: 1 }, []]);
    parts.feed('finnhub').onState('down', 'x');
    run(parts, 61, 64, ['alpaca']);
    expect(parts.bars).toMatchObject([{ openTime: M0, source: 'alpaca', volume: '60' }]);
  });

  test('the first word of a minute is closed, also where the other has corrected it before', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    parts.feed('finnhub').onState('down', 'x');
    run(parts, 0, 10, ['alpaca']);
    parts.feed('finnhub').onState('live', 'data');
    run(parts, 10, 61, ['finnhub', 'alpaca']);
    expect([parts.made.onAir(), parts.bars]).toEqual([{ finnhub: 1 }, []]);
    const late = trade('late', M0 + 30_500, { source: 'alpaca' });
    parts.feed('alpaca').onEvents([late]);
    run(parts, 61, 64, ['finnhub', 'alpaca']);
    expect(parts.bars).toMatchObject([{ openTime: M0, state: 'closed', volume: '61' }]);
  });

  test('a minute that only the other has seen in full is its bar', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    parts.feed('finnhub').onState('down', 'x');
    run(parts, 0, 10, ['alpaca']);
    parts.feed('finnhub').onState('live', 'data');
    run(parts, 10, 64, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    expect(parts.bars).toMatchObject([{ openTime: M0, source: 'alpaca', volume: '60' }]);
  });

  test('one that comes while the platform runs is heard, and takes the place of who falls mute', () => {
    const parts = pipeline(FINNHUB);
    const alpaca = parts.made.handlersOf('alpaca');
    alpaca.onState('live', 'data');
    run(parts, 0, 10, ['finnhub']);
    parts.made.setWanted([{ instrument, sources: [FINNHUB, ALPACA] }], M0);
    for (let second = 10; second < 40; second += 1) {
      parts.pass(M0 + second * 1_000);
      alpaca.onEvents([trade(`alpaca-${second}`, M0 + second * 1_000, { source: 'alpaca' })]);
      if (second > 12 && second < 20) run(parts, second, second + 1, ['finnhub']);
    }
    const trades = parts.told.filter((one) => one !== 'bar');
    expect(trades.slice(9, 11)).toEqual(['finnhub-9', 'finnhub-13']);
    expect(trades.slice(16, 18)).toEqual(['finnhub-19', 'alpaca-20']);
    expect(parts.made.onAir()).toEqual({ alpaca: 1 });
  });

  test('a better one that comes begins after the minute it came in, and no bar comes twice', () => {
    const parts = pipeline(ALPACA);
    const finnhub = parts.made.handlersOf('finnhub');
    finnhub.onState('live', 'data');
    run(parts, 0, 55, ['alpaca']);
    parts.made.setWanted([{ instrument, sources: [FINNHUB, ALPACA] }], M0);
    expect(parts.made.onAir()).toEqual({ alpaca: 1 });
    for (let second = 55; second < 130; second += 1) {
      run(parts, second, second + 1, ['alpaca']);
      finnhub.onEvents([trade(`finnhub-${second}`, M0 + second * 1_000, { source: 'finnhub' })]);
    }
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    expect(parts.made.awaited()).toEqual([]);
    expect(parts.bars.map(({ openTime, source }) => [openTime, source])).toEqual([
      [M0, 'alpaca'],
      [M1, 'finnhub'],
    ]);
  });

  test('what the other has told of a long silence is not asked for again', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    parts.feed('finnhub').onState('down', 'x');
    run(parts, 0, 900, ['alpaca']);
    parts.feed('finnhub').onState('live', 'data');
    run(parts, 900, 930, ['finnhub', 'alpaca']);
    expect(parts.made.onAir()).toEqual({ finnhub: 1 });
    expect(parts.bars).toHaveLength(15);
    expect(parts.made.awaited()).toEqual([]);
  });

  test('one that is given up while it is on the air leaves its place to the other', () => {
    const parts = pipeline(FINNHUB, ALPACA);
    run(parts, 0, 10, ['finnhub', 'alpaca']);
    parts.feed('alpaca').onEvents([trade('only', M0 + 9_500, { source: 'alpaca' })]);
    parts.made.setWanted([{ instrument, sources: [ALPACA] }], M0);
    expect(parts.told.slice(-2)).toEqual(['finnhub-9', 'only']);
    run(parts, 10, 64, ['finnhub', 'alpaca']);
    expect(parts.bars).toMatchObject([{ openTime: M0, source: 'alpaca' }]);
    expect(parts.made.counts()).toMatchObject({ airSwitches: 1 });
  });
});
