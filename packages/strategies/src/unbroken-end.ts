import { type Bar, nextOpenTime, type TradingSession } from '@ballast/domain';

/** The longest run of bars of one timeframe without a hole that ends with the newest bar. */
export function unbrokenEnd(bars: readonly Bar[], session: TradingSession): readonly Bar[] {
  let from = bars.length - 1;
  while (from > 0) {
    const later = bars[from];
    const earlier = bars[from - 1];
    if (later === undefined || earlier === undefined || !isNext(earlier, later, session)) break;
    from -= 1;
  }
  return bars.slice(Math.max(from, 0));
}

/** No bar of the session is missing between the two, which are of one timeframe. */
export function isNext(
  { timeframe, openTime }: Pick<Bar, 'timeframe' | 'openTime'>,
  later: Pick<Bar, 'openTime'>,
  session: TradingSession,
): boolean {
  return nextOpenTime(timeframe, session, openTime) === later.openTime;
}
