import type { VenueFaults } from '../fault-plan.ts';
import type { PastAccounts } from '../past-accounts.ts';
import type { LoggedRequest } from '../request-log.ts';
import type { Venue } from '../venue.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Credentials } from './signature.ts';

/** What REST and the sockets of this venue share. */
export type Server = {
  readonly venue: Venue;
  readonly credentials: Credentials;
  readonly faults: VenueFaults;
  readonly past: PastAccounts;
  readonly rateLimit: RateLimit;
  /** The venue's own no to the next orders, by code: no fault, but an answer to be prepared for. */
  readonly refusing: { count: number; code: number };
  /** Until then the venue takes no connection. */
  awayUntil: number;
  /** Called for each request that passed the signature check. */
  readonly remember: (request: LoggedRequest) => void;
  readonly now: () => number;
  /** Counts refused and faulty input by front end and code. */
  readonly count: (frontEnd: string, code: string) => void;
  /** Ends the process: what is in memory can no longer be trusted. */
  readonly fail: (error: Error) => void;
};

export const isAway = ({ awayUntil, now }: Server): boolean => now() < awayUntil;
