import type { DataSource, Instrument, InstrumentId } from '@ballast/domain';
import type { FeedEvent } from '@ballast/feeds';
import { ClockSkewRule } from './clock-skew.ts';
import type { Timed } from './event-times.ts';
import { FEED_WIDE, type RecordBook } from './record-book.ts';
import { SymbolWatch } from './symbol-watch.ts';

/** The instruments that are watched, and what each source tells of one. */
export type Watched = Map<
  InstrumentId,
  { readonly session: Instrument['session']; readonly watches: SymbolWatch[] }
>;

/** Everything that one source tells. */
export class SourceWatch {
  readonly #source: DataSource;
  readonly #watched: Watched;
  readonly #book: Pick<RecordBook, 'note'>;
  readonly #clock = new ClockSkewRule();
  readonly #symbols = new Map<InstrumentId, SymbolWatch>();
  /** Events of instruments that are not watched. */
  unknown = 0;

  constructor(source: DataSource, watched: Watched, book: Pick<RecordBook, 'note'>) {
    this.#source = source;
    this.#watched = watched;
    this.#book = book;
  }

  onEvent(event: FeedEvent): void {
    switch (event.kind) {
      case 'trade': {
        const { trade } = event;
        this.#onTime(trade);
        this.#symbol(trade.instrument)?.onTrade(trade);
        return;
      }
      case 'quote': {
        const { quote } = event;
        this.#onTime(quote);
        this.#symbol(quote.instrument)?.onQuote(quote);
        return;
      }
      case 'bar':
        this.#symbol(event.bar.instrument)?.onBar(event.bar);
        return;
      case 'book':
        return this.#symbol(event.instrument)?.onBook(event);
      case 'price':
        return this.#symbol(event.instrument)?.onPrice(event);
      case 'gap':
        return this.#symbol(event.instrument)?.onGap(event);
      case 'begin':
        return;
      case 'correction':
        return this.#symbol(event.instrument)?.onCorrection(event);
      default:
        event satisfies never;
    }
  }

  /** Of an instrument that is not watched any more nothing is kept. */
  forget(instrument: InstrumentId): void {
    this.#symbols.delete(instrument);
  }

  #onTime(timed: Timed): void {
    const skew = this.#clock.onEvent(timed);
    if (skew === null) return;
    const what = { rule: 'CLOCK_SKEW', instrument: FEED_WIDE, source: this.#source };
    this.#book.note({ ...what, at: timed.receivedTime, evidence: skew });
  }

  #symbol(instrument: InstrumentId): SymbolWatch | undefined {
    return this.#symbols.get(instrument) ?? this.#open(instrument);
  }

  #open(instrument: InstrumentId): SymbolWatch | undefined {
    const watched = this.#watched.get(instrument);
    if (watched === undefined) {
      this.unknown += 1;
      return undefined;
    }
    const source = this.#source;
    const symbol = new SymbolWatch(source, watched, watched.watches, (rule, at, evidence) => {
      this.#book.note({ rule, instrument, source, at, evidence });
    });
    watched.watches.push(symbol);
    this.#symbols.set(instrument, symbol);
    return symbol;
  }
}
