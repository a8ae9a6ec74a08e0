import type { Account } from '@ballast/sim-core';
import type { Venue } from './venue.ts';

/** Kept for listings that are behind; older ones than the first are as the first. */
const PAST_MAX = 500;

type Past = Pick<Account, 'open' | 'positions' | 'cash'> & { readonly at: number };

export type PastAccounts = {
  /** The venue with orders, executions, positions and cash as they were at a time. */
  asOf(at: number): Venue;
  close(): void;
};

/** Remembers the account after each of its changes. Its orders and positions are never altered. */
export function rememberAccounts(venue: Venue, now: () => number): PastAccounts {
  const past: Past[] = [];
  const keep = (): void => {
    const { open, positions, cash } = venue.account;
    const copies = { open: new Map(open), positions: new Map(positions), cash: new Map(cash) };
    past.push({ at: now(), ...copies });
    if (past.length > PAST_MAX) past.shift();
  };
  const listener = { onAccount: keep };
  keep();
  venue.listeners.add(listener);
  return {
    asOf(at) {
      const { at: _taken, ...then } = past.findLast((one) => one.at <= at) ?? past[0] ?? {};
      return {
        ...venue,
        account: { ...venue.account, ...then },
        history: new Map([...venue.history].filter(([, { updatedAt }]) => updatedAt <= at)),
        executions: venue.executions.filter((execution) => execution.at <= at),
      };
    },
    close: () => void venue.listeners.delete(listener),
  };
}
