import type { Instrument } from '@ballast/domain';
import { createTickCheck } from '../decimal-check.ts';
import type { FaultSink } from '../faults.ts';
import { Book } from './book.ts';
import { bybitPrintStep } from './print-step.ts';
import { createItemReader, type ItemReader } from './public-items.ts';
import { Ticker } from './ticker.ts';

/** `linear` has bid and ask in its ticker; `spot` only the last price, so its first level joins. */
export type BybitCategory = 'linear' | 'spot';

export type Wanted = {
  readonly category: BybitCategory;
  /** Levels of the book to follow, as the venue offers them; null: none. */
  readonly bookDepth: number | null;
};

/** What is known of one symbol, and how its items are read. */
export type SymbolReader = {
  readonly instrument: Instrument;
  readonly items: ItemReader;
  readonly ticker: Ticker;
  /** By the channel that carries it. */
  readonly books: ReadonlyMap<string, Book>;
};

const BEST_CHANNEL = 'orderbook.1';

export function bookChannels({ category, bookDepth }: Wanted): string[] {
  const best = category === 'spot' ? [BEST_CHANNEL] : [];
  return bookDepth === null ? best : [...best, `orderbook.${bookDepth}`];
}

/** Whether the channel's book is there for the quote alone. */
export function isBestOnly(channel: string): boolean {
  return channel === BEST_CHANNEL;
}

/** Every channel that is asked for, for each symbol. */
export function channelsOf(wanted: Wanted): string[] {
  return ['publicTrade', 'tickers', 'kline.1', ...bookChannels(wanted)];
}

export function createSymbolReader(
  instrument: Instrument,
  wanted: Wanted,
  fault: FaultSink,
): SymbolReader {
  const { id, tickSize } = instrument;
  const isOnTick = createTickCheck(tickSize);
  const isPrint = createTickCheck(bybitPrintStep(tickSize));
  const books = bookChannels(wanted).map((channel): [string, Book] => {
    const depth = Number(channel.slice(channel.indexOf('.') + 1));
    return [channel, new Book(id, depth, isOnTick, fault)];
  });
  return {
    instrument,
    items: createItemReader(id, isPrint, fault),
    ticker: new Ticker(id, { isOnTick, isPrint }, fault),
    books: new Map(books),
  };
}
