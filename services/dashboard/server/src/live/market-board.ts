import type { Bar, InstrumentId, MarketEvent, Quote } from '@ballast/domain';
import { createFormingBars } from './forming-bar.ts';
import { createPiece, type MarketPiece } from './market-piece.ts';

/** At most ten changes a second for each instrument, however fast the market is. */
const FLUSH_MS = 100;

export type MarketBoard = ReturnType<typeof createMarketBoard>;

/** Newest quote and forming bars of every instrument, told on as conflated changes. */
export function createMarketBoard() {
  const quotes = new Map<InstrumentId, Quote>();
  const forming = createFormingBars();
  const newest = new Map<InstrumentId, Map<string, MarketPiece>>();
  const listeners = new Set<(changes: readonly MarketPiece[]) => void>();
  const changed = new Map<string, MarketPiece>();
  let closed: MarketPiece[] = [];
  const timer = setInterval(flush, FLUSH_MS);
  timer.unref();

  function put(event: MarketEvent): void {
    const piece = createPiece(event);
    if (piece.key === null) {
      closed.push(piece);
      return;
    }
    const known = newest.get(piece.instrument) ?? new Map<string, MarketPiece>();
    newest.set(piece.instrument, known.set(piece.key, piece));
    changed.set(piece.key, piece);
  }

  function applyQuote(quote: Quote): void {
    const known = quotes.get(quote.instrument);
    if (known !== undefined && known.receivedTime > quote.receivedTime) return;
    quotes.set(quote.instrument, quote);
    put({ kind: 'quote', quote });
  }

  function applyBar(bar: Bar): void {
    const ended = forming.onBar(bar);
    if (ended !== null) {
      changed.delete(ended);
      newest.get(bar.instrument)?.delete(ended);
    }
    put({ kind: 'bar', bar });
  }

  function apply(event: MarketEvent): void {
    if (event.kind === 'quote') return applyQuote(event.quote);
    if (event.kind === 'bar') return applyBar(event.bar);
    const bar = forming.onTrade(event.trade);
    if (bar !== null) put({ kind: 'bar', bar });
    return undefined;
  }

  function flush(): void {
    if (changed.size + closed.length === 0) return;
    const changes = [...changed.values(), ...closed];
    changed.clear();
    closed = [];
    for (const listener of listeners) listener(changes);
  }

  return {
    applyQuote,
    apply: (events: readonly MarketEvent[]): void => events.forEach(apply),
    quote: (instrument: InstrumentId): Quote | null => quotes.get(instrument) ?? null,
    /** The newest quote and forming bars of some instruments, or of all. */
    newest: (instruments: Iterable<InstrumentId> = newest.keys()): MarketPiece[] =>
      [...instruments].flatMap((instrument) => [...(newest.get(instrument)?.values() ?? [])]),
    listen(listener: (changes: readonly MarketPiece[]) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** How many listen. */
    listening: (): number => listeners.size,
    close: (): void => clearInterval(timer),
  };
}
