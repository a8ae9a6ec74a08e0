import { FAULT_NAMES } from '@ballast/sim-core';
import type { VenueName } from './config.ts';
import type { AnyFaultName } from './fault-meanings.ts';

const NO_SESSION_IDS = 'orders have no ids that are counted in a session';
const NO_CLIENT_TIME = "no request carries the client's time";
const NO_ORDERS = 'it takes no orders';
const NO_BOOK = 'no stream of it carries a book';
const NO_CORRECTION = 'no message of its feed corrects a trade';

/** What a feed without orders has in common with a venue. */
const WITHOUT_ORDERS: readonly AnyFaultName[] = ['silentSocket', 'halfOpenSocket', 'dailyRestart'];

/** Faults that a venue cannot have, and why not. Every other one it can be told to have. */
export const IMPOSSIBLE: Readonly<Record<VenueName, Partial<Record<AnyFaultName, string>>>> = {
  bybit: {
    correctedFill: 'an execution is final: the API knows neither corrections nor busts',
    sessionIdRollBack: NO_SESSION_IDS,
    correctedTrade: NO_CORRECTION,
  },
  alpaca: {
    clockSkew: NO_CLIENT_TIME,
    sessionIdRollBack: NO_SESSION_IDS,
    droppedBookDelta: NO_BOOK,
    bookReset: NO_BOOK,
  },
  ibkr: {
    clockSkew: NO_CLIENT_TIME,
    correctedTrade: NO_CORRECTION,
    halfOpenFeed: 'its one connection carries orders too: that is halfOpenSocket',
    droppedBookDelta: NO_BOOK,
    bookReset: NO_BOOK,
  },
  finnhub: {
    ...Object.fromEntries(
      FAULT_NAMES.filter((name) => !WITHOUT_ORDERS.includes(name)).map((name) => [name, NO_ORDERS]),
    ),
    correctedTrade: NO_CORRECTION,
    droppedBookDelta: NO_BOOK,
    bookReset: NO_BOOK,
  },
};
