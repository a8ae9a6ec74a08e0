/**
 * Why a lease is over. `expired`: it could not be renewed in time by our own clock. `taken`: Redis
 * says that it is not ours. `resigned`: its owner gave it up. `stopped`: no longer wanted.
 */
export type LeaseEnd = 'expired' | 'taken' | 'resigned' | 'stopped';

/** What Redis keeps. Each may take any time, or fail without saying whether it happened. */
export type LeaseStore = {
  /** 0: it is ours; otherwise in how many ms the other's ends unless it is renewed. */
  acquire(): Promise<number>;
  /** False: it is not ours any more. */
  confirm(fence: number): Promise<boolean>;
  renew(fence: number): Promise<boolean>;
  /** Frees it if it is ours under this fence; 0 for one that was not confirmed. */
  release(fence: number): Promise<void>;
};

/** `now` in ms never goes back and goes on while the process is paused. */
export type MonotonicClock = {
  now(): number;
  /** Runs `then` once, `ms` from now; the answer calls it off. */
  after(ms: number, then: () => void): () => void;
};

type ContenderOptions = {
  ttlMs: number;
  /** How much earlier than Redis we count the lease as over: clocks do not run equally fast. */
  marginMs: number;
  renewEveryMs: number;
  /** Higher with each call, for every contender; asked only while the lease is ours. */
  nextFence: () => Promise<number>;
  onGained(fence: number): void;
  /** Called once for each `onGained`, as soon as it is known. */
  onLost(reason: LeaseEnd): void;
  /** Called each time that another has it. */
  onHeldElsewhere?(): void;
  /** What failed is tried again; this is for the log. */
  onTrouble(doing: string, error: unknown): void;
};

/** A stop does not wait longer for Redis: what is not freed ends by itself. */
const STOP_WITHIN_MS = 1_000;

type Tenure = { readonly fence: number; until: number; callOff(): void };

/**
 * Contends for a lease until stopped. What it holds ends by its own clock, reckoned from before the
 * request that Redis granted: it is over here before Redis can give it to another.
 */
export class Contender {
  readonly #store: LeaseStore;
  readonly #clock: MonotonicClock;
  readonly #options: ContenderOptions;
  readonly #ended: Promise<void>;
  #tenure: Tenure | null = null;
  readonly #stop = Promise.withResolvers<undefined>();
  #stopping = false;
  #wake: () => void = () => {};

  constructor(store: LeaseStore, clock: MonotonicClock, options: ContenderOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#options = options;
    this.#ended = this.#contend();
  }

  /** The fence to act under, null when the lease is not ours; to be asked before each act. */
  fence(): number | null {
    const tenure = this.#tenure;
    if (tenure === null) return null;
    if (this.#clock.now() < tenure.until) return tenure.fence;
    this.#lose('expired');
    return null;
  }

  /** A sink refused this fence, or its owner cannot act: gives the lease up and contends again. */
  resign(fence: number): void {
    if (this.#tenure?.fence === fence) this.#lose('resigned');
  }

  /** Gives the lease up, frees it and contends no more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stop.resolve(undefined);
    this.#lose('stopped');
    this.#wake();
    const { promise, resolve } = Promise.withResolvers<void>();
    const callOff = this.#clock.after(STOP_WITHIN_MS, resolve);
    await Promise.race([this.#ended, promise]);
    callOff();
  }

  async #contend(): Promise<void> {
    while (!this.#stopping) {
      const pauseMs = await this.#tryOnce();
      if (!this.#stopping) await this.#pause(pauseMs);
    }
  }

  /** One attempt, and the whole tenure that follows when it succeeds; gives the pause after it. */
  async #tryOnce(): Promise<number> {
    const { renewEveryMs, ttlMs, marginMs } = this.#options;
    const askedAt = this.#clock.now();
    const heldMs = await this.#try('acquire', () => this.#store.acquire());
    if (heldMs === undefined) {
      await this.#release(0);
      return renewEveryMs;
    }
    if (heldMs > 0) {
      this.#options.onHeldElsewhere?.();
      return Math.min(heldMs, renewEveryMs);
    }
    // A fence taken late would fence off who holds the lease by then.
    const isLate = this.#clock.now() >= askedAt + ttlMs - marginMs;
    // Awaited however long it takes: of two questions at once the older number could win.
    const fence = isLate ? undefined : await this.#try('fence', this.#options.nextFence);
    if (fence === undefined) {
      await this.#release(0);
      return renewEveryMs;
    }
    const confirmedUntil = this.#clock.now() + ttlMs - marginMs;
    const confirmed = await this.#try('confirm', () => this.#store.confirm(fence));
    if (confirmed === true && !this.#stopping && this.#clock.now() < confirmedUntil) {
      this.#gain(fence, confirmedUntil);
      await this.#renewUntilLost(fence);
    }
    if (confirmed === undefined) await this.#release(0);
    if (confirmed !== false) await this.#release(fence);
    return renewEveryMs;
  }

  #gain(fence: number, until: number): void {
    const tenure: Tenure = { fence, until, callOff: () => {} };
    this.#tenure = tenure;
    this.#watch(tenure);
    this.#options.onGained(fence);
  }

  /** Its end comes by the clock alone, whatever becomes of the requests that are under way. */
  #watch(tenure: Tenure): void {
    tenure.callOff();
    tenure.callOff = this.#clock.after(Math.max(0, tenure.until - this.#clock.now()), () => {
      if (this.#tenure === tenure && this.fence() !== null) this.#watch(tenure);
    });
  }

  #lose(reason: LeaseEnd): void {
    const tenure = this.#tenure;
    if (tenure === null) return;
    this.#tenure = null;
    tenure.callOff();
    this.#wake();
    this.#options.onLost(reason);
  }

  async #renewUntilLost(fence: number): Promise<void> {
    const { ttlMs, marginMs, renewEveryMs } = this.#options;
    while (this.#tenure?.fence === fence) {
      await this.#pause(renewEveryMs);
      if (this.fence() !== fence) return;
      const until = this.#clock.now() + ttlMs - marginMs;
      const renewed = await this.#try('renew', () => this.#store.renew(fence));
      if (renewed === false) this.#lose('taken');
      else if (renewed === true && this.#tenure !== null) {
        this.#tenure.until = until;
        this.#watch(this.#tenure);
      }
    }
  }

  /** On one connection, so after whatever was asked before it. */
  async #release(fence: number): Promise<void> {
    try {
      await this.#store.release(fence);
    } catch (error) {
      this.#options.onTrouble('release', error);
    }
  }

  /** Undefined when nobody knows whether it happened, and as soon as the contender is stopped. */
  async #try<T>(doing: string, run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await Promise.race([run(), this.#stop.promise]);
    } catch (error) {
      this.#options.onTrouble(doing, error);
      return undefined;
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const callOff = this.#clock.after(ms, resolve);
    this.#wake = resolve;
    await promise;
    callOff();
  }
}
