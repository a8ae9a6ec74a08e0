import type { Bar, InstrumentId, MarketEvent, Quote } from '@ballast/domain';
import { withTrade } from './forming-bar.ts';

/** At most ten changes a second for each instrument, however fast the market is. */
const FLUSH_MS = 100;

/** The newest value of each instrument that changed since the last flush. */
export type MarketChanges = {
  readonly quotes: readonly Quote[];
  readonly forming: readonly Bar[];
  readonly closed: readonly Bar[];
};

export type MarketBoard = ReturnType<typeof createMarketBoard>;

/** Newest quote and forming bar of every instrument, told on as conflated changes. */
export function createMarketBoard() {
  const quotes = new Map<InstrumentId, Quote>();
  const forming = new Map<InstrumentId, Bar>();
  const listeners = new Set<(changes: MarketChanges) => void>();
  const dirtyQuotes = new Set<InstrumentId>();
  const dirtyForming = new Set<InstrumentId>();
  let closed: Bar[] = [];
  const timer = setInterval(flush, FLUSH_MS);
  timer.unref();

  function applyQuote(quote: Quote): void {
    const known = quotes.get(quote.instrument);
    if (known !== undefined && known.receivedTime > quote.receivedTime) return;
    quotes.set(quote.instrument, quote);
    dirtyQuotes.add(quote.instrument);
  }

  function apply(event: MarketEvent): void {
    if (event.kind === 'quote') return applyQuote(event.quote);
    if (event.kind === 'bar') {
      closed.push(event.bar);
      const current = forming.get(event.bar.instrument);
      if (current?.openTime === event.bar.openTime) forming.delete(event.bar.instrument);
      return undefined;
    }
    const { trade } = event;
    const next = withTrade(forming.get(trade.instrument) ?? null, trade);
    if (next === null) return undefined;
    forming.set(trade.instrument, next);
    dirtyForming.add(trade.instrument);
    return undefined;
  }

  function flush(): void {
    if (dirtyQuotes.size + dirtyForming.size + closed.length === 0) return;
    const changes = {
      quotes: pick(dirtyQuotes, quotes),
      forming: pick(dirtyForming, forming),
      closed,
    };
    dirtyQuotes.clear();
    dirtyForming.clear();
    closed = [];
    for (const listener of listeners) listener(changes);
  }

  return {
    applyQuote,
    apply: (events: readonly MarketEvent[]): void => events.forEach(apply),
    quote: (instrument: InstrumentId): Quote | null => quotes.get(instrument) ?? null,
    snapshot: (): MarketChanges => ({
      quotes: [...quotes.values()],
      forming: [...forming.values()],
      closed: [],
    }),
    listen(listener: (changes: MarketChanges) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: (): void => clearInterval(timer),
  };
}

function pick<V>(keys: ReadonlySet<InstrumentId>, from: ReadonlyMap<InstrumentId, V>): V[] {
  return [...keys].flatMap((key) => {
    const value = from.get(key);
    return value === undefined ? [] : [value];
  });
}
