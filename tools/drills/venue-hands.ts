import { z } from 'zod';
import { controlVenue } from '../proof/venue-control.ts';
import { venueAccount, venuePrice, venueRequests } from '../proof/venue-log.ts';
import { until } from './until.ts';

const LETTER = { entry: 'e', stop: 's', target: 't', close: 'c' } as const;
export type Role = keyof typeof LETTER;

const struck = z.record(z.string(), z.number());
export type VenueHands = ReturnType<typeof venueHands>;

/** How the client order ids of one trade begin, or those of one role in it. */
export const idsOf = (tradeId: string, role?: Role): string =>
  `${tradeId.replaceAll('-', '')}${role === undefined ? '' : LETTER[role]}`;

/** All that a drill does to the simulated venue, and sees of it, past every adapter. */
export function venueHands(url: string) {
  const hands = {
    url,
    fault: (fault: string, more: object = {}) => controlVenue(url, '/control', { fault, ...more }),
    clearFaults: () => controlVenue(url, '/control', { clear: 'all' }),
    act: (action: string, more: object = {}) => controlVenue(url, '/control', { action, ...more }),
    price: (symbol: string) => venuePrice(url, symbol).then(Number),
    /** The market walks to this price in one turn. */
    move: (symbol: string, price: number) =>
      controlVenue(url, '/control/price', { symbol, price: price.toFixed(2) }),
    requests: () => venueRequests(url),
    account: () => venueAccount(url),
    /** How often each fault has struck. */
    async struck(fault: string): Promise<number> {
      const response = await fetch(`${url}/control/faults`);
      return struck.parse(await response.json())[fault] ?? 0;
    },
    /** The venue has seen a request of this kind for an order of this trade. */
    async seen(kind: 'create' | 'cancel', idPrefix: string): Promise<void> {
      await until(`${kind} of ${idPrefix} at the venue`, async () =>
        (await hands.requests()).some(
          ({ path, orderLinkId }) =>
            path === `/v5/order/${kind}` && orderLinkId.startsWith(idPrefix),
        ),
      );
    },
  };
  return hands;
}
