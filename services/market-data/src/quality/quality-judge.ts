import type { DataSource, Instrument } from '@ballast/domain';
import type { FaultNotice, FeedEvent } from '@ballast/feeds';
import { isOfTheData } from './feed-faults.ts';
import { FEED_WIDE, type RecordBook } from './record-book.ts';
import { SourceWatch, type Watched } from './source-watch.ts';

/** The list may be made anew for each that asks: it is gone through no more often than this. */
const FOLLOW_EVERY_MS = 1_000;

/** Holds what every source tells of the watched instruments against the rules. */
export class QualityJudge {
  readonly #wanted: () => readonly Instrument[];
  readonly #book: Pick<RecordBook, 'note'>;
  readonly #now: () => number;
  readonly #sources = new Map<DataSource, SourceWatch>();
  readonly #watched: Watched = new Map();
  #instruments: readonly Instrument[] = [];
  #followedAt = Number.NEGATIVE_INFINITY;

  constructor(
    instruments: () => readonly Instrument[],
    book: Pick<RecordBook, 'note'>,
    now: () => number,
  ) {
    this.#wanted = instruments;
    this.#book = book;
    this.#now = now;
  }

  onEvents(source: DataSource, events: readonly FeedEvent[]): void {
    this.#follow();
    const watch = this.#sources.get(source) ?? this.#open(source);
    for (const event of events) watch.onEvent(event);
  }

  /** Input that a parser has left out: no other rule has seen it. */
  onFault(source: DataSource, { code, sample, instrument }: FaultNotice): void {
    if (!isOfTheData(code)) return;
    const of = { rule: code, instrument: instrument ?? FEED_WIDE, source };
    this.#book.note({ ...of, at: this.#now(), evidence: { fault: code, sample } });
  }

  /** Events of instruments that are not watched. */
  unknown(): number {
    let sum = 0;
    for (const { unknown } of this.#sources.values()) sum += unknown;
    return sum;
  }

  #open(source: DataSource): SourceWatch {
    const fresh = new SourceWatch(source, this.#watched, this.#book);
    this.#sources.set(source, fresh);
    return fresh;
  }

  #follow(): void {
    const wanted = this.#wanted();
    const at = this.#now();
    if (wanted === this.#instruments || at - this.#followedAt < FOLLOW_EVERY_MS) return;
    this.#followedAt = at;
    this.#instruments = wanted;
    const ids = new Set(wanted.map(({ id }) => id));
    for (const id of this.#watched.keys()) {
      if (ids.has(id)) continue;
      this.#watched.delete(id);
      for (const source of this.#sources.values()) source.forget(id);
    }
    for (const { id, session } of wanted) {
      if (!this.#watched.has(id)) this.#watched.set(id, { session, watches: [] });
    }
  }
}
