import type { VenueFaults } from '../fault-plan.ts';
import type { Venue } from '../venue.ts';

export type FinnhubOptions = {
  /** Its markets; nobody trades on its account. */
  readonly venue: Venue;
  /** One connection at a time has it. */
  readonly token: string;
  readonly faults: VenueFaults;
  readonly now: () => number;
  readonly count: (frontEnd: string, code: string) => void;
  /** Ends the process: what is in memory can no longer be trusted. */
  readonly fail: (error: Error) => void;
  /** Symbols of one key; default 50, as at the source. */
  readonly symbolsMax?: number;
  /** Default one minute. */
  readonly pingEveryMs?: number;
};

export const FRONT_END = 'finnhub';
