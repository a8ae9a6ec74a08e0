import { type Bar, parseInstrumentId } from '@ballast/domain';
import { Known, type NumericBar, SAYS, type StrategyRun, unbrokenEnd } from '@ballast/strategies';
import { expect, test } from 'vitest';
import { createTrack } from './instrument-track.ts';

const MINUTE = 60_000;
const NOTHING = new Known([]);

test('the unbroken end stops at the newest hole', () => {
  const bars = [0, 1, 2, 5, 6, 7].map((minute) => barAt(minute));
  expect(unbrokenEnd(bars, 'continuous').map((bar) => bar.openTime / MINUTE)).toEqual([5, 6, 7]);
  expect(unbrokenEnd([], 'continuous')).toEqual([]);
  expect(unbrokenEnd([barAt(3)], 'continuous')).toHaveLength(1);
});

test('stored bars warm up without opinions; the next bar gives one', () => {
  const { start, seen } = recorder(3);
  const track = createTrack(start, 'continuous');
  track.warmUp([barAt(0), barAt(1), barAt(2)], NOTHING);
  expect(seen).toEqual([0, 1, 2]);
  expect(track.isWarm()).toBe(true);
  expect(track.precedes(barAt(3))).toBe(true);
  const result = track.accept(barAt(3), NOTHING);
  expect(result).toMatchObject({
    kind: 'stepped',
    words: [{ strategy: 'momentum', word: 'enter' }],
  });
});

test('a bar seen before is repeated, one too late is a hole, and neither is stepped', () => {
  const { start, seen } = recorder(1);
  const track = createTrack(start, 'continuous');
  track.warmUp([barAt(4), barAt(5)], NOTHING);
  expect(track.accept(barAt(5), NOTHING)).toEqual({ kind: 'repeated' });
  expect(track.accept(barAt(4), NOTHING)).toEqual({ kind: 'repeated' });
  expect(track.accept(barAt(7), NOTHING)).toEqual({ kind: 'hole' });
  expect(seen).toEqual([4, 5]);
  track.warmUp([barAt(7)], NOTHING);
  expect(track.isWarm(), 'one bar is all this strategy needs').toBe(true);
  expect(track.barsSeen()).toBe(1);
});

test('a bar that contradicts itself is refused and leaves the track as it was', () => {
  const track = createTrack(recorder(1).start, 'continuous');
  track.warmUp([barAt(0)], NOTHING);
  expect(() => track.accept({ ...barAt(1), high: '1' }, NOTHING)).toThrow(/outside low to high/);
  expect(track.accept(barAt(1), NOTHING).kind).toBe('stepped');
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
  const leaves = () => null;
  return { start: () => [{ name: 'momentum', warmUp, step, leaves, ...rest }], seen };
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
