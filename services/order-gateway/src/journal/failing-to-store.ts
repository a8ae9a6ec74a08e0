import type { Failing } from '@ballast/observability';

/** A connection that breaks or a lock that is waited for is over by then. */
const LASTS_MS = 2_000;

/** What the gateway says of itself at `now` when works wait to be stored since `storingSince`. */
export function failingToStore(storingSince: number | null, now: number): Failing | null {
  if (storingSince === null || now - storingSince < LASTS_MS) return null;
  return {
    code: 'JOURNAL_CANNOT_COMMIT',
    cannot: 'store anything',
    advice:
      'No fill is booked, no command is answered and nothing new is sent; stops keep resting at ' +
      'the venue. Look at the disk (df -h) and at postgres.log: it goes on by itself.',
    since: storingSince,
  };
}
