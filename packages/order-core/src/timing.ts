/** Bounds of the order core, in ms. All are named here and nowhere else. */

/** Room for clock difference on top of the venue's settling time before "not found" is proof. */
export const PROOF_MARGIN_MS = 1_000;
/** An answer that has not come by then is unclear; above the HTTP client's own time-out. */
export const SUBMIT_ANSWER_MS = 8_000;
/** An entry proven not to be at the venue is sent again only this long after the plan was made. */
export const ENTRY_RESEND_WITHIN_MS = 30_000;
/** A filled entry without a working stop for longer than this is an incident. */
export const PROTECT_WITHIN_MS = 5_000;
/** An exit's quantity that was reported and that no fill has brought for longer is an incident. */
export const FILL_MISSING_AFTER_MS = 60_000;
/** Pause before the same question is asked again: doubles from the first to the last. */
const ASK_AGAIN_FIRST_MS = 500;
const ASK_AGAIN_LAST_MS = 8_000;

export function askAgainAt(at: number, asks: number): number {
  return at + Math.min(ASK_AGAIN_FIRST_MS * 2 ** Math.min(asks, 10), ASK_AGAIN_LAST_MS);
}

/**
 * When an order whose request surely never left is asked for, and after that proof sent again: the
 * pause grows with the order's age, so that a venue that turns every request away is not hammered.
 */
export function askUnsentAt(createdAt: number, at: number): number {
  const half = Math.floor((at - createdAt) / 2);
  return at + Math.min(Math.max(half, ASK_AGAIN_FIRST_MS), ASK_AGAIN_LAST_MS);
}

/**
 * Pause before an exit that ended badly is tried again as a new leg: doubles with each,
 * up to the last.
 */
const RETRY_EXIT_FIRST_MS = 1_000;
const RETRY_EXIT_LAST_MS = 60_000;

export function retryExitAt(endedAt: number, legs: number): number {
  return endedAt + Math.min(RETRY_EXIT_FIRST_MS * 2 ** Math.min(legs - 1, 10), RETRY_EXIT_LAST_MS);
}

/** After the opening by our clock: the venue's may be behind. */
const OPENING_MARGIN_MS = 1_000;

/** When an exit that was refused while the market was closed is sent again. */
export function openingRetryAt(opening: number): number {
  return opening + OPENING_MARGIN_MS;
}

/** The same for one that the calendar knows no reason for: a halt, or a day of mourning. */
export function retryInSessionAt(endedAt: number): number {
  return endedAt + RETRY_EXIT_LAST_MS;
}

/**
 * Where stop and target cannot both rest: how long a target that the market has reached may take
 * the stop's place (below PROTECT_WITHIN_MS), and the pause before it may do so again.
 */
export const TAKE_FOR_MS = 3_000;
export const TAKE_AGAIN_AFTER_MS = 10_000;
