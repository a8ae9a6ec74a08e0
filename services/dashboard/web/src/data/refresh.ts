/** How often the grid and its gaps are read again, and when a reading counts as too old. */
export const REFRESH_MS = 15_000;
export const READ_LATE_MS = 20_000;
export const READ_DEAD_MS = 60_000;
