import type { Bar, DataSource, PublicTrade, Quote } from '@ballast/domain';
import type { FeedEvent, FeedHandlers, FeedState, TradeCorrection } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { isFit } from './air.ts';
import { BarDesk } from './bar-desk.ts';
import { Following, type Wanted } from './following.ts';
import { hear } from './lane.ts';
import { type SourceState, SourceStates } from './source-states.ts';
import { Standstill } from './standstill.ts';
import type { Outlet } from './tracked.ts';

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
  readonly #following: Following;
  readonly #desk: BarDesk;
  readonly #states = new SourceStates();
  readonly #standstill = new Standstill();
  readonly #counts = { trades: 0, quotes: 0, corrections: 0, prices: 0, books: 0, gapNotices: 0 };

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#desk = new BarDesk(options);
    this.#following = new Following({
      isLive: (source) => this.#states.isLive(source),
      onAirGone: (tracked, before) => this.#desk.switchAir(tracked, before, false),
      now: options.now,
    });
  }

  /**
   * Follows these from now on and nothing else; what is heard from a source already goes on as it
   * was. @param begin start of the first minute whose bar is wanted of what is new, epoch ms
   */
  setWanted(wanted: readonly Wanted[], begin: number): void {
    this.#following.set(wanted, begin);
  }

  /** Whether data is left in the network for now. */
  setPaused(paused: boolean): void {
    this.#standstill.setPaused(paused, this.#options.now());
  }

  handlersOf(source: DataSource): FeedHandlers {
    this.#states.enter(source, 'connecting', '', this.#options.now());
    return {
      onEvents: (events) => this.#onEvents(source, events),
      onState: (state, reason) => this.#onState(source, state, reason),
    };
  }

  /** A bar of the venue's history that was asked for. */
  venueBar(bar: Bar): void {
    const tracked = this.#following.of(bar.instrument);
    if (tracked === undefined) return;
    const lane = tracked.onAir;
    this.#desk.settle(tracked, lane, lane.builder.venueBar(bar));
  }

  /** Closes what the clock has closed, and looks who is on the air. */
  tick(): void {
    const now = this.#options.now();
    const isUnseen = this.#standstill.tick(now);
    for (const tracked of this.#following.all()) {
      if (isUnseen) for (const { builder } of tracked.lanes) builder.interrupted(now);
      if (tracked.lanes.length > 1) for (const lane of tracked.lanes) lane.notice(now);
      const before = tracked.chooseAir(now);
      if (before !== null) this.#desk.switchAir(tracked, before, !isFit(before.trades, now));
      for (const lane of tracked.lanes) this.#desk.settle(tracked, lane, lane.builder.tick(now));
      if (tracked.lanes.length > 1) this.#desk.takeFromOthers(tracked);
    }
  }

  /** Instruments and closed minutes of which the source on the air has not told its own bar. */
  awaited(): ReturnType<Following['awaited']> {
    return this.#following.awaited();
  }

  /** A bar that one of these sources owes for such a minute is waited for no more. */
  giveUp(...[sources, isOver]: Parameters<Following['giveUp']>): void {
    this.#following.giveUp(sources, isOver);
  }

  /**
   * Bars that went out, by another process or late: what comes after them is held against them.
   * @param since from when on these are all (epoch ms). Of the minutes before nobody knows here
   * which of several sources was told: what is built here of one is not corrected
   */
  wasTold(bars: readonly Bar[], since = Number.NEGATIVE_INFINITY): void {
    for (const { lanes } of this.#following.all()) {
      if (lanes.length > 1) for (const { builder } of lanes) builder.forgetBuilt(since);
    }
    for (const bar of bars) {
      const tracked = this.#following.of(bar.instrument);
      if (tracked === undefined) continue;
      tracked.published(bar);
      for (const { builder } of tracked.lanes) builder.wasTold(bar);
    }
  }

  /** Instruments that trade now and of which no quote has come yet. */
  withoutQuote(): ReturnType<Following['withoutQuote']> {
    return this.#following.withoutQuote();
  }

  sources(): ReadonlyMap<DataSource, SourceState> {
    return this.#states.all;
  }

  /** How many instruments each source has on the air. */
  onAir(): Record<string, number> {
    return this.#following.onAir();
  }

  counts(): Record<string, number> {
    return { ...this.#counts, ...this.#desk.counts, ...this.#following.filtered() };
  }

  #onState(source: DataSource, state: FeedState, reason: string): void {
    const now = this.#options.now();
    this.#states.enter(source, state, reason, now);
    for (const tracked of this.#following.all()) {
      tracked.laneOf(source)?.setLive(state === 'live' ? now : null);
    }
  }

  #onEvents(source: DataSource, events: readonly FeedEvent[]): void {
    const now = this.#options.now();
    this.#states.heard(source, now);
    for (const event of events) this.#onEvent(source, event, now);
  }

  #onEvent(source: DataSource, event: FeedEvent, now: number): void {
    switch (event.kind) {
      case 'trade':
        return this.#onTrade(source, event.trade, now);
      case 'quote':
        return this.#onQuote(source, event.quote, now);
      case 'bar': {
        const tracked = this.#following.of(event.bar.instrument);
        const lane = tracked?.laneOf(source);
        if (tracked === undefined || lane === undefined) return;
        return this.#desk.settle(tracked, lane, lane.builder.venueBar(event.bar));
      }
      case 'correction':
        return this.#onCorrection(source, event);
      case 'price':
        this.#counts.prices += 1;
        return;
      case 'book':
        this.#counts.books += 1;
        return;
      case 'gap':
        this.#counts.gapNotices += 1;
        return;
      case 'begin':
        // What was traded before in its minute is in no bar that could be made of the rest.
        return this.#following.of(event.instrument)?.laneOf(source)?.builder.interrupted(now);
      default:
        event satisfies never;
    }
  }

  #onTrade(source: DataSource, trade: PublicTrade, now: number): void {
    const tracked = this.#following.of(trade.instrument);
    const lane = tracked?.laneOf(source);
    if (tracked === undefined || lane === undefined || lane.filter.judge(trade) !== 'new') return;
    this.#counts.trades += 1;
    if (tracked.lanes.length > 1) {
      hear(tracked.lanes, lane, 'trades', now);
      lane.heard(now);
    }
    // The bar that this trade closes goes out before the trade itself.
    this.#desk.settle(tracked, lane, lane.builder.trade(trade));
    lane.lastEventTime = Math.max(lane.lastEventTime, trade.eventTime);
    if (tracked.onAir === lane) this.#options.outlet.trade(trade);
    else lane.hold(trade);
  }

  #onQuote(source: DataSource, quote: Quote, now: number): void {
    const tracked = this.#following.of(quote.instrument);
    const lane = tracked?.laneOf(source);
    if (tracked === undefined || lane === undefined) return;
    if (tracked.lanes.length > 1) hear(tracked.lanes, lane, 'quotes', now);
    if (tracked.quotesFrom !== lane) return;
    this.#counts.quotes += 1;
    tracked.hasQuote = true;
    this.#options.outlet.quote(quote);
  }

  #onCorrection(source: DataSource, correction: TradeCorrection): void {
    const tracked = this.#following.of(correction.instrument);
    const lane = tracked?.laneOf(source);
    if (tracked === undefined || lane === undefined) return;
    this.#counts.corrections += 1;
    this.#desk.settle(tracked, lane, lane.builder.correct(correction));
  }
}
