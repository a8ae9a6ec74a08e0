import type { VenueFaults } from '../fault-plan.ts';
import type { LoggedRequest } from '../request-log.ts';
import type { Venue } from '../venue.ts';

export type AlpacaOptions = {
  /** Its own account over listings in USD, `alpaca.stock:<SYMBOL>`. */
  readonly venue: Venue;
  readonly credentials: { readonly key: string; readonly secret: string };
  readonly faults: VenueFaults;
  readonly now: () => number;
  readonly count: (frontEnd: string, code: string) => void;
  /** Ends the process: what is in memory can no longer be trusted. */
  readonly fail: (error: Error) => void;
  readonly remember: (request: LoggedRequest) => void;
  /** Is the market open? Without it, always. */
  readonly isOpen?: () => boolean;
  /** May the account go short? Default true. */
  readonly shorting?: boolean;
  /** Default 200, as at the venue. */
  readonly requestsPerMinute?: number;
  /** Default `PA-SIMULATED`. */
  readonly accountNumber?: string;
};
