import {
  type Bar,
  type DataSource,
  type Instrument,
  type InstrumentId,
  isSessionOpen,
  type PublicTrade,
  type Quote,
} from '@ballast/domain';
import type { FeedEvent, FeedHandlers, FeedState, TradeCorrection } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { isFit } from './air.ts';
import { type BarOutcome, MINUTE_MS } from './bar-builder.ts';
import { hear, Lane } from './lane.ts';
import { type Outlet, Tracked } from './tracked.ts';

/** What the hub has to know of a source. */
export type SourceTraits = {
  readonly name: DataSource;
  readonly tellsQuotes: boolean;
  /** Its trades may come late or change, and no bar of its own says so. */
  readonly keepsTrades: boolean;
};

/** An instrument and the sources that can tell of it, best first. */
export type Wanted = {
  readonly instrument: Instrument;
  readonly sources: readonly SourceTraits[];
};

export type SourceState = {
  readonly state: FeedState;
  readonly reason: string;
  /** Epoch ms. */
  readonly since: number;
  /** 0 before the first data. */
  readonly lastDataAt: number;
};

/**
 * Ticks come a few times a second. After a longer pause the process stood still, and its
 * connections
 * may have ended without its knowing.
 */
const STOOD_STILL_MS = 2_000;

type PipelineOptions = {
  outlet: Outlet;
  log: Logger;
  now: () => number;
};

/**
 * From the events of all feeds to the outlet: each trade once and from one source, quotes, each
 * closed bar once, and what corrects it.
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #tracked = new Map<InstrumentId, Tracked>();
  readonly #sources = new Map<DataSource, SourceState>();
  #tickedAt: number | null = null;
  readonly #counts = { trades: 0, quotes: 0, barsOfTrades: 0, barsOfVenue: 0, airSwitches: 0 };
  readonly #told = { corrections: 0, uncorrected: 0, prices: 0, books: 0, gapNotices: 0 };
  readonly #troubles = { lateTrades: 0, barsCorrected: 0, barsMissing: 0, barsOutOfOrder: 0 };
  readonly #filtered = { repeatedTrades: 0, tradesFromTheFuture: 0, tradesOutOfOrder: 0 };

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /**
   * Follows these from now on and nothing else; one that is followed already goes on as it was.
   * @param begin start of the first minute whose bar is wanted of a new one, epoch ms
   */
  setWanted(wanted: readonly Wanted[], begin: number): void {
    const ids = new Set(wanted.map(({ instrument }) => instrument.id));
    for (const [id, { lanes }] of this.#tracked) {
      if (ids.has(id)) continue;
      for (const { filter } of lanes) this.#addFiltered(filter.counts);
      this.#tracked.delete(id);
    }
    for (const { instrument, sources } of wanted) {
      if (this.#tracked.has(instrument.id)) continue;
      const lanes = sources.map(({ name, ...traits }) => {
        const lane = new Lane(name, { instrument, begin, ...traits });
        const known = this.#sources.get(name);
        if (known?.state === 'live') lane.setLive(this.#options.now());
        return lane;
      });
      this.#tracked.set(instrument.id, new Tracked(instrument, lanes));
    }
  }

  handlersOf(source: DataSource): FeedHandlers {
    const since = this.#options.now();
    this.#sources.set(source, { state: 'connecting', reason: '', since, lastDataAt: 0 });
    return {
      onEvents: (events) => this.#onEvents(source, events),
      onState: (state, reason) => this.#onState(source, state, reason),
    };
  }

  /** A bar of the venue's history that was asked for. */
  venueBar(bar: Bar): void {
    const tracked = this.#tracked.get(bar.instrument);
    if (tracked === undefined) return;
    const lane = tracked.onAir;
    this.#settle(tracked, lane, lane.builder.venueBar(bar));
  }

  /** Closes what the clock has closed, and looks who is on the air. */
  tick(): void {
    const now = this.#options.now();
    const stoodStill = this.#tickedAt !== null && now - this.#tickedAt > STOOD_STILL_MS;
    this.#tickedAt = now;
    for (const tracked of this.#tracked.values()) {
      if (stoodStill) for (const { builder } of tracked.lanes) builder.interrupted(now);
      if (tracked.lanes.length > 1) for (const lane of tracked.lanes) lane.notice(now);
      const before = tracked.chooseAir(now);
      if (before !== null) this.#switchAir(tracked, before, !isFit(before.trades, now));
      for (const lane of tracked.lanes) this.#settle(tracked, lane, lane.builder.tick(now));
      if (tracked.lanes.length > 1) this.#takeFromOthers(tracked);
    }
  }

  /** Instruments with closed minutes that have no bar yet, and those minutes, oldest first. */
  awaited(): { instrument: Instrument; openTimes: number[] }[] {
    return [...this.#tracked.values()].flatMap(({ instrument, onAir }) => {
      const openTimes = onAir.builder.awaited();
      return openTimes.length === 0 ? [] : [{ instrument, openTimes }];
    });
  }

  /** Instruments that trade now and of which no quote has come yet. */
  withoutQuote(): InstrumentId[] {
    const now = this.#options.now();
    return [...this.#tracked.values()]
      .filter(({ hasQuote, lanes }) => !hasQuote && lanes.some((lane) => lane.tellsQuotes))
      .filter(({ instrument }) => isSessionOpen(instrument.session, now))
      .map(({ instrument }) => instrument.id);
  }

  sources(): ReadonlyMap<DataSource, SourceState> {
    return this.#sources;
  }

  /** How many instruments each source has on the air. */
  onAir(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { onAir } of this.#tracked.values()) {
      counts[onAir.source] = (counts[onAir.source] ?? 0) + 1;
    }
    return counts;
  }

  counts(): Record<string, number> {
    const filtered = { ...this.#filtered };
    for (const { lanes } of this.#tracked.values()) {
      for (const { filter } of lanes) addTo(filtered, filter.counts);
    }
    return { ...this.#counts, ...this.#told, ...this.#troubles, ...filtered };
  }

  #addFiltered(counts: Parameters<typeof addTo>[1]): void {
    addTo(this.#filtered, counts);
  }

  #onState(source: DataSource, state: FeedState, reason: string): void {
    const since = this.#options.now();
    const lastDataAt = this.#sources.get(source)?.lastDataAt ?? 0;
    this.#sources.set(source, { state, reason, since, lastDataAt });
    for (const tracked of this.#tracked.values()) {
      tracked.laneOf(source)?.setLive(state === 'live' ? since : null);
    }
  }

  #onEvents(source: DataSource, events: readonly FeedEvent[]): void {
    const now = this.#options.now();
    const known = this.#sources.get(source);
    if (known !== undefined) this.#sources.set(source, { ...known, lastDataAt: now });
    for (const event of events) this.#onEvent(source, event, now);
  }

  #onEvent(source: DataSource, event: FeedEvent, now: number): void {
    switch (event.kind) {
      case 'trade':
        return this.#onTrade(source, event.trade, now);
      case 'quote':
        return this.#onQuote(source, event.quote, now);
      case 'bar': {
        const tracked = this.#tracked.get(event.bar.instrument);
        const lane = tracked?.laneOf(source);
        if (tracked === undefined || lane === undefined) return;
        return this.#settle(tracked, lane, lane.builder.venueBar(event.bar));
      }
      case 'correction':
        return this.#onCorrection(source, event);
      case 'price':
        this.#told.prices += 1;
        return;
      case 'book':
        this.#told.books += 1;
        return;
      case 'gap':
        this.#told.gapNotices += 1;
        return;
      default:
        event satisfies never;
    }
  }

  #onTrade(source: DataSource, trade: PublicTrade, now: number): void {
    const tracked = this.#tracked.get(trade.instrument);
    const lane = tracked?.laneOf(source);
    if (tracked === undefined || lane === undefined || lane.filter.judge(trade) !== 'new') return;
    this.#counts.trades += 1;
    if (tracked.lanes.length > 1) {
      hear(tracked.lanes, lane, 'trades', now);
      lane.heard(now);
    }
    // The bar that this trade closes goes out before the trade itself.
    this.#settle(tracked, lane, lane.builder.trade(trade));
    lane.lastEventTime = Math.max(lane.lastEventTime, trade.eventTime);
    if (tracked.onAir === lane) this.#options.outlet.trade(trade);
    else lane.hold(trade);
  }

  #onQuote(source: DataSource, quote: Quote, now: number): void {
    const tracked = this.#tracked.get(quote.instrument);
    const lane = tracked?.laneOf(source);
    if (tracked === undefined || lane === undefined) return;
    if (tracked.lanes.length > 1) hear(tracked.lanes, lane, 'quotes', now);
    if (tracked.quotesFrom !== lane) return;
    this.#counts.quotes += 1;
    tracked.hasQuote = true;
    this.#options.outlet.quote(quote);
  }

  #onCorrection(source: DataSource, correction: TradeCorrection): void {
    const tracked = this.#tracked.get(correction.instrument);
    const lane = tracked?.laneOf(source);
    if (tracked === undefined || lane === undefined) return;
    this.#told.corrections += 1;
    this.#settle(tracked, lane, lane.builder.correct(correction));
  }

  #settle(tracked: Tracked, lane: Lane, outcomes: readonly BarOutcome[]): void {
    for (const outcome of outcomes) this.#settleOne(tracked, lane, outcome);
  }

  #settleOne(tracked: Tracked, lane: Lane, outcome: BarOutcome): void {
    const { log } = this.#options;
    const isOnAir = tracked.onAir === lane;
    switch (outcome.kind) {
      case 'bar':
        lane.keep(outcome.bar);
        if (isOnAir) this.#tell(tracked, outcome.bar, outcome.inOrder);
        return;
      case 'corrected':
        lane.keep(outcome.bar);
        if (isOnAir && tracked.stillTells(outcome.built)) {
          this.#correct(tracked, outcome.built, outcome.bar);
        }
        return;
      case 'missing':
        this.#troubles.barsMissing += 1;
        log.error({ code: 'BAR_MISSING', openTime: outcome.openTime }, 'no bar for a minute');
        return;
      case 'lateTrade':
        this.#troubles.lateTrades += 1;
        return;
      case 'uncorrected':
        this.#told.uncorrected += 1;
        log.warn({ code: 'TRADE_NOT_CORRECTED', ...outcome }, 'trade is not known any more');
        return;
      default:
        outcome satisfies never;
    }
  }

  #tell(tracked: Tracked, bar: Bar, inOrder: boolean): void {
    if (bar.builtFrom === 'trades') this.#counts.barsOfTrades += 1;
    else this.#counts.barsOfVenue += 1;
    if (!inOrder) this.#troubles.barsOutOfOrder += 1;
    tracked.published(bar);
    this.#options.outlet.bar(bar, inOrder);
  }

  #correct(tracked: Tracked, built: Bar, bar: Bar): void {
    this.#troubles.barsCorrected += 1;
    this.#options.log.warn({ code: 'BAR_CORRECTED', built, bar }, 'bar has changed');
    tracked.published(bar);
    this.#options.outlet.bar(bar, true);
  }

  /** A minute that the source on the air has not seen in full may have been seen by another. */
  #takeFromOthers(tracked: Tracked): void {
    const { onAir, lanes } = tracked;
    for (const openTime of onAir.builder.awaited()) {
      const bars = lanes.map((lane) => lane.barAt(openTime));
      const bar = bars.find((one) => one !== undefined);
      if (bar === undefined || tracked.publishedAt(openTime) !== undefined) continue;
      onAir.builder.giveUp(openTime);
      this.#tell(tracked, bar, true);
    }
  }

  /**
   * From the moment that the one before fell silent the other source counts: its trades since then,
   * and its bar of each minute that the silence lay in.
   */
  #switchAir(tracked: Tracked, before: Lane, wasSilent: boolean): void {
    const { log, outlet } = this.#options;
    const lane = tracked.onAir;
    const since = before.lastEventTime;
    this.#counts.airSwitches += 1;
    const of = { instrument: tracked.instrument.id, from: before.source, to: lane.source };
    log.warn({ code: 'FEED_SWITCHED', ...of, since }, 'another source is on the air');
    for (const bar of lane.barsSince(since - (since % MINUTE_MS))) {
      const published = tracked.publishedAt(bar.openTime);
      if (published === undefined) this.#tell(tracked, bar, true);
      else if (wasSilent && published.source !== bar.source) {
        this.#correct(tracked, published, { ...bar, state: 'corrected' });
      }
    }
    for (const trade of lane.takeHeld(since)) outlet.trade(trade);
  }
}

function addTo(
  sums: { repeatedTrades: number; tradesFromTheFuture: number; tradesOutOfOrder: number },
  counts: { repeated: number; fromTheFuture: number; outOfOrder: number },
): void {
  sums.repeatedTrades += counts.repeated;
  sums.tradesFromTheFuture += counts.fromTheFuture;
  sums.tradesOutOfOrder += counts.outOfOrder;
}
