import type { VenueCapabilities } from '@ballast/domain';
import type { Attempt } from './attempt.ts';
import type { VenueFacts } from './venue-harness.ts';

/** One demand on every adapter. */
export type ConformanceCase = {
  readonly name: string;
  /**
   * The capability or fact that excuses a venue, in words; null where there is none. A case
   * without it is for all.
   */
  readonly excuse?: (venue: {
    readonly capabilities: VenueCapabilities;
    readonly facts: VenueFacts;
  }) => string | null;
  /** False for a case that connects by itself. */
  readonly connected?: false;
  /** @throws CaseFailure */
  run(attempt: Attempt): Promise<void>;
};

/** Excuses a venue whose fact is not given. */
export function unless(fact: keyof VenueFacts): NonNullable<ConformanceCase['excuse']> {
  return ({ facts }) => (facts[fact] ? null : `${fact} is false`);
}
