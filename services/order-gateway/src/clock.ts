/**
 * Time as the gateway uses it: the system's in production, a virtual one in the simulation. Nothing
 * else in the gateway waits or looks at a clock.
 */
export type Clock = {
  /** Epoch ms. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls `act` once; the answer takes it back. */
  after(ms: number, act: () => void): () => void;
  /** One turn of the event loop: what arrives together is gathered. */
  turn(): Promise<void>;
};

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  turn: () => new Promise((resolve) => setImmediate(resolve)),
};
