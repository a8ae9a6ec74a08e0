/** Services beat each second: after this long without a beat one counts as gone. */
export const HEARTBEAT_LATE_MS = 4_000;

/** A quote older than this is no ground for a new trade. */
export const QUOTE_STALE_AFTER_MS = 5_000;
