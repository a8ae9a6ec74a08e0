import {
  type Bar,
  type Instrument,
  type MarketEvent,
  parseScaled,
  symbolOf,
  TIMEFRAME_MS,
} from '@ballast/domain';
import {
  fetchBars,
  fetchInstruments,
  isMarketEvent,
  openBybitFeed,
  ownRoutes,
} from '@ballast/feeds';
import type { Logger } from '@ballast/observability';
import { BAR_POINTS, barTicks, type MarketTick } from '@ballast/sim-core';
import { DEFAULT_LISTINGS } from '../instruments.ts';
import { type Market, openMarket } from '../market.ts';
import type { TickSource, TimedTick } from './source.ts';

const HISTORY_MINUTES = 240;
/** Ticks that wait for the next turn of the clock; the oldest go when nobody takes them. */
const QUEUE_MAX = 50_000;

export type Followed = { readonly markets: Market[]; stop(): Promise<void> };

/**
 * Markets that follow another venue's public prices: paper trading on live prices. While the feed
 * is down no tick comes, and orders meet the last book that was seen.
 * @throws FeedError when instruments or history cannot be fetched
 */
export async function followMarkets(options: {
  readonly wsUrl: string;
  readonly restUrl: string;
  /** Instrument ids; null for those of the default market. */
  readonly wanted: readonly string[] | null;
  readonly startedAt: number;
  readonly log: Logger;
}): Promise<Followed> {
  const { log, startedAt } = options;
  const rest = { url: options.restUrl, log };
  const usual = DEFAULT_LISTINGS.map(({ symbol }) => `bybit.linear:${symbol}`);
  const wanted = new Set(options.wanted ?? usual);
  const instruments = (await fetchInstruments(rest)).filter(({ id }) => wanted.has(id));
  if (instruments.length === 0)
    throw new Error(`the venue lists none of ${[...wanted].join(', ')}`);
  const followers = new Map<string, Follower>();
  const markets: Market[] = [];
  for (const instrument of instruments) {
    const follower = createFollower(instrument, await fetchBars(rest, instrument, HISTORY_MINUTES));
    followers.set(instrument.id, follower);
    markets.push(openMarket(instrument, follower.source, startedAt));
  }
  const feed = openBybitFeed({
    url: options.wsUrl,
    routes: ownRoutes(instruments),
    log,
    handlers: {
      onEvents(events) {
        for (const event of events) {
          if (isMarketEvent(event)) followers.get(instrumentOf(event))?.accept(event);
        }
      },
      onState: (state, reason) => log.info({ state, reason }, 'followed prices'),
    },
  });
  return { markets, stop: () => feed.stop() };
}

function instrumentOf(event: MarketEvent): string {
  if (event.kind === 'trade') return event.trade.instrument;
  return event.kind === 'quote' ? event.quote.instrument : event.bar.instrument;
}

type Follower = { readonly source: TickSource; accept(event: MarketEvent): void };

function createFollower(instrument: Instrument, bars: readonly Bar[]): Follower {
  const ticks = (text: string): number => Number(parseScaled(text) / instrument.tickSize);
  const lots = (text: string): number => Number(parseScaled(text) / instrument.lotSize);
  const past = bars.flatMap((bar) => historyTicks(bar, ticks, lots));
  const last = past.at(-1)?.tick;
  if (last === undefined) throw new Error(`no history of ${symbolOf(instrument.id)}`);
  let shown: MarketTick = { ...last, depthLots: Math.max(1, last.depthLots) };
  let lastAt = 0;
  const queue: TimedTick[] = [];
  const push = (eventTime: number, change: Partial<MarketTick>): void => {
    shown = { ...shown, sizeLots: 0, ...change };
    lastAt = Math.max(lastAt, eventTime);
    queue.push({ at: lastAt, tick: shown });
    if (queue.length > QUEUE_MAX) queue.shift();
  };
  return {
    source: {
      history: () => past,
      due: (_now, limit) => queue.splice(0, limit),
      // Followed prices keep the time of their venue.
      delay: () => undefined,
      moveTo: () => undefined,
      mark: () => null,
      ended: false,
    },
    accept(event) {
      if (event.kind === 'trade') {
        const { price, quantity, takerSide, eventTime } = event.trade;
        const taker = takerSide === null ? {} : { taker: takerSide };
        push(eventTime, { priceTicks: ticks(price), sizeLots: lots(quantity), ...taker });
      }
      if (event.kind === 'quote') {
        const { bid, ask, bidQuantity, askQuantity, eventTime } = event.quote;
        const depthLots = Math.max(1, Math.min(lots(bidQuantity), lots(askQuantity)));
        push(eventTime, { bidTicks: ticks(bid), askTicks: ticks(ask), depthLots });
      }
    },
  };
}

function historyTicks(
  bar: Bar,
  ticks: (text: string) => number,
  lots: (text: string) => number,
): TimedTick[] {
  const recorded = {
    openTicks: ticks(bar.open),
    highTicks: ticks(bar.high),
    lowTicks: ticks(bar.low),
    closeTicks: ticks(bar.close),
    volumeLots: lots(bar.volume),
  };
  const timing = { startMs: bar.openTime, widthMs: TIMEFRAME_MS[bar.timeframe] };
  const depthLots = Math.ceil(recorded.volumeLots / BAR_POINTS);
  const path = barTicks(recorded, timing, recorded.openTicks, depthLots);
  return path.map((tick) => ({ at: tick.offsetMs, tick }));
}
