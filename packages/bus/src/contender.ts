import type { ContenderOptions, LeaseEnd, LeaseStore, MonotonicClock } from './contender-ports.ts';

/** Of periods: a tenure about which nobody can say any more ends. */
const LAPSE_PERIODS_MAX = 60;
/** Of periods: how long it is kept for who waits for a fence. */
const ASKED_PERIODS_MAX = 10;
/** A stop does not wait longer for Redis: what is not freed ends by itself. */
const STOP_WITHIN_MS = 1_000;

type Tenure = { readonly fence: number; until: number; isLapsed: boolean; callOff(): void };

/**
 * Contends for a lease until stopped. What it holds lapses by its own clock, reckoned from before
 * the request that Redis granted: before Redis can give it to another. A lapse is not the end: a
 * process that stood still goes on where it was when nobody else has had the lease. What says so is
 * never the clock: Redis has seen no higher fence, and none was given out.
 */
export class Contender {
  readonly #store: LeaseStore;
  readonly #clock: MonotonicClock;
  readonly #options: ContenderOptions;
  readonly #ended: Promise<void>;
  #tenure: Tenure | null = null;
  readonly #onStop = new Set<() => void>();
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
    this.#lapse(tenure);
    return null;
  }

  /** Whether the tenure of this fence has ended. While it has not, sinks that know fences judge. */
  isOver(fence: number): boolean {
    return this.#tenure?.fence !== fence;
  }

  /** A sink refused this fence, or its owner cannot act: gives the lease up and contends again. */
  resign(fence: number): void {
    if (this.#tenure?.fence === fence) this.#lose('resigned');
  }

  /** Gives the lease up, frees it and contends no more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const stop of this.#onStop) stop();
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
    const { renewEveryMs } = this.#options;
    const heldUntil = this.#periodFromNow();
    const heldMs = await this.#try('acquire', () => this.#store.acquire());
    if (heldMs === undefined) {
      await this.#release(0);
      return renewEveryMs;
    }
    if (heldMs !== 0) {
      this.#options.onHeldElsewhere?.(heldMs > 0);
      return Math.min(Math.abs(heldMs), renewEveryMs);
    }
    // A fence taken late would fence off who holds the lease by then.
    const isLate = this.#clock.now() >= heldUntil;
    // Awaited however long it takes: of two questions at once the older number could win.
    const fence = isLate ? undefined : await this.#askKept('fence', this.#options.nextFence);
    if (fence === undefined) {
      await this.#release(0);
      return renewEveryMs;
    }
    const confirmedUntil = this.#periodFromNow();
    const confirmed = await this.#try('confirm', () => this.#store.confirm(fence));
    const until =
      confirmed === false
        ? (await this.#acquireAgain(fence, () => !this.#stopping)).until
        : confirmedUntil;
    const isOurs = confirmed !== undefined && until !== null;
    if (isOurs && !this.#stopping && this.#clock.now() < until) {
      this.#gain(fence, until);
      await this.#renewUntilLost(fence);
    }
    if (confirmed === undefined) await this.#release(0);
    await this.#release(fence);
    return renewEveryMs;
  }

  /** Asks who gives the fences out, and keeps what we have acquired for us meanwhile. */
  async #askKept<T>(doing: string, ask: () => Promise<T>): Promise<T | undefined> {
    const { renewEveryMs, ttlMs } = this.#options;
    const keptUntil = this.#clock.now() + ASKED_PERIODS_MAX * ttlMs;
    let asks = true;
    let callOff = (): void => {};
    const keep = (): void => {
      callOff = this.#clock.after(renewEveryMs, () => void again());
    };
    const again = async (): Promise<void> => {
      if (this.#clock.now() >= keptUntil) return;
      await this.#try('renew', () => this.#store.renew(0));
      if (asks) keep();
    };
    keep();
    const answer = await this.#try(doing, ask);
    asks = false;
    callOff();
    return answer;
  }

  #gain(fence: number, until: number): void {
    const tenure: Tenure = { fence, until, isLapsed: false, callOff: () => {} };
    this.#tenure = tenure;
    this.#watch(tenure);
    this.#options.onGained(fence);
  }

  /** Lapses by the clock alone, whatever becomes of the requests that are under way. */
  #watch(tenure: Tenure): void {
    tenure.callOff();
    const { until, isLapsed } = tenure;
    const end = until + (isLapsed ? LAPSE_PERIODS_MAX * this.#options.ttlMs : 0);
    tenure.callOff = this.#clock.after(Math.max(0, end - this.#clock.now()), () => {
      if (this.#tenure !== tenure) return;
      if (this.#clock.now() < end) this.#watch(tenure);
      else if (isLapsed) this.#lose('expired');
      else this.#lapse(tenure);
    });
  }

  #lapse(tenure: Tenure): void {
    if (tenure.isLapsed) return;
    tenure.isLapsed = true;
    tenure.until = Math.min(tenure.until, this.#clock.now());
    this.#watch(tenure);
    this.#options.onLapsed?.(tenure.fence);
  }

  #holdUntil(tenure: Tenure, until: number): void {
    if (this.#tenure !== tenure) return;
    const now = this.#clock.now();
    const lapsedMs = now - tenure.until;
    tenure.until = until;
    if (tenure.isLapsed && now < until) {
      tenure.isLapsed = false;
      this.#options.onResumed?.(tenure.fence, lapsedMs);
    }
    this.#watch(tenure);
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
    for (;;) {
      await this.#pause(this.#options.renewEveryMs);
      const tenure = this.#tenure;
      if (tenure?.fence !== fence) return;
      const until = this.#periodFromNow();
      const renewal = await this.#try('renew', () => this.#store.renew(fence));
      if (this.#tenure !== tenure) return;
      if (renewal === 'held') this.#holdUntil(tenure, until);
      else if (renewal === 'taken') this.#lose('taken');
      else if (renewal !== undefined) this.#lapse(tenure);
      if (renewal === 'free') await this.#regain(tenure);
    }
  }

  async #regain(tenure: Tenure): Promise<void> {
    const goesOn = (): boolean => this.#tenure === tenure;
    const { until, isNewest } = await this.#acquireAgain(tenure.fence, goesOn);
    if (until !== null) return this.#holdUntil(tenure, until);
    if (isNewest === false && goesOn()) this.#lose('taken');
  }

  /**
   * Under the fence that it had. Redis may have lost that another had it: who gives the fences out
   * knows. While it is asked the lease is ours without a fence, so that nobody can ask for a higher
   * one after it has answered.
   */
  async #acquireAgain(
    fence: number,
    isWanted: () => boolean,
  ): Promise<{ readonly until: number | null; readonly isNewest?: boolean | undefined }> {
    const heldMs = await this.#try('acquire', () => this.#store.acquire());
    const isNewest =
      heldMs === 0 && isWanted()
        ? await this.#askKept('newest', () => this.#options.isNewest(fence))
        : undefined;
    if (isNewest === true && isWanted()) {
      const until = this.#periodFromNow();
      const regained = await this.#try('regain', () => this.#store.regain(fence));
      if (regained === true) return { until };
    }
    if (heldMs === 0 || heldMs === undefined) await this.#release(0);
    return { until: null, isNewest };
  }

  #periodFromNow(): number {
    return this.#clock.now() + this.#options.ttlMs - this.#options.marginMs;
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
    // One of its own: what waits for a promise is kept for as long as the promise is.
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const stop = (): void => resolve(undefined);
    if (this.#stopping) stop();
    this.#onStop.add(stop);
    try {
      return await Promise.race([run(), promise]);
    } catch (error) {
      this.#options.onTrouble(doing, error);
      return undefined;
    } finally {
      this.#onStop.delete(stop);
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
