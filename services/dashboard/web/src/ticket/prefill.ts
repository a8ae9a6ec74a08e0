import type { TradeDirection } from '@ballast/domain';
import { decimalsOf } from '../format/number.ts';

type Range = { readonly high: string; readonly low: string; readonly close: string };

/** Steps whose ranges are averaged. */
const RANGE_STEPS = 14;
/**
 * Minutes that one step of the range stands for: a stop inside a single minute's noise is no stop.
 */
const BARS_PER_STEP = 5;
const STOP_RANGES = 1.5;
const REWARD_RISK = 2;
/** Without history the stop is this share of the price away. */
const FALLBACK_SHARE = 0.005;
/** The suggested risk keeps the position well inside the rule for its share of the equity. */
const SUGGESTED_POSITION_SHARE = 0.1;
const SUGGESTED_RISK_SHARE = 0.005;

/** Average true range over the newest steps of five 1-minute bars; null with too little history. */
export function averageStepRange(bars: readonly Range[]): number | null {
  const steps: { high: number; low: number; close: number }[] = [];
  for (let end = bars.length; end >= BARS_PER_STEP; end -= BARS_PER_STEP) {
    const part = bars.slice(end - BARS_PER_STEP, end);
    steps.unshift({
      high: Math.max(...part.map((bar) => Number(bar.high))),
      low: Math.min(...part.map((bar) => Number(bar.low))),
      close: Number(part.at(-1)?.close),
    });
  }
  const ranges = steps.slice(-RANGE_STEPS - 1).map((step, index, all) => {
    const before = all[index - 1]?.close;
    if (before === undefined) return null;
    return Math.max(step.high, before) - Math.min(step.low, before);
  });
  const known = ranges.filter((range) => range !== null);
  if (known.length === 0) return null;
  return known.reduce((sum, range) => sum + range, 0) / known.length;
}

type PrefilledLevels = {
  readonly stop: string;
  /** Twice the stop's distance away. */
  readonly target: string;
  /** Once, twice and three times its distance away. */
  readonly ladder: readonly [string, string, string];
  /** Half its distance away, for an entry that waits for the market to move with the trade. */
  readonly trigger: string;
  /** The stop's from the entry. */
  readonly distance: string;
};

/** Stop 1.5 average ranges against the trade, and what follows from it; all on the tick. */
export function prefillLevels(
  entry: number,
  direction: TradeDirection,
  bars: readonly Range[],
  tickSize: string,
): PrefilledLevels {
  const tick = Number(tickSize);
  const range = averageStepRange(bars);
  const distance = Math.max(
    range === null ? entry * FALLBACK_SHARE : range * STOP_RANGES,
    tick * 2,
  );
  const way = direction === 'long' ? 1 : -1;
  const onTick = (level: number) =>
    (Math.max(1, Math.round(level / tick)) * tick).toFixed(decimalsOf(tickSize));
  const rung = (risks: number) => onTick(entry + way * distance * risks);
  return {
    stop: onTick(entry - way * distance),
    target: rung(REWARD_RISK),
    ladder: [rung(1), rung(2), rung(3)],
    trigger: rung(0.5),
    distance: onTick(distance),
  };
}

/** A risk in money that fits the stop's distance and the account, rounded down to two digits. */
export function suggestRisk(entry: number, stop: number, equity: number): string {
  const byPosition = ((equity * SUGGESTED_POSITION_SHARE) / entry) * Math.abs(entry - stop);
  const risk = Math.min(byPosition, equity * SUGGESTED_RISK_SHARE);
  if (!(risk > 0)) return '';
  const unit = 10 ** (Math.floor(Math.log10(risk)) - 1);
  const decimals = Math.max(0, Math.ceil(-Math.log10(unit)));
  return (Math.floor(risk / unit) * unit).toFixed(decimals);
}

/** The average range as a price on the tick, rounded up to one tick; '' with too little history. */
export function rangeText(bars: readonly Range[], tickSize: string): string {
  const range = averageStepRange(bars);
  if (range === null) return '';
  const tick = Number(tickSize);
  return (Math.max(1, Math.ceil(range / tick)) * tick).toFixed(decimalsOf(tickSize));
}
