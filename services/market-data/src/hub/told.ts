import {
  type Bar,
  type DataSource,
  type InstrumentId,
  type MarketEvent,
  type PublicTrade,
} from '@ballast/domain';
import { hasNumbersOf } from './bar-comparison.ts';

/**
 * The trades that the streams have of the last moments. The process before may have had another
 * source of an instrument on the air, one that takes a single connection: what it told of is not
 * told again under the name of the source that this one hears.
 */
export class ToldTrades {
  readonly #trades = new Set<string>();
  /** By instrument, how far each source has told (event time, epoch ms). */
  readonly #reached = new Map<InstrumentId, Map<DataSource, number>>();

  constructor(events: readonly MarketEvent[]) {
    for (const event of events) if (event.kind === 'trade') this.#add(event.trade);
  }

  has(trade: PublicTrade): boolean {
    if (this.#trades.has(tradeKey(trade))) return true;
    const reached = [...(this.#reached.get(trade.instrument) ?? [])];
    return reached.some(([source, at]) => source !== trade.source && trade.eventTime <= at);
  }

  #add(trade: PublicTrade): void {
    const { instrument, source, eventTime } = trade;
    this.#trades.add(tradeKey(trade));
    const reached = this.#reached.get(instrument) ?? new Map<DataSource, number>();
    reached.set(source, Math.max(eventTime, reached.get(source) ?? eventTime));
    this.#reached.set(instrument, reached);
  }
}

/** The bars that the streams have of the last minutes, in the order in which they were told. */
export class ToldBars {
  readonly #minutes = new Map<string, Bar[]>();
  readonly #newest = new Map<InstrumentId, number>();

  constructor(bars: readonly Bar[]) {
    for (const bar of bars) {
      const key = minuteKey(bar);
      this.#minutes.set(key, [...(this.#minutes.get(key) ?? []), bar]);
      const newest = this.#newest.get(bar.instrument) ?? bar.openTime;
      this.#newest.set(bar.instrument, Math.max(newest, bar.openTime));
    }
  }

  /** What was said last of each minute. */
  lasts(): Bar[] {
    return [...this.#minutes.values()].flatMap((bars) => bars.at(-1) ?? []);
  }

  /** What was said last of the minute of this bar. */
  lastOf(bar: Bar): Bar | undefined {
    return this.#minutes.get(minuteKey(bar))?.at(-1);
  }

  /** Whether it was told with these numbers, now or before a correction. */
  has(bar: Bar): boolean {
    return (this.#minutes.get(minuteKey(bar)) ?? []).some((one) => hasNumbersOf(one, bar));
  }

  /** Whether a bar of this minute would come after all that were told of the instrument. */
  isNext({ instrument, openTime }: Bar): boolean {
    return openTime > (this.#newest.get(instrument) ?? Number.NEGATIVE_INFINITY);
  }
}

export const minuteKey = ({ instrument, openTime }: Bar): string => `${instrument} ${openTime}`;
const tradeKey = ({ instrument, source, venueTradeId }: PublicTrade): string =>
  `${instrument} ${source} ${venueTradeId}`;
