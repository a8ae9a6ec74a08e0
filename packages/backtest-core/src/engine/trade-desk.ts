import { type InstrumentId, invariant, toNumber } from '@ballast/domain';
import {
  heedsPrice,
  slotsOf,
  step,
  type StepResult,
  type Trade,
  type TradeEffect,
  type TradeInput,
} from '@ballast/order-core';
import type { MarketPrint } from '@ballast/sim-core';
import { snapped } from './costs.ts';
import { type EndedTrade, endedTrade } from './ended-trade.ts';
import { IDLE, type Track } from './track.ts';
import type { BacktestVenue } from './venue.ts';

type Held = {
  readonly track: Track;
  trade: Trade;
  enteredAt: number | null;
  leftAt: number | null;
  /** Paid, or below 0 received. */
  funding: number;
};

const ENDED: ReadonlySet<Trade['status']> = new Set(['closed', 'cancelled', 'denied']);

/**
 * The open trades of a backtest, one an instrument, each stepped by the order core with what the
 * venue says. What is asked for on a bar's close reaches the venue at the next bar's open; what
 * follows from a fill is there at once.
 */
export class TradeDesk {
  readonly #venue: BacktestVenue;
  readonly #onEnded: (trade: Trade, ended: EndedTrade) => void;
  readonly #held = new Map<InstrumentId, Held>();
  readonly #waiting = new Map<InstrumentId, TradeEffect[]>();

  /** In the account's one currency. */
  cash: number;

  constructor(venue: BacktestVenue, onEnded: (trade: Trade, ended: EndedTrade) => void) {
    this.#venue = venue;
    this.#onEnded = onEnded;
    this.cash = venue.cash;
  }

  /** Whether nothing at all is held or on its way. */
  get isIdle(): boolean {
    return this.#held.size === 0;
  }

  tradeOf(id: InstrumentId): Trade | undefined {
    return this.#held.get(id)?.trade;
  }

  trades(): Trade[] {
    return [...this.#held.values()].map(({ trade }) => trade);
  }

  /** The tracks with anything held or on its way. */
  *busy(): Generator<Track> {
    for (const { track } of this.#held.values()) yield track;
  }

  /** What the market shows of an instrument from now on. */
  show(track: Track, price: number): void {
    this.#venue.show(track, price);
  }

  /** @throws BrokenInvariant before anything was shown */
  printOf(id: InstrumentId): MarketPrint {
    const print = this.#venue.account.books.get(id)?.print;
    invariant(print !== undefined, `no price of ${id} was shown`);
    return print;
  }

  /** A trade that has just been opened: its entry is sent at the next bar's open. */
  enter(track: Track, { trade, effects }: StepResult): void {
    const { id } = track.instrument;
    invariant(!this.#held.has(id), `a second trade of ${id}`);
    this.#held.set(id, { track, trade, enteredAt: null, leftAt: null, funding: 0 });
    this.#waiting.set(id, [...effects]);
  }

  /** The trade is to be closed, at the next bar's open. */
  leave(track: Track, at: number, reason: string): void {
    const { id } = track.instrument;
    const held = this.#held.get(id);
    if (held === undefined || held.trade.closing !== null) return;
    const { trade, effects } = step(held.trade, { type: 'closeRequested', at, reason });
    held.trade = trade;
    this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), ...effects]);
    this.#watch(track);
  }

  /** The bars are over: what waits is not sent, and what is held is closed at the last price. */
  finish(track: Track, price: number, at: number): void {
    const held = this.#held.get(track.instrument.id);
    if (held === undefined) return;
    this.#venue.show(track, price);
    const waiting = this.#waiting.get(track.instrument.id) ?? [];
    this.#waiting.delete(track.instrument.id);
    const inputs = this.#perform(waiting, at);
    const reason = 'the bars end';
    this.#carryOn(track, held, [...inputs, { type: 'closeRequested', at, reason }], at);
  }

  /** Whether anything of the instrument is held or on its way. */
  isBusy(track: Track): boolean {
    return this.#held.has(track.instrument.id);
  }

  /**
   * Funding is settled: of the value of what is held at this price, a part that longs pay shorts.
   */
  fund(track: Track, price: number, rate: number): void {
    const held = this.#held.get(track.instrument.id);
    if (held === undefined || track.quantity === 0) return;
    const paid = track.quantity * price * rate;
    held.funding += paid;
    this.#venue.pay(paid);
    this.cash = this.#venue.cash;
  }

  /** The first price of a bar: it may be beyond a stop, and what waited is sent. */
  open(track: Track, price: number, at: number): void {
    this.print(track, price, at);
    const { id } = track.instrument;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    const held = this.#held.get(id);
    if (held !== undefined) this.#carryOn(track, held, this.#perform(waiting, at), at);
  }

  /** The market is at a price. */
  print(track: Track, price: number, at: number): void {
    const held = this.#held.get(track.instrument.id);
    const inputs = this.#venue.print(track, price, at);
    if (held === undefined) return;
    const seen = snapped(price, track.instrument);
    const heeded = heedsPrice(held.trade, seen, at);
    const all: TradeInput[] = heeded
      ? [...inputs, { type: 'marketPrice', at, price: seen }]
      : inputs;
    if (all.length > 0) this.#carryOn(track, held, all, at);
  }

  #perform(effects: readonly TradeEffect[], at: number): TradeInput[] {
    return effects.flatMap((effect) => this.#venue.perform(effect, at));
  }

  /** Steps the trade with all this, and with whatever its own requests bring. */
  #carryOn(track: Track, held: Held, inputs: readonly TradeInput[], at: number): void {
    const queue = [...inputs];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (next.type === 'fill') {
        const isEntry = held.trade.orders[next.fill.clientOrderId]?.request.role === 'entry';
        if (isEntry) held.enteredAt ??= at;
        else held.leftAt = at;
      }
      const { trade, effects } = step(held.trade, next);
      held.trade = trade;
      queue.push(...this.#perform(effects, at));
    }
    this.cash = this.#venue.cash;
    if (ENDED.has(held.trade.status)) this.#end(track, held);
    this.#watch(track);
  }

  #end(track: Track, held: Held): void {
    const { id } = track.instrument;
    this.#held.delete(id);
    this.#waiting.delete(id);
    this.#onEnded(held.trade, endedTrade(held.trade, held));
  }

  /** Which prices matter now: those of orders at the venue, and targets that do not rest there. */
  #watch(track: Track): void {
    const { id } = track.instrument;
    Object.assign(track, IDLE);
    const held = this.#held.get(id);
    if (held === undefined) return;
    const { position, plan } = held.trade;
    track.quantity = toNumber(position.quantity);
    track.cost = toNumber(position.cost);
    track.follows = plan.takeProfit.style === 'trailing';
    for (const { instrument, trigger, price, side } of this.#venue.account.open.values()) {
      if (instrument !== id) continue;
      const level = trigger?.price ?? price;
      if (level === null) continue;
      const falls = trigger === null ? side === 'buy' : trigger.direction === 'fall';
      watchLevel(track, toNumber(level), falls);
    }
    if (held.trade.capabilities.exits !== 'reserved') return;
    for (const { quantity, target } of slotsOf(held.trade)) {
      if (quantity > 0n && target !== null) {
        watchLevel(track, toNumber(target), held.trade.plan.direction === 'short');
      }
    }
  }
}

function watchLevel(track: Track, level: number, falls: boolean): void {
  if (falls) track.below = Math.max(track.below, level);
  else track.above = Math.min(track.above, level);
}
