import type { LeaseEnd, LeaseStore, MonotonicClock } from './contender-ports.ts';
import { Contender } from './contender.ts';

export const TTL_MS = 1_000;
export const MARGIN_MS = 200;
export const RENEW_MS = 250;

/** What becomes of one request; `null`: it, or its answer, is lost. */
export type Passage = {
  readonly thereMs: number | null;
  readonly backMs: number | null;
  /** When the request fails if it has no answer by then. */
  readonly givenUpMs?: number;
};

const GIVEN_UP_MS = 3_000;

/** Time that passes by hand; with a Redis, a Postgres and processes that can be paused. */
export class World {
  now = 0;
  fences = 0;
  lease: { owner: string; fence: number; until: number } | null = null;
  highest = 0;
  /** Fences under which entries were taken. */
  readonly entries: number[] = [];
  /** In turn, what becomes of the requests of all; then all is well. */
  passages: Passage[] = [];
  #due: { at: number; run: () => void }[] = [];

  after(ms: number, run: () => void): () => void {
    const entry = { at: this.now + ms, run };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((other) => other !== entry);
    };
  }

  /** Runs all that is due until then, each with everything that it sets off. */
  async advance(ms: number, afterEach: () => void = () => {}): Promise<void> {
    const end = this.now + ms;
    await settled();
    for (;;) {
      const next = this.#due.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#due = this.#due.filter((other) => other !== next);
      this.now = Math.max(this.now, next.at);
      next.run();
      await settled();
      afterEach();
    }
    this.now = end;
  }

  request<T>(process: Process, execute: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const passage = process.passages.shift() ?? this.passages.shift() ?? { thereMs: 1, backMs: 1 };
    const { thereMs, backMs, givenUpMs = GIVEN_UP_MS } = passage;
    this.after(givenUpMs, () => process.run(() => reject(new Error('no answer'))));
    if (thereMs === null) return promise;
    this.after(thereMs, () => {
      const answer = execute();
      if (backMs !== null) this.after(backMs, () => process.run(() => resolve(answer)));
    });
    return promise;
  }

  /** What a sink that knows fences does. */
  append(fence: number): void {
    if (fence === this.highest) this.entries.push(fence);
  }

  /** Redis loses everything. */
  wipe(): void {
    this.lease = null;
    this.highest = 0;
  }

  held(): { owner: string; fence: number; until: number } | null {
    if (this.lease !== null && this.now >= this.lease.until) this.lease = null;
    return this.lease;
  }
}

/** A contender whose timers and answers wait while it is paused; time goes on. */
export class Process {
  readonly said: (number | LeaseEnd)[] = [];
  readonly troubles: string[] = [];
  /** Whether another that had it acted, each time that one had. */
  readonly others: boolean[] = [];
  lapses = 0;
  resumed = 0;
  readonly contender: Contender;
  /** In turn, what becomes of its own requests. */
  passages: Passage[];
  #paused: (() => void)[] | null = null;

  constructor(world: World, owner: string, passages: readonly Passage[] = []) {
    this.passages = [...passages];
    const clock: MonotonicClock = {
      now: () => world.now,
      after: (ms, then) => world.after(ms, () => this.run(then)),
    };
    this.contender = new Contender(storeOf(world, this, owner), clock, {
      ttlMs: TTL_MS,
      marginMs: MARGIN_MS,
      renewEveryMs: RENEW_MS,
      nextFence: () => world.request(this, () => (world.fences += 1)),
      isNewest: (fence) => world.request(this, () => fence === world.fences),
      onGained: (fence) => this.said.push(fence),
      onLost: (reason) => this.said.push(reason),
      onLapsed: () => (this.lapses += 1),
      onResumed: () => (this.resumed += 1),
      onHeldElsewhere: (acts) => this.others.push(acts),
      onTrouble: (doing) => this.troubles.push(doing),
    });
  }

  run(then: () => void): void {
    if (this.#paused === null) then();
    else this.#paused.push(then);
  }

  get isPaused(): boolean {
    return this.#paused !== null;
  }

  pause(): void {
    this.#paused ??= [];
  }

  /** What came meanwhile comes now, the last first: nothing promises an order. */
  resume(): void {
    const came = this.#paused ?? [];
    this.#paused = null;
    for (const then of came.toReversed()) then();
  }
}

/** The rules of the functions in Redis. */
function storeOf(world: World, process: Process, owner: string): LeaseStore {
  const until = (): number => world.now + TTL_MS;
  const isOurs = (fence: number): boolean => {
    const held = world.held();
    return held !== null && held.owner === owner && held.fence === fence;
  };
  return {
    acquire: () =>
      world.request(process, () => {
        const held = world.held();
        if (held !== null) {
          const acts = held.fence !== 0 && held.owner !== owner;
          return (acts ? 1 : -1) * (held.until - world.now);
        }
        world.lease = { owner, fence: 0, until: until() };
        return 0;
      }),
    confirm: (fence) =>
      world.request(process, () => {
        if (!isOurs(0) || fence <= world.highest) return false;
        world.highest = fence;
        world.lease = { owner, fence, until: until() };
        return true;
      }),
    renew: (fence) =>
      world.request(process, () => {
        const held = world.held();
        if (fence > 0 && fence < world.highest) return 'taken';
        if (held === null) return 'free';
        if (!isOurs(fence)) return held.fence === 0 ? 'asked' : 'taken';
        world.lease = { owner, fence, until: until() };
        return 'held';
      }),
    regain: (fence) =>
      world.request(process, () => {
        if (fence < world.highest || !isOurs(0)) return false;
        world.highest = fence;
        world.lease = { owner, fence, until: until() };
        return true;
      }),
    release: (fence) =>
      world.request(process, () => {
        if (isOurs(fence)) world.lease = null;
      }),
  };
}

async function settled(): Promise<void> {
  await new Promise(setImmediate);
}
