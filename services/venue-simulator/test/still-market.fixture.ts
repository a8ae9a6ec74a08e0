import { instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import {
  CLEAN_FEED,
  CLEAN_PUSH,
  CLEAN_REQUEST,
  type FeedFate,
  NO_FAULTS,
  NO_FEED_FAULTS,
  type PushFate,
  type RequestFate,
} from '@ballast/sim-core';
import type { VenueFaults } from '../src/fault-plan.ts';
import { type Market, openMarket } from '../src/market.ts';

/** A still market stands at 200.00 until it is moved by hand. */
export const START_TICKS = 20_000;
const DEPTH_LOTS = 500;

/** Faults by hand: each list gives its fates in turn, and then all is clean. */
export type ScriptedFaults = VenueFaults & {
  readonly requests: Partial<RequestFate>[];
  readonly pushes: Partial<PushFate>[];
  readonly feeds: Partial<FeedFate>[];
  socketState: 'open' | 'silent' | 'halfOpen';
  ageMs: number;
};

export function scriptedFaults(): ScriptedFaults {
  const faults: ScriptedFaults = {
    ...NO_FAULTS,
    ...NO_FEED_FAULTS,
    requests: [],
    pushes: [],
    feeds: [],
    socketState: 'open',
    ageMs: 0,
    request: () => ({ ...CLEAN_REQUEST, ...faults.requests.shift() }),
    push: () => ({ ...CLEAN_PUSH, ...faults.pushes.shift() }),
    feed() {
      const its = faults.feeds.shift();
      return its === undefined ? CLEAN_FEED : { ...CLEAN_FEED, ...its };
    },
    feedSocket: () => faults.socketState,
    listingAgeMs: () => faults.ageMs,
    socket: () => faults.socketState,
  };
  return faults;
}

/** A stock in cents and whole shares, with one print just before `now` (ms since the epoch). */
export function stillMarket(venue: 'alpaca' | 'ibkr', symbol: string, now: number): Market {
  const tick = {
    offsetMs: 0,
    priceTicks: START_TICKS,
    sizeLots: 100,
    taker: 'buy',
    bidTicks: START_TICKS - 1,
    askTicks: START_TICKS,
    depthLots: DEPTH_LOTS,
  } as const;
  const source = {
    *history() {
      yield { at: now - 1, tick };
    },
    due: () => [],
    delay: () => undefined,
    moveTo: () => undefined,
    mark: () => null,
    ended: false,
  };
  const instrument = {
    id: instrumentId(venue, 'stock', symbol),
    baseCurrency: symbol,
    quoteCurrency: 'USD',
    tickSize: parseScaled('0.01'),
    lotSize: parseScaled('1'),
    minQuantity: parseQuantity('1'),
    maxQuantity: parseQuantity('100000'),
    minNotional: 0n,
    multiplier: parseScaled('1'),
    sector: null,
    session: 'us-equity',
  } as const;
  return openMarket(instrument, source, now);
}
