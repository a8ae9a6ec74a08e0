import { type InstrumentId, symbolOf } from './instrument.ts';

/** A market whose instruments an account can trade at its venue. */
export type TradedMarket = {
  /** As instrument ids begin: `<venue>.<market>`. */
  readonly market: string;
  /** What its symbols end in, behind at least one character; null: in anything. */
  readonly endings: readonly string[] | null;
};

/** Is this instrument of one of these markets? Asked by rules and adapters alike. */
export function isTradedIn(markets: readonly TradedMarket[], instrument: InstrumentId): boolean {
  const symbol = symbolOf(instrument);
  return markets.some(({ market, endings }) => {
    if (!instrument.startsWith(`${market}:`)) return false;
    if (endings === null) return true;
    return endings.some((end) => symbol.endsWith(end) && symbol.length > end.length);
  });
}
