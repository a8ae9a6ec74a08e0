import { type Bar, parseInstrumentId } from '@ballast/domain';
import { type NumericBar, SAYS, type StrategyRun, unbrokenEnd } from '@ballast/strategies';
import { expect, test } from 'vitest';
import { createTrack } from './instrument-track.ts';

const MINUTE = 60_000;

test('the unbroken end stops at the newest hole', () => {
  const bars = [0, 1, 2, 5, 6, 7].map((minute) => barAt(minute));
  expect(unbrokenEnd(bars).map((bar) => bar.openTime / MINUTE)).toEqual([5, 6, 7]);
  expect(unbrokenEnd([])).toEqual([]);
  expect(unbrokenEnd([barAt(3)])).toHaveLength(1);
});

test('stored bars warm up without opinions; the next bar gives one', () => {
  const { start, seen } = recorder(3);
  const track = createTrack(start);
  track.warmUp([barAt(0), barAt(1), barAt(2)]);
  expect(seen).toEqual([0, 1, 2]);
  expect(track.isWarm()).toBe(true);
  expect(track.precedes(barAt(3))).toBe(true);
  const result = track.accept(barAt(3));
  expect(result).toMatchObject({ kind: 'stepped', opinions: [{ strategy: 'momentum' }] });
});

test('a bar seen before is repeated, one too late is a hole, and neither is stepped', () => {
  const { start, seen } = recorder(1);
  const track = createTrack(start);
  track.warmUp([barAt(4), barAt(5)]);
  expect(track.accept(barAt(5))).toEqual({ kind: 'repeated' });
  expect(track.accept(barAt(4))).toEqual({ kind: 'repeated' });
  expect(track.accept(barAt(7))).toEqual({ kind: 'hole' });
  expect(seen).toEqual([4, 5]);
  track.warmUp([barAt(7)]);
  expect(track.isWarm(), 'one bar is all this strategy needs').toBe(true);
  expect(track.barsSeen()).toBe(1);
});

test('a bar that contradicts itself is refused and leaves the track as it was', () => {
  const track = createTrack(recorder(1).start);
  track.warmUp([barAt(0)]);
  expect(() => track.accept({ ...barAt(1), high: '1' })).toThrow(/outside low to high/);
  expect(track.accept(barAt(1)).kind).toBe('stepped');
});

/** A strategy with an opinion on every bar, which notes the minutes it was shown. */
function recorder(warmUp: number): { start: () => StrategyRun[]; seen: number[] } {
  const seen: number[] = [];
  function step(bar: NumericBar) {
    seen.push(bar.openTime / MINUTE);
    return {
      direction: 'long',
      level: { entry: bar.close, stop: bar.close - 1, target: bar.close + 2 },
      inputs: {},
    } as const;
  }
  const rest = { says: () => SAYS.enterLong, score: () => 100, parts: () => ({}) };
  return { start: () => [{ name: 'momentum', warmUp, step, ...rest }], seen };
}

function barAt(minute: number): Bar {
  return {
    instrument: parseInstrumentId('bybit.linear:BTCUSDT'),
    timeframe: '1m',
    openTime: minute * MINUTE,
    open: '100',
    high: '101',
    low: '99',
    close: '100',
    volume: '1',
    tradeCount: 1,
    state: 'closed',
    source: 'bybit',
    builtFrom: 'trades',
    missing: 0,
  };
}
