import { type InstrumentId, type MarketEvent, packMarketEvents } from '@ballast/domain';

/**
 * One value of the market for whoever shows its instrument. `key` names what a newer piece takes
 * the place of; a closed bar has none, since each of them counts.
 */
export type MarketPiece = {
  readonly key: string | null;
  readonly instrument: InstrumentId;
  /** The event as text: made when first asked for, and once for all clients. */
  row(): string;
};

export function createPiece(event: MarketEvent): MarketPiece {
  let text: string | null = null;
  const row = (): string => (text ??= packMarketEvents([event]));
  switch (event.kind) {
    case 'quote':
      return { key: `quote ${event.quote.instrument}`, instrument: event.quote.instrument, row };
    case 'trade':
      return { key: null, instrument: event.trade.instrument, row };
    case 'bar': {
      const { instrument, state } = event.bar;
      return { key: state === 'forming' ? formingKey(event.bar) : null, instrument, row };
    }
    default:
      return event satisfies never;
  }
}

export function formingKey(bar: { instrument: InstrumentId; timeframe: string }): string {
  return `${bar.timeframe} ${bar.instrument}`;
}
