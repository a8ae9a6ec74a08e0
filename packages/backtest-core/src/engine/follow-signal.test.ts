import { parseScaled, parseUuid, type SignalId, uuidV7 } from '@ballast/domain';
import { gateConfiguration, SAYS, strategyNamed } from '@ballast/strategies';
import { describe, expect, test } from 'vitest';
import { followSignal } from './follow-signal.ts';
import { BEGIN, firstOf, HOUR, instrument, options, walk } from './made-bars.fixture.ts';
import { runBacktest } from './run.ts';

const BTC = instrument();
const CASH = { amount: parseScaled('100000'), currency: 'USDT' };
const costs = {
  ...{ makerFee: parseScaled('0.0002'), takerFee: parseScaled('0.00055') },
  ...{ spread: 0.0001, slippage: 0.0001 },
};
const bars = walk('followed', 400);
const model = strategyNamed('sma-cross').model({ fastPeriod: 3, slowPeriod: 8, short: true });
const series = { instrument: BTC, timeframe: '1h', bars, model } as const;
const nothingTraded = options({ costs, gates: gateConfiguration({ openTradesMax: 0 }) });
const { blocked } = runBacktest([series], nothingTraded);

/** The signal of a blocked entry, as it would be stored live. */
function signalOf({ direction, level, decidedAt }: (typeof blocked)[number]) {
  const id = parseUuid<SignalId>(uuidV7(decidedAt, new Uint8Array(10)));
  const of = { id, strategy: 'sma-cross', direction, level, equity: CASH } as const;
  return { ...of, barOpenTime: decidedAt - HOUR };
}
const follow = { ...nothingTraded, horizonBars: 1_000 };

/** All bars but those of some rows. */
function without(from: number, to: number) {
  const cut = (column: Float64Array) => column.filter((_, row) => row < from || row >= to);
  return {
    ...{ openTime: cut(bars.openTime), open: cut(bars.open), high: cut(bars.high) },
    ...{ low: cut(bars.low), close: cut(bars.close), volume: cut(bars.volume) },
  };
}

test('after bars that are missing a strategy has seen nothing, as live', () => {
  const saidOn = (columns: typeof bars, { model } = series) =>
    runBacktest([{ ...series, model, bars: columns }], nothingTraded).blocked.flatMap((one) =>
      one.decidedAt > (bars.openTime[205] ?? NaN) ? [{ ...one }] : [],
    );
  const after = saidOn(without(0, 205));
  expect(after.length).toBeGreaterThan(5);
  expect(saidOn(without(200, 205))).toEqual(after);
  // The strategy speaks on the first bars too, where none are missing.
  expect(saidOn(bars).length).toBeGreaterThan(after.length);
  // It is silent until it is warm again.
  const warming = { ...series, model: { ...series.model, warmUp: 150 } };
  const warm = saidOn(without(0, 205), warming);
  expect(warm.length).toBeGreaterThan(0);
  expect(warm.length).toBeLessThan(after.length);
  expect(saidOn(without(200, 205), warming)).toEqual(warm);
});

describe('the plan of a signal', () => {
  test('comes to what the backtest says that it would have come to', () => {
    expect(blocked.length).toBeGreaterThan(20);
    for (const entry of blocked.slice(0, -2)) {
      const found = followSignal(series, signalOf(entry), follow);
      if (found.kind !== 'ended') throw new Error(`${entry.decidedAt}: ${found.kind}`);
      const { leftAt, exit, realised } = found.ended;
      expect({ leftAt, exit, realised }).toEqual(entry.counterfactual);
      const cut = { ...series, bars: firstOf(bars, found.rows) };
      expect(
        followSignal(cut, signalOf(entry), follow),
        'what comes later is not looked at',
      ).toEqual(found);
      const short = { ...series, bars: firstOf(bars, found.rows - 1) };
      expect(followSignal(short, signalOf(entry), follow)).toEqual({ kind: 'open' });
    }
  });

  test('is the same with bars missing soon after', () => {
    let compared = 0;
    for (const { decidedAt } of blocked.slice(5, -10)) {
      const row = (decidedAt - BEGIN) / HOUR + 1;
      const of = { ...series, bars: without(row, row + 2) };
      const all = runBacktest([of], nothingTraded).blocked;
      for (const entry of all.filter((one) => Math.abs(one.decidedAt - decidedAt) < 40 * HOUR)) {
        const found = followSignal(of, signalOf(entry), follow);
        // The bars may end before its trade does.
        if (found.kind === 'open') continue;
        if (found.kind !== 'ended') throw new Error(`${entry.decidedAt}: ${found.kind}`);
        const { leftAt, exit, realised } = found.ended;
        expect({ leftAt, exit, realised }).toEqual(entry.counterfactual);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(30);
  });

  test('is left on no word of a strategy that warms up again after missing bars', () => {
    const entry = blocked.find(({ counterfactual, decidedAt }) => {
      return (counterfactual?.leftAt ?? 0) > decidedAt + 8 * HOUR;
    });
    if (entry === undefined) throw new Error('no entry is held for long');
    const step = (): number => SAYS.leaveLong + SAYS.leaveShort;
    const row = (entry.decidedAt - BEGIN) / HOUR;
    const leftAfter = (warmUp: number, columns: typeof bars): number | null => {
      const of = { ...series, bars: columns, model: { ...model, warmUp, step } };
      const found = followSignal(of, signalOf(entry), follow);
      const leftAt = found.kind === 'ended' ? found.ended.leftAt : null;
      return leftAt === null ? null : (leftAt - entry.decidedAt) / HOUR;
    };
    expect(leftAfter(3, bars), 'warm when it was entered').toBe(1);
    expect(leftAfter(3, without(row, row + 2)), 'three bars, after two that are missing').toBe(6);
  });

  test('is closed at its horizon', () => {
    const [entry] = blocked.filter(({ counterfactual, decidedAt }) => {
      return (counterfactual?.leftAt ?? 0) > decidedAt + 5 * HOUR;
    });
    if (entry === undefined) throw new Error('no entry is held for long');
    const found = followSignal(series, signalOf(entry), { ...follow, horizonBars: 3 });
    const at = entry.decidedAt + 3 * HOUR;
    expect(found).toMatchObject({ kind: 'ended', ended: { exit: 'close', leftAt: at } });
  });

  test('buys nothing without an equity, and needs the bar that it is of', () => {
    const [entry] = blocked;
    if (entry === undefined) throw new Error('nothing was blocked');
    const signal = signalOf(entry);
    expect(followSignal(series, { ...signal, equity: null }, follow)).toMatchObject({
      ...{ kind: 'unsized', input: 'no portfolio snapshot' },
    });
    const earlier = { ...signal, barOpenTime: BEGIN - HOUR };
    expect(followSignal(series, earlier, follow)).toEqual({ kind: 'noBar' });
  });

  test('says how many bars were missing while it was held', () => {
    const entry = blocked.find(({ counterfactual, decidedAt }) => {
      return (counterfactual?.leftAt ?? 0) > decidedAt + 5 * HOUR;
    });
    if (entry === undefined) throw new Error('no entry is held for long');
    const gone = (entry.decidedAt - BEGIN) / HOUR + 2;
    const without = (column: Float64Array) => column.filter((_, row) => row !== gone);
    const { openTime, open, high, low, close, volume } = bars;
    const holed = {
      ...{ openTime: without(openTime), open: without(open), high: without(high) },
      ...{ low: without(low), close: without(close), volume: without(volume) },
    };
    const found = followSignal({ ...series, bars: holed }, signalOf(entry), follow);
    expect(found).toMatchObject({ kind: 'ended', missing: 1 });
    expect(followSignal(series, signalOf(entry), follow)).toMatchObject({ missing: 0 });
  });
});
