import type { PastAccounts } from '../past-accounts.ts';
import type { Desk } from './desk.ts';
import type { AlpacaOptions } from './options.ts';
import type { OrderRecord } from './order-record.ts';
import type { RateLimit } from './rate-limit.ts';

/** What the routes of this front end share. */
export type AlpacaServer = {
  readonly options: AlpacaOptions;
  readonly desk: Desk;
  readonly past: PastAccounts;
  readonly rateLimit: RateLimit;
  /** Tells of an order what no event of the matcher tells: that it was taken over as it was. */
  readonly tell: (record: OrderRecord) => void;
  /** Until then the venue takes no connection. */
  awayUntil: number;
};

export const isAway = ({ awayUntil, options }: AlpacaServer): boolean => options.now() < awayUntil;
