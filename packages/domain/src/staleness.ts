/** Services beat each second: after this long without a beat one counts as gone. */
export const HEARTBEAT_LATE_MS = 4_000;

/** market-data tells the state of its feeds each second: an older word says nothing of now. */
export const FEED_STATE_LATE_MS = 2_500;

/** A quote older than this is no ground for a new trade. */
export const QUOTE_STALE_AFTER_MS = 5_000;

/**
 * So far back from a decision on a signal no 1-minute bar may be missing. Longer than any strategy
 * looks back with weight: its averages have forgotten what was before.
 */
export const SIGNAL_COVERAGE_MS = 120 * 60_000;
