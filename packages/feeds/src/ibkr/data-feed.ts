import { backOffMs } from '../back-off.ts';
import type { FeedOptions, FeedTimes } from '../connection/feed-options.ts';
import { checkRoutes, isAnySessionOpen } from '../connection/routes.ts';
import { createFaultSink, type FaultSink, type FeedFault } from '../faults.ts';
import type { Feed, FeedCounts, FeedEvent, FeedState, Route } from '../feed.ts';
import { createTokenBucket, type RateBudget } from '../token-bucket.ts';
import type { LineLimits } from './line-budget.ts';
import { type Link, type LinkEnd, type LinkTarget, openLink } from './link.ts';
import { MarketLines } from './market-lines.ts';
import { TickReader } from './ticks.ts';
import { REFUSALS, systemMeaningOf } from './venue-codes.ts';

const TIMES: FeedTimes = {
  staleAfterMs: 60_000,
  pingEveryMs: 10_000,
  answerTimeoutMs: 10_000,
  reconnectDelayMaxMs: 30_000,
};
const WATCH_EVERY_MAX_MS = 1_000;
/** TWS that refuses us is asked again after the longest delay only. */
const ATTEMPT_AFTER_REFUSAL = 30;
/** Below the venue's 50 messages in a second. */
const MESSAGES = { tokens: 40, windowMs: 1_000 };

export type IbkrFeedOptions = FeedOptions &
  LinkTarget &
  LineLimits & {
    /** Taken while another process has the first one: two may listen, each with its own. */
    readonly otherClientId?: number;
  };

/**
 * Market data of stocks from TWS or IB Gateway: trades and best prices tick by tick for the first
 * routes, best prices now and then for the others (of which no bar can be built: their highs and
 * lows are sampled). Starts at once.
 * @throws FeedError FEED_ROUTE_REPEATED
 */
export function openIbkrFeed(options: IbkrFeedOptions): Feed {
  return new IbkrFeed(options);
}

class IbkrFeed implements Feed {
  readonly source = 'ibkr';
  readonly counts: FeedCounts = { frames: 0, events: 0, connects: 0, faults: {} };
  readonly #options: IbkrFeedOptions & FeedTimes;
  #clientId: number;
  readonly #now: () => number;
  readonly #fault: FaultSink;
  readonly #budget: RateBudget = createTokenBucket(MESSAGES);
  readonly #contractIds = new Map<string, number>();
  readonly #readers = new Map<string, { readonly route: Route; readonly reader: TickReader }>();
  #routes: readonly Route[] = [];
  #link: Link | undefined;
  #lines: MarketLines | undefined;
  #state: FeedState | undefined;
  #attempt = 0;
  #openedAt = 0;
  #heardAt = 0;
  #lastDataAt = 0;
  #pingSentAt = 0;
  #isAway = false;
  #endedBy: FeedFault | null = null;
  #retry: NodeJS.Timeout | undefined;
  #watchdog: NodeJS.Timeout | undefined;
  #stopped = false;
  #paused = false;

  constructor(options: IbkrFeedOptions) {
    this.#options = { ...TIMES, ...options };
    this.#clientId = options.clientId;
    this.#now = options.now ?? Date.now;
    this.#fault = createFaultSink(this.counts.faults, options.log, this.#now, (fault) => {
      options.handlers.onFault?.(fault);
    });
    this.setRoutes(options.routes);
    this.#connect();
  }

  setRoutes(routes: readonly Route[]): void {
    checkRoutes(routes);
    this.#routes = routes;
    const symbols = new Set(routes.map(({ symbol }) => symbol));
    for (const symbol of this.#readers.keys()) {
      if (!symbols.has(symbol)) this.#readers.delete(symbol);
    }
    this.#lines?.setRoutes(routes);
  }

  setPaused(paused: boolean): void {
    this.#paused = paused;
    this.#link?.setPaused(paused);
  }

  stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    clearInterval(this.#watchdog);
    this.#lines?.stop();
    this.#link?.end('CLOSED');
    return Promise.resolve();
  }

  #enter(state: FeedState, reason: string): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.log.info({ state, reason, feed: 'ibkr' }, 'feed state');
    this.#options.handlers.onState(state, reason);
  }

  #connect(): void {
    this.#enter('connecting', this.#attempt === 0 ? 'start' : `attempt ${this.#attempt + 1}`);
    this.counts.connects += 1;
    const now = this.#now();
    this.#openedAt = now;
    this.#heardAt = now;
    this.#lastDataAt = now;
    this.#pingSentAt = now;
    this.#isAway = false;
    this.#endedBy = null;
    this.#link = openLink(
      { ...this.#options, clientId: this.#clientId },
      {
        onReady: () => this.#onReady(),
        onSystem: (code, text) => this.#onSystem(code, text),
        onFault: (id, code, text) => {
          // What was told before it comes before it.
          this.#lines?.settle();
          this.#lines?.onFault(id, code, text);
        },
        onBadMessage: (detail) => this.#fault('FEED_FRAME_MALFORMED', detail),
        onSettled: () => this.#onSettled(),
        onEnded: (reason) => this.#onEnded(reason),
      },
    );
    const { staleAfterMs, answerTimeoutMs } = this.#options;
    const watchEveryMs = Math.min(WATCH_EVERY_MAX_MS, staleAfterMs / 4, answerTimeoutMs / 4);
    this.#watchdog = setInterval(() => this.#watch(), watchEveryMs);
  }

  #onReady(): void {
    const link = this.#link;
    if (link === undefined) return;
    this.#lastDataAt = this.#now();
    this.#lines = new MarketLines(link, {
      limits: this.#options,
      budget: this.#budget,
      fault: this.#fault,
      readerOf: (route) => this.#readerOf(route),
      contractIds: this.#contractIds,
      now: this.#now,
      onData: (events) => this.#onData(events),
      onRefused: (fault, message) => this.#refused(fault, message),
    });
    this.#lines.setRoutes(this.#routes);
    if (this.#paused) link.setPaused(true);
  }

  #readerOf(route: Route): TickReader {
    const known = this.#readers.get(route.symbol);
    if (known?.route.instrument === route.instrument) return known.reader;
    const reader = new TickReader(route, this.#fault);
    this.#readers.set(route.symbol, { route, reader });
    return reader;
  }

  #onSystem(code: number, text: string): void {
    this.#lines?.settle();
    const meaning = systemMeaningOf(code);
    if (meaning === 'away') {
      this.#isAway = true;
      this.#fault('FEED_SOURCE_AWAY', `${code} ${text}`);
      this.#enter('stale', 'FEED_SOURCE_AWAY');
    } else if (meaning === 'back') {
      this.#isAway = false;
    } else if (meaning === 'lost') {
      // Its subscriptions are gone with it.
      this.#giveUp('FEED_SOURCE_AWAY', `${code} ${text}`);
    } else if (meaning === 'unknown') {
      this.#fault('FEED_SOURCE_ERROR', `${code} ${text}`);
    }
  }

  #onSettled(): void {
    this.counts.frames += 1;
    this.#heardAt = this.#now();
    this.#lines?.settle();
  }

  #onData(events: FeedEvent[]): void {
    this.#lastDataAt = this.#now();
    this.#attempt = 0;
    this.#enter('live', 'data');
    this.counts.events += events.length;
    if (events.length > 0) this.#options.handlers.onEvents(events);
  }

  #refused(fault: FeedFault, message: string): void {
    this.#attempt = ATTEMPT_AFTER_REFUSAL;
    this.#giveUp(fault, message);
  }

  /** An open socket proves nothing, and TWS without its own connection answers pings too. */
  #watch(): void {
    const now = this.#now();
    const { staleAfterMs, answerTimeoutMs, pingEveryMs } = this.#options;
    if (this.#lines === undefined) {
      if (now - this.#openedAt > answerTimeoutMs)
        this.#giveUp('FEED_SUBSCRIBE_UNANSWERED', 'no login');
      return;
    }
    if (!this.#isAway && !isAnySessionOpen(this.#routes, now)) {
      this.#lastDataAt = now;
      this.#enter('live', 'no session is open');
    }
    if (now - this.#lastDataAt > staleAfterMs) {
      this.#enter('stale', 'FEED_DATA_STALE');
      this.#giveUp('FEED_DATA_STALE', 'ibkr');
    } else if (this.#pingSentAt > this.#heardAt && now - this.#pingSentAt > answerTimeoutMs) {
      this.#giveUp('FEED_PONG_MISSING', 'ibkr');
    } else if (this.#lines.oldestQuestionMs(now) > answerTimeoutMs) {
      this.#giveUp('FEED_SUBSCRIBE_UNANSWERED', 'contract');
    } else if (now - this.#pingSentAt >= pingEveryMs && this.#pingSentAt <= this.#heardAt) {
      this.#pingSentAt = now;
      this.#link?.api.reqCurrentTime();
    }
  }

  #giveUp(fault: FeedFault, sample: string): void {
    this.#fault(fault, sample);
    this.#endedBy = fault;
    this.#link?.end('CONNECTION_LOST');
  }

  #onEnded(reason: LinkEnd): void {
    clearInterval(this.#watchdog);
    this.#lines?.stop();
    this.#lines = undefined;
    // A fresh one for each attempt: the old one would send what was left in it.
    this.#link = undefined;
    if (this.#stopped) return;
    const refusal = REFUSALS[reason];
    const { clientId, otherClientId } = this.#options;
    if (reason === 'CLIENT_ID_IN_USE' && otherClientId !== undefined) {
      this.#clientId = this.#clientId === clientId ? otherClientId : clientId;
    } else if (refusal !== undefined) {
      this.#attempt = ATTEMPT_AFTER_REFUSAL;
    }
    const fault = this.#endedBy ?? refusal ?? 'FEED_CONNECTION_LOST';
    if (this.#endedBy === null) this.#fault(fault, reason);
    this.#enter('down', fault);
    const { random = Math.random, reconnectDelayMaxMs } = this.#options;
    const delayMs = backOffMs(this.#attempt, random(), reconnectDelayMaxMs);
    this.#retry = setTimeout(() => this.#connect(), delayMs);
    this.#attempt += 1;
  }
}
