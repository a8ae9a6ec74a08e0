import type { BrokerStreamHandlers } from '@ballast/brokers';
import { nextUnit, type Prng } from '@ballast/sim-core';
import type { FaultPlan } from './fault-plan.ts';
import { fillOf, reportOf } from './told.ts';
import type { SimulatedVenue, VenueNews } from './venue.ts';
import type { VirtualTime } from './virtual-time.ts';

/** As the adapters have it: a stream that has told nothing for so long is taken for dead. */
const WATCHDOG_MS = 20_000;
const RECONNECT_MS = 1_500;
const LATENCY_MIN_MS = 2;
const LATENCY_SPREAD_MS = 30;
const CORRECTED_AFTER_MS = 20_000;

type Parts = {
  readonly account: string;
  readonly venue: SimulatedVenue;
  readonly time: VirtualTime;
  readonly faults: FaultPlan;
  readonly prng: Prng;
  readonly handlers: BrokerStreamHandlers;
  readonly lines: Set<PushLine>;
};

/**
 * The private stream of one process: live a moment after it is opened, without replay, and subject
 * to the plan's faults for each message and each connection.
 */
export class PushLine {
  readonly #parts: Parts;
  #live = false;
  #closed = false;
  #connection = 0;
  #held: (() => void) | null = null;
  #waiting: (() => void)[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    parts.lines.add(this);
    parts.time.after(this.#latency(), () => this.#connect());
  }

  hear(news: readonly VenueNews[]): void {
    if (!this.#live) return;
    const { account, handlers } = this.#parts;
    for (const item of news) {
      if (item.kind === 'order') {
        this.#send('order', () => handlers.onReport(reportOf(item.order)), null);
        continue;
      }
      const { execution } = item;
      this.#send('fill', () => handlers.onFill(fillOf(execution, account)), execution.id);
    }
  }

  /** What is on its way arrives now, ahead of the answer that caused it. */
  flush(): void {
    for (const arrive of this.#waiting.splice(0)) arrive();
  }

  /** The venue breaks the connection. */
  cut(): void {
    this.#drop('venue restarts');
  }

  close(): void {
    this.#closed = true;
    this.#parts.lines.delete(this);
  }

  #latency(): number {
    return LATENCY_MIN_MS + Math.floor(nextUnit(this.#parts.prng) * LATENCY_SPREAD_MS);
  }

  #isMute(): boolean {
    const { faults, time } = this.#parts;
    const now = time.now();
    return faults.within('silentSocket', now) || faults.within('halfOpenSocket', now);
  }

  #connect(): void {
    if (this.#closed) return;
    const { faults, time, handlers } = this.#parts;
    const now = time.now();
    if (faults.within('dailyRestart', now) || faults.within('tokenExpired', now)) {
      time.after(RECONNECT_MS, () => this.#connect());
      return;
    }
    this.#live = true;
    handlers.onLive();
    this.#watch(this.#connection);
  }

  #drop(reason: string): void {
    if (!this.#live || this.#closed) return;
    this.#live = false;
    this.#connection += 1;
    this.#waiting = [];
    this.#held = null;
    this.#parts.handlers.onDown(reason);
    this.#parts.time.after(RECONNECT_MS, () => this.#connect());
  }

  /** A line that says nothing any more is broken off by its own watchdog. */
  #watch(of: number): void {
    const { faults, time } = this.#parts;
    time.after(WATCHDOG_MS, () => {
      if (this.#closed || !this.#live || of !== this.#connection) return;
      if (this.#isMute() || faults.within('dailyRestart', time.now())) this.#drop('no data');
      else this.#watch(of);
    });
  }

  #send(kind: 'order' | 'fill', tell: () => void, executionId: string | null): void {
    const { faults, time } = this.#parts;
    const fate = faults.push(kind);
    const of = this.#connection;
    const arrive = (): void => {
      if (this.#closed || !this.#live || of !== this.#connection || this.#isMute()) return;
      for (let copy = 0; copy < fate.copies; copy += 1) tell();
      if (fate.thenBreak) this.#drop('connection reset');
    };
    if (fate.afterNext && this.#held === null) {
      this.#held = arrive;
      return;
    }
    this.#waiting.push(arrive);
    time.after(this.#latency() + fate.delayMs, () => this.#arrive(arrive));
    if (fate.corrected === null || executionId === null) return;
    time.after(CORRECTED_AFTER_MS, () => this.#correct(executionId));
  }

  /** One message, and the one that was held back for it. */
  #arrive(arrive: () => void): void {
    if (!this.#waiting.includes(arrive)) return;
    this.#waiting = this.#waiting.filter((other) => other !== arrive);
    arrive();
    const after = this.#held;
    this.#held = null;
    after?.();
  }

  /** The venue corrects it whether anybody listens or not; the sweep brings what nobody heard. */
  #correct(executionId: string): void {
    const { venue, account, handlers } = this.#parts;
    const corrected = venue.correct(executionId);
    if (corrected === null || !this.#live || this.#closed) return;
    handlers.onFill(fillOf(corrected, account));
  }
}
