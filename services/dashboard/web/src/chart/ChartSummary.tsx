import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import type { BarInfo, InstrumentInfo } from '../api/shapes.ts';
import { decimalsOf, fixed } from '../format/number.ts';
import { utcStretch } from '../format/time.ts';

type Props = {
  instrument: InstrumentInfo;
  bars: readonly BarInfo[];
  position: PortfolioPosition | undefined;
};

/** The chart in words. It changes with closed bars, not with ticks. */
export function ChartSummary({ instrument, bars, position }: Props) {
  const first = bars[0];
  const last = bars.at(-1);
  if (first === undefined || last === undefined) {
    return <figcaption className="chart-summary">No closed bar is stored yet.</figcaption>;
  }
  const price = (value: string | number | null) =>
    fixed(value === null ? null : String(value), decimalsOf(instrument.tickSize));
  const high = bars.reduce(
    (best, bar) => (Number(bar.high) > Number(best) ? bar.high : best),
    first.high,
  );
  const low = bars.reduce(
    (best, bar) => (Number(bar.low) < Number(best) ? bar.low : best),
    first.low,
  );
  return (
    <figcaption className="chart-summary">
      {bars.length} closed bars, {utcStretch(first.openTime, last.openTime)}. Last close{' '}
      {price(last.close)}, high {price(high)}, low {price(low)} {instrument.quoteCurrency}.
      {position !== undefined && held(position, price)}
    </figcaption>
  );
}

function held(position: PortfolioPosition, price: (value: string | null) => string): string {
  const { direction, entryPrice, stop, target } = position;
  const levels = `entry ${price(entryPrice)}, stop ${price(stop)}, target ${price(target)}`;
  return ` Open ${direction}: ${levels}.`;
}
