import type { Producer } from '@ballast/domain';

/** Names of everything on the bus; the ACL is written from the same functions. */
export const marketStream = (venue: string): string => `md:${venue}`;
/** Its bars once more: they are few, and are kept for longer than all the rest. */
export const barsStream = (venue: string): string => `${marketStream(venue)}:bars`;
export const commandStream = (producer: Producer): string => `cmd:${producer}`;
export const stateKey = (name: string): string => `state:${name}`;
export const QUOTES_KEY = stateKey('quotes');
export const leaseKey = (name: string): string => `lease:${name}`;
/** The highest fence that Redis has seen for a lease. */
export const fenceKey = (name: string): string => `lease:${name}:fence`;
/** Everything that carries jobs lies below it, whatever its library calls its own keys. */
export const JOBS_PREFIX = 'jobs';
/** The same for the combinations of sweeps, which processes on other hosts take too. */
export const SWEEPS_PREFIX = 'sweeps';
