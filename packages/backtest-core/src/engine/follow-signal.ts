import type { Money, Signal, TradeDirection } from '@ballast/domain';
import { sizeTrade } from '@ballast/order-core';
import { SAYS } from '@ballast/strategies';
import { checkLength, holesInSound } from './bars-check.ts';
import { printAt } from './costs.ts';
import type { EndedTrade } from './ended-trade.ts';
import { Opening } from './opening.ts';
import type { BacktestOptions } from './run.ts';
import { ShadowTrades, type ShadowOptions } from './shadow-trades.ts';
import { beginAnew, decidedAt, type Series, startTrack, type Track } from './track.ts';

export type FollowedSignal = Pick<
  Signal,
  'id' | 'strategy' | 'direction' | 'level' | 'barOpenTime'
> & {
  /** Of the account when it was decided; null: not known, which buys nothing. */
  readonly equity: Money | null;
};

export type FollowOptions = ShadowOptions & {
  readonly sizing: Pick<BacktestOptions['sizing'], 'risk' | 'notional'>;
  /** Bars after which what is still held is closed. */
  readonly horizonBars: number;
};

/** `rows` of the series were looked at: what comes after them changes nothing. */
export type FollowedSignalEnd =
  | {
      readonly kind: 'ended';
      readonly ended: EndedTrade;
      readonly rows: number;
      /** Bars that are missing while it was held. */
      readonly missing: number;
    }
  | { readonly kind: 'unsized'; readonly input: string; readonly rows: number }
  /** The bars end before its trade does. */
  | { readonly kind: 'open' }
  | { readonly kind: 'noBar' };

/**
 * What a signal's plan comes to on the bars: as large as its account lets it be, entered at the
 * next open, left at stop, target or on the strategy's own word. The engine of the backtest, with
 * this one trade.
 * @throws InvalidInput BARS_FAULTY, BARS_TOO_FEW
 */
export function followSignal(
  series: Series,
  signal: FollowedSignal,
  options: FollowOptions,
): FollowedSignalEnd {
  const holes = holesInSound(series, null);
  checkLength(series.instrument, series.bars, 0);
  const track = startTrack(series, series.bars.openTime.length, holes);
  const shadows = new ShadowTrades(options, null);
  const { openTime, close } = track.bars;
  const found: { ended: EndedTrade | null } = { ended: null };
  let begun: number | null = null;
  for (; track.row < openTime.length; track.row += 1) {
    const { row } = track;
    const rows = row + 1;
    const now = stepBar(track, shadows);
    if (found.ended !== null) return endedAt(track, signal, found.ended);
    if (begun !== null && row - begun >= options.horizonBars) {
      shadows.finish(track, close[row] ?? NaN, now);
    } else if (openTime[row] === signal.barOpenTime) {
      const sized = sizeOf(track, signal, options);
      if (sized.kind === 'refused') return { kind: 'unsized', input: sized.input, rows };
      begun = row;
      const { direction, strategy } = signal;
      const opening = new Opening(track, sized, { direction, strategy, at: now, number: 0 });
      shadows.begin(track, opening, (end) => {
        found.ended = end;
      });
    }
    if (found.ended !== null) return endedAt(track, signal, found.ended);
  }
  return { kind: begun === null ? 'noBar' : 'open' };
}

function endedAt(
  { holes, bars, row }: Track,
  { barOpenTime }: FollowedSignal,
  ended: EndedTrade,
): FollowedSignalEnd {
  const last = bars.openTime[row] ?? NaN;
  const within = holes.filter(({ from }) => from > barOpenTime && from < last);
  const missing = within.reduce((sum, hole) => sum + hole.bars, 0);
  return { kind: 'ended', ended, rows: row + 1, missing };
}

/** What the bar does to what is held, and what the strategy says on its close. @returns when */
function stepBar(track: Track, shadows: ShadowTrades): number {
  const { row, bars, model, state, known } = track;
  const time = bars.openTime[row] ?? NaN;
  const rate = known.settle(time);
  if (rate !== 0) shadows.fund(track, bars.open[row] ?? NaN, rate);
  shadows.trade(track, time);
  const now = decidedAt(track, time);
  known.moveTo(now);
  beginAnew(track, row);
  const said = model.step(state, 0, bars, row, known.values);
  const isLeft = (one: TradeDirection): boolean =>
    (said & (one === 'long' ? SAYS.leaveLong : SAYS.leaveShort)) !== 0;
  if (row - track.begun >= model.warmUp) shadows.leave(track, isLeft, now);
  return now;
}

function sizeOf(
  { instrument, terms, bars, row }: Track,
  { direction, level, equity }: FollowedSignal,
  { costs, sizing }: FollowOptions,
) {
  const print = printAt(bars.close[row] ?? NaN, instrument, terms, costs);
  return sizeTrade({
    ...{ instrument, direction, level, equity, volume: null },
    price: direction === 'long' ? print.ask : print.bid,
    ...{ riskFraction: sizing.risk, notionalFraction: sizing.notional },
  });
}
