import type { Unwritten } from '@ballast/bus';
import type { DataSource, Instrument, MarketEvent } from '@ballast/domain';
import type { FaultNotice, Feed, FeedEvent } from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import type { TakerVolume } from '../microstructure/taker-volume.ts';
import type { HistoryOf, KeptBars } from '../sources/kept-bars.ts';
import { type Source, shareInstruments } from '../sources/source.ts';
import { MINUTE_MS } from './bar-builder.ts';
import { lostToReaders } from './lost-trades.ts';
import { Output } from './output.ts';
import { Pipeline } from './pipeline.ts';
import type { Outlet } from './tracked.ts';

const TICK_EVERY_MS = 250;
/** Whose trades say which side took; no listing of the venue does. */
const TAKER_SOURCE = 'bybit';

/** What else has to see what a source tells. It must be quick and never throw. */
export type Listener = {
  onEvents(source: DataSource, events: readonly FeedEvent[]): void;
  onFault(source: DataSource, fault: FaultNotice): void;
};

/** All feeds of a process and what is built of them, whether it is the active one or not. */
export class Hub {
  readonly pipeline: Pipeline;
  readonly output: Output;
  readonly #sources: readonly Source[];
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #taker: TakerVolume;
  #listener: Listener | null = null;
  readonly #feeds = new Map<Source, Feed>();
  readonly #ticking: NodeJS.Timeout;
  #instruments: readonly Instrument[] = [];

  constructor(
    sources: readonly Source[],
    parts: { readonly log: Logger; readonly now: () => number; readonly taker: TakerVolume },
  ) {
    this.#sources = sources;
    this.#log = parts.log;
    this.#now = parts.now;
    this.#taker = parts.taker;
    this.output = new Output(parts.now);
    const outlet: Outlet = {
      trade: (trade) => {
        parts.taker.trade(trade);
        this.output.trade(trade);
      },
      quote: (quote) => this.output.quote(quote),
      bar: (bar, inOrder) => this.output.bar(bar, inOrder),
    };
    this.pipeline = new Pipeline({ outlet, log: parts.log, now: parts.now });
    this.#ticking = setInterval(() => {
      this.pipeline.tick();
      this.output.forget();
    }, TICK_EVERY_MS);
  }

  get instruments(): readonly Instrument[] {
    return this.#instruments;
  }

  get feeds(): ReadonlyMap<Source, Feed> {
    return this.#feeds;
  }

  /** What is streamed from now on; asked for and given up on the running connections. */
  follow(instruments: readonly Instrument[]): void {
    const { routes, without } = shareInstruments(this.#sources, this.#oldFirst(instruments));
    for (const { id } of without) {
      this.#log.error({ code: 'INSTRUMENT_WITHOUT_SOURCE', instrument: id }, 'no feed tells of it');
    }
    const lost = new Set(without);
    this.#instruments = instruments.filter((instrument) => !lost.has(instrument));
    const wanted = this.#instruments.map((instrument) => {
      const heard = [...routes].filter(([, own]) =>
        own.some((one) => one.instrument === instrument),
      );
      return { instrument, sources: heard.map(([source]) => source) };
    });
    const now = this.#now();
    this.pipeline.setWanted(wanted, now - (now % MINUTE_MS));
    this.#taker.follow(
      wanted.flatMap(({ instrument, sources }) =>
        sources.some(({ name }) => name === TAKER_SOURCE) ? [instrument.id] : [],
      ),
      now,
    );
    for (const [source, own] of routes) {
      const feed = this.#feeds.get(source);
      if (feed !== undefined) feed.setRoutes(own);
      else if (own.length > 0) this.#feeds.set(source, this.#open(source, own));
    }
  }

  /** Which of these no source has room for, or tells of, beside what is streamed. */
  withoutSource(added: readonly Instrument[]): readonly Instrument[] {
    const streamed = new Set(this.#instruments.map(({ id }) => id));
    // What is held has its place already.
    const fresh = added.filter(({ id }) => !streamed.has(id));
    return shareInstruments(this.#sources, [...this.#instruments, ...fresh]).without.filter(
      (instrument) => fresh.includes(instrument),
    );
  }

  /** Who sees all events and faults beside the pipeline, from now on; null: nobody. */
  listen(listener: Listener | null): void {
    this.#listener = listener;
  }

  /** Stops and starts taking data off all connections. */
  setPaused(paused: boolean): void {
    this.pipeline.setPaused(paused);
    for (const feed of this.#feeds.values()) feed.setPaused(paused);
  }

  /**
   * Events that were let out and are on no stream. At the end of a tenure they are held back, for
   * the next one; in the middle of it they are a gap of their instruments. What is stored is whole
   * all the same: bars are made of what was heard.
   */
  unwritten(events: readonly MarketEvent[], why: Unwritten): void {
    if (why === 'ended' && !this.output.isOpen) return this.output.takeBack(events);
    for (const [source, gaps] of lostToReaders(events, this.#now())) {
      this.#listener?.onEvents(source, gaps);
    }
  }

  /** Bars are asked for at the first source that keeps any. */
  readonly historyOf: HistoryOf = (id) => {
    const instrument = this.#instruments.find((one) => one.id === id);
    return instrument === undefined ? null : this.historyFor(instrument);
  };

  /** The same for one that is not streamed. */
  historyFor(instrument: Instrument): KeptBars | null {
    for (const { history, routeOf } of this.#sources) {
      const route = history === null ? null : routeOf(instrument);
      if (history !== null && route !== null) return { route, history };
    }
    return null;
  }

  async stop(): Promise<void> {
    clearInterval(this.#ticking);
    await Promise.all([...this.#feeds.values()].map((feed) => feed.stop()));
    await Promise.all(this.#sources.flatMap(({ history }) => history?.close() ?? []));
  }

  /** Where a source has no room for all, what it tells of already keeps its place. */
  #oldFirst(instruments: readonly Instrument[]): Instrument[] {
    const old = new Set(this.#instruments.map(({ id }) => id));
    const isOld = ({ id }: Instrument): boolean => old.has(id);
    return [...instruments.filter(isOld), ...instruments.filter((one) => !isOld(one))];
  }

  #open(source: Source, routes: Parameters<Source['open']>[0]): Feed {
    const handlers = this.pipeline.handlersOf(source.name);
    return source.open(routes, {
      onState: (state, reason) => {
        handlers.onState(state, reason);
        if (source.name === TAKER_SOURCE)
          this.#taker.setLive(state === 'live' ? this.#now() : null);
      },
      onEvents: (events) => {
        handlers.onEvents(events);
        this.#listener?.onEvents(source.name, events);
      },
      onFault: (fault) => this.#listener?.onFault(source.name, fault),
    });
  }
}
