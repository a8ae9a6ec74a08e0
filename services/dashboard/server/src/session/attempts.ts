/** Failed logins that one address may make in a minute before it has to wait. */
export const FAILURES_MAX = 5;
const WINDOW_MS = 60_000;
const WAIT_MAX_MS = 15 * 60_000;
/** Addresses remembered at once; the oldest is forgotten first. */
const ADDRESSES_MAX = 5_000;

type AddressRecord = { failures: number; since: number; blockedUntil: number; strikes: number };

/**
 * Counts an attempt before it is judged, so that parallel ones cannot slip through. Past the limit
 * the address waits one minute, then two, four … fifteen; a success forgets it all.
 */
export function createAttempts(now: () => number) {
  const records = new Map<string, AddressRecord>();

  return {
    /** Milliseconds to wait before another attempt is allowed; 0 = go ahead, and it is counted. */
    begin(address: string): number {
      const at = now();
      const known = records.get(address) ?? { failures: 0, since: at, blockedUntil: 0, strikes: 0 };
      if (known.blockedUntil > at) return known.blockedUntil - at;
      if (at - known.since >= WINDOW_MS) Object.assign(known, { failures: 0, since: at });
      if (known.failures >= FAILURES_MAX) {
        const wait = Math.min(WINDOW_MS * 2 ** known.strikes, WAIT_MAX_MS);
        Object.assign(known, { failures: 0, strikes: known.strikes + 1, blockedUntil: at + wait });
        remember(address, known);
        return wait;
      }
      known.failures += 1;
      remember(address, known);
      return 0;
    },
    succeed(address: string): void {
      records.delete(address);
    },
  };

  function remember(address: string, value: AddressRecord): void {
    records.delete(address);
    records.set(address, value);
    if (records.size <= ADDRESSES_MAX) return;
    const [oldest] = records.keys();
    if (oldest !== undefined) records.delete(oldest);
  }
}
