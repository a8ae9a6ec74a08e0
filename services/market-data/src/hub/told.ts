import type { Bar, DataSource, InstrumentId, MarketEvent, PublicTrade } from '@ballast/domain';

/**
 * What the streams have of the last moments. The process before may have had another source of an
 * instrument on the air, one that takes a single connection: what it told of is not told again
 * under the name of the source that this one hears.
 */
export class Told {
  readonly #trades = new Set<string>();
  readonly #bars = new Set<string>();
  /** By instrument, how far each source has told (event time, epoch ms). */
  readonly #reached = new Map<InstrumentId, Map<DataSource, number>>();
  /** The sources of each minute's bars. */
  readonly #minutes = new Map<string, Set<DataSource>>();

  constructor(events: readonly MarketEvent[]) {
    for (const event of events) {
      if (event.kind === 'trade') this.#addTrade(event.trade);
      else if (event.kind === 'bar') this.#addBar(event.bar);
    }
  }

  hasTrade(trade: PublicTrade): boolean {
    if (this.#trades.has(tradeKey(trade))) return true;
    const reached = [...(this.#reached.get(trade.instrument) ?? [])];
    return reached.some(([source, at]) => source !== trade.source && trade.eventTime <= at);
  }

  hasBar(bar: Bar): boolean {
    if (this.#bars.has(barKey(bar))) return true;
    const sources = this.#minutes.get(minuteKey(bar));
    return sources !== undefined && !sources.has(bar.source);
  }

  /** Whether another source has lately told trades of the instrument. */
  isOfAnother({ instrument, source }: Bar): boolean {
    return [...(this.#reached.get(instrument)?.keys() ?? [])].some((one) => one !== source);
  }

  #addTrade(trade: PublicTrade): void {
    const { instrument, source, eventTime } = trade;
    this.#trades.add(tradeKey(trade));
    const reached = this.#reached.get(instrument) ?? new Map<DataSource, number>();
    reached.set(source, Math.max(eventTime, reached.get(source) ?? eventTime));
    this.#reached.set(instrument, reached);
  }

  #addBar(bar: Bar): void {
    const key = minuteKey(bar);
    this.#bars.add(barKey(bar));
    this.#minutes.set(key, (this.#minutes.get(key) ?? new Set()).add(bar.source));
  }
}

const minuteKey = ({ instrument, openTime }: Bar): string => `${instrument} ${openTime}`;
const tradeKey = ({ instrument, source, venueTradeId }: PublicTrade): string =>
  `${instrument} ${source} ${venueTradeId}`;
const barKey = ({ instrument, openTime, state, open, high, low, close, volume }: Bar): string =>
  [instrument, openTime, state === 'corrected', open, high, low, close, volume].join(' ');
