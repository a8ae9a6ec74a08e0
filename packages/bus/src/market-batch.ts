import { type InstrumentId, type MarketEvent, packMarketEvents, type Quote } from '@ballast/domain';

type QuoteEvent = { readonly kind: 'quote'; readonly quote: Quote };

/** The newest quote of each instrument, packed. */
export function packedQuotes(batch: readonly MarketEvent[]): Map<string, string> {
  const packed = new Map<string, string>();
  for (const [instrument, event] of newestQuotes(batch)) {
    packed.set(instrument, packMarketEvents([event]));
  }
  return packed;
}

/**
 * Which of the oldest events stay where there is no room for all: bars and the newest quotes, since
 * nothing that comes later says the same. At most half of them, the newest.
 */
export function thinOut(oldest: readonly MarketEvent[]): {
  readonly kept: readonly MarketEvent[];
  readonly lost: readonly MarketEvent[];
} {
  const quotes = new Set<MarketEvent>(newestQuotes(oldest).values());
  const kept: MarketEvent[] = [];
  const lost: MarketEvent[] = [];
  for (const event of oldest) {
    (event.kind === 'bar' || quotes.has(event) ? kept : lost).push(event);
  }
  const surplus = Math.max(0, kept.length - Math.floor(oldest.length / 2));
  return { kept: kept.slice(surplus), lost: [...kept.slice(0, surplus), ...lost] };
}

function newestQuotes(events: readonly MarketEvent[]): Map<InstrumentId, QuoteEvent> {
  const newest = new Map<InstrumentId, QuoteEvent>();
  for (const event of events) {
    if (event.kind === 'quote') newest.set(event.quote.instrument, event);
  }
  return newest;
}
