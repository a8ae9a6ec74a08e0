/**
 * Why a tenure is over. `taken`: another has it, or a higher fence was given out. `expired`: for too
 * long nobody could say. `resigned`: its owner gave it up. `stopped`: no longer wanted.
 */
export type LeaseEnd = 'expired' | 'taken' | 'resigned' | 'stopped';

/**
 * `free`: it has ended, and nobody has had it since. `asked`: another has acquired it and has no
 * fence yet.
 */
export type Renewal = 'held' | 'free' | 'asked' | 'taken';

/** What Redis keeps. Each may take any time, or fail without saying whether it happened. */
export type LeaseStore = {
  /**
   * 0: it is ours; otherwise in how many ms the other's ends unless it is renewed, negative where
   * the other has no fence yet, or it is one of ours that could not be freed.
   */
  acquire(): Promise<number>;
  /** False: it has ended meanwhile, or another has it. */
  confirm(fence: number): Promise<boolean>;
  /** 0 for one that was not confirmed. */
  renew(fence: number): Promise<Renewal>;
  /** Of one that we have acquired: goes on under the fence that it had. False: it cannot. */
  regain(fence: number): Promise<boolean>;
  /** Frees it if it is ours under this fence; 0 for one that was not confirmed. */
  release(fence: number): Promise<void>;
};

/** `now` in ms never goes back and goes on while the process is paused. */
export type MonotonicClock = {
  now(): number;
  /** Runs `then` once, `ms` from now; the answer calls it off. */
  after(ms: number, then: () => void): () => void;
};

export type ContenderOptions = {
  ttlMs: number;
  /** How much earlier than Redis we count the lease as over: clocks do not run equally fast. */
  marginMs: number;
  renewEveryMs: number;
  /** Higher with each call, for every contender; asked only while the lease is ours. */
  nextFence: () => Promise<number>;
  /** Whether none was given out since. */
  isNewest: (fence: number) => Promise<boolean>;
  onGained(fence: number): void;
  /** By its own clock the lease may be over; who else has it is not known yet. */
  onLapsed?(fence: number): void;
  /** It was nobody else's meanwhile. */
  onResumed?(fence: number, lapsedMs: number): void;
  /** Called once for each `onGained`, as soon as it is known. */
  onLost(reason: LeaseEnd): void;
  /** Called each time that it is held; `acts`: by another process under a fence. */
  onHeldElsewhere?(acts: boolean): void;
  /** What failed is tried again; this is for the log. */
  onTrouble(doing: string, error: unknown): void;
};
