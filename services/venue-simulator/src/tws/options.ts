import type { VenueFaults } from '../fault-plan.ts';
import type { LoggedRequest } from '../request-log.ts';
import type { Venue } from '../venue.ts';

export type TwsOptions = {
  /** Its own account over listings in USD, `ibkr.stock:<SYMBOL>`. */
  readonly venue: Venue;
  readonly faults: VenueFaults;
  readonly now: () => number;
  readonly count: (frontEnd: string, code: string) => void;
  /** Ends the process: what is in memory can no longer be trusted. */
  readonly fail: (error: Error) => void;
  readonly remember: (request: LoggedRequest) => void;
  /** Is the market open? Without it, always. */
  readonly isOpen?: () => boolean;
  /** Default `DU1234567`. */
  readonly account?: string;
  /** All requests of a connection together; default 50, as at the venue. */
  readonly messagesPerSecond?: number;
  /** What the greeting answers; default 193. Clients of today's library refuse any above. */
  readonly serverVersion?: number;
  /** Requests for history in ten minutes; default 60, as at the venue. */
  readonly historyPerTenMinutes?: number;
  /** How long after an execution its commission is told; default 0: at once. */
  readonly commissionAfterMs?: number;
};

export const DEFAULT_ACCOUNT = 'DU1234567';
export const FRONT_END = 'tws';
