import { GRACE_MS, MINUTE_MS } from './bar-builder.ts';

/**
 * Ticks come a few times a second. After a longer pause the process stood still, and its
 * connections may have ended without its knowing.
 */
const STOOD_STILL_MS = 2_000;
/** What a pause has left in the network is read within this after it. */
const CATCH_UP_MS = 1_000;

/** When minutes must be closed without knowing whether all of them was heard. Times epoch ms. */
export class Standstill {
  #tickedAt: number | null = null;
  #unreadUntil = Number.NEGATIVE_INFINITY;

  /** Data is left in the network, or taken off it again. */
  setPaused(paused: boolean, now: number): void {
    this.#unreadUntil = paused ? Number.POSITIVE_INFINITY : now + CATCH_UP_MS;
  }

  /** @returns whether what was told up to now may not have been heard */
  tick(now: number): boolean {
    const before = this.#tickedAt ?? now;
    this.#tickedAt = now;
    if (now - before > STOOD_STILL_MS) return true;
    // A pause within a minute loses nothing: what waits is read before the minute is closed.
    const closes = Math.floor((now - GRACE_MS) / MINUTE_MS);
    const closesMinute = closes > Math.floor((before - GRACE_MS) / MINUTE_MS);
    return closesMinute && now <= this.#unreadUntil;
  }
}
