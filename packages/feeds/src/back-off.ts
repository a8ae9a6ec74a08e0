const FIRST_DELAY_MS = 250;

/**
 * Delay before reconnect number `attempt` (from 0): doubles up to `maxMs`, its upper half drawn by
 * `random` (0 ≤ r < 1), so that many clients do not come back in step.
 */
export function backOffMs(attempt: number, random: number, maxMs: number): number {
  const full = Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempt, 30), maxMs);
  return Math.round(full / 2 + (full / 2) * random);
}
