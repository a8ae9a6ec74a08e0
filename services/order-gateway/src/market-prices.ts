import { type Bus, latestQuotes, readMarket } from '@ballast/bus';
import type { InstrumentId, Quote } from '@ballast/domain';
import type { Logger } from '@ballast/observability';

/** The newest quote of each instrument of a venue's stream, begun with what the bus remembers. */
export async function followPrices(
  bus: Bus,
  url: string,
  venue: string,
  log: Logger,
): Promise<{
  quotes: ReadonlyMap<InstrumentId, Quote>;
  onQuote(listener: (quote: Quote) => void): void;
  stop(): Promise<void>;
}> {
  const listeners: ((quote: Quote) => void)[] = [];
  const quotes = new Map<InstrumentId, Quote>(await latestQuotes(bus));
  const reader = readMarket(url, {
    venues: [venue],
    from: '$',
    name: 'order-gateway prices',
    log,
    onBatch(events) {
      for (const event of events) {
        if (event.kind !== 'quote') continue;
        quotes.set(event.quote.instrument, event.quote);
        for (const listener of listeners) listener(event.quote);
      }
    },
  });
  return {
    quotes,
    onQuote: (listener) => listeners.push(listener),
    stop: () => reader.stop(),
  };
}
