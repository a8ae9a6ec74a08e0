import {
  CLEAN_PUSH,
  CLEAN_REQUEST,
  type FaultName,
  type FaultPort,
  nextUnit,
  type Prng,
  type PushFate,
  type RequestFate,
  type RequestKind,
} from '@ballast/sim-core';

/** Faults that hold for a while instead of meeting one message. */
export const WINDOW_FAULTS = [
  'silentSocket',
  'halfOpenSocket',
  'clockSkew',
  'tokenExpired',
  'dailyRestart',
  'stateLost',
  'staleListing',
] as const satisfies readonly FaultName[];
export type WindowFault = (typeof WINDOW_FAULTS)[number];

/** How often a request or a message meets one of the faults that are on. */
const PER_REQUEST = 0.05;
const PER_PUSH = 0.06;
const LATE_ACK_MAX_MS = 6_500;
const LATE_FILL_MAX_MS = 90_000;
const STALE_MAX_MS = 3_000;

type RequestFault = readonly [FaultName, readonly RequestKind[], Partial<RequestFate>];
const REQUEST_FAULTS: readonly RequestFault[] = [
  ['lostAckExecuted', ['submit', 'cancel'], { answer: 'broken' }],
  ['lostAckNotExecuted', ['submit', 'cancel'], { answer: 'broken', carriedOut: false }],
  ['lateAck', ['submit', 'cancel', 'query'], { answerAfterMs: LATE_ACK_MAX_MS }],
  ['fillBeforeAck', ['submit'], { pushFirst: true }],
  ['cancelRacesFill', ['cancel'], { fillsFirst: true }],
  ['rejectAfterAccept', ['submit'], { rejectedLater: true }],
  ['rateLimit', ['submit', 'cancel', 'query', 'listing'], { refusal: 'rateLimit' }],
  ['serverError', ['submit', 'cancel', 'query', 'listing'], { refusal: 'serverError' }],
];

type PushFault = readonly [FaultName, readonly ('order' | 'fill')[], Partial<PushFate>];
const PUSH_FAULTS: readonly PushFault[] = [
  ['duplicateFill', ['fill'], { copies: 2 }],
  ['droppedFill', ['fill'], { copies: 0 }],
  ['lateFill', ['fill'], { delayMs: LATE_FILL_MAX_MS }],
  ['reorderedFills', ['fill', 'order'], { afterNext: true }],
  ['correctedFill', ['fill'], { corrected: 'price' }],
  ['midBatchDisconnect', ['fill', 'order'], { thenBreak: true }],
];

/** A seeded plan of faults: which are on, how often each has happened, and when it is over. */
export class FaultPlan implements FaultPort {
  readonly counts = new Map<FaultName, number>();
  readonly #prng: Prng;
  readonly #on: ReadonlySet<FaultName>;
  readonly #windows = new Map<WindowFault, number>();
  #healed = false;

  constructor(prng: Prng, on: readonly FaultName[]) {
    this.#prng = prng;
    this.#on = new Set(on);
  }

  /** No fault from here on. */
  heal(): void {
    this.#healed = true;
    this.#windows.clear();
  }

  isOn(name: FaultName): boolean {
    return !this.#healed && this.#on.has(name);
  }

  count(name: FaultName): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  open(name: WindowFault, until: number): void {
    this.count(name);
    this.#windows.set(name, until);
  }

  within(name: WindowFault, now: number): boolean {
    return !this.#healed && (this.#windows.get(name) ?? 0) > now;
  }

  request(kind: RequestKind): RequestFate {
    const met = this.#meet(PER_REQUEST, REQUEST_FAULTS, kind);
    if (met === null) return CLEAN_REQUEST;
    const [name, , change] = met;
    const fate = { ...CLEAN_REQUEST, ...change };
    if (name === 'lateAck') return { ...fate, answerAfterMs: this.#upTo(LATE_ACK_MAX_MS) };
    if (name === 'serverError') return { ...fate, carriedOut: nextUnit(this.#prng) < 0.5 };
    return fate;
  }

  push(kind: 'order' | 'fill'): PushFate {
    const met = this.#meet(PER_PUSH, PUSH_FAULTS, kind);
    if (met === null) return CLEAN_PUSH;
    const [name, , change] = met;
    const fate = { ...CLEAN_PUSH, ...change };
    return name === 'lateFill' ? { ...fate, delayMs: this.#upTo(LATE_FILL_MAX_MS) } : fate;
  }

  listingAgeMs(): number {
    if (!this.isOn('staleListing') || nextUnit(this.#prng) > 0.2) return 0;
    this.count('staleListing');
    return this.#upTo(STALE_MAX_MS);
  }

  socket(): 'open' | 'silent' | 'halfOpen' {
    return 'open';
  }

  fillPercentMax(): number {
    if (!this.isOn('partialFills') || nextUnit(this.#prng) > 0.5) return 100;
    this.count('partialFills');
    return 5 + Math.floor(nextUnit(this.#prng) * 50);
  }

  /** Are ids of the venue's session counted from below again for this submit? */
  rollsBack(): boolean {
    if (!this.isOn('sessionIdRollBack') || nextUnit(this.#prng) > 0.01) return false;
    this.count('sessionIdRollBack');
    return true;
  }

  #meet<F extends readonly [FaultName, readonly string[], unknown]>(
    share: number,
    faults: readonly F[],
    kind: string,
  ): F | null {
    if (this.#healed || nextUnit(this.#prng) > share) return null;
    const possible = faults.filter(([name, kinds]) => this.#on.has(name) && kinds.includes(kind));
    const met = possible[Math.floor(nextUnit(this.#prng) * possible.length)];
    if (met === undefined) return null;
    this.count(met[0]);
    return met;
  }

  #upTo(ms: number): number {
    return 1 + Math.floor(nextUnit(this.#prng) * ms);
  }
}
