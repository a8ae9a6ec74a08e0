import { type InstrumentId, invariant, type VenueCapabilities } from '@ballast/domain';
import { type HeldTrade, heedsPrice, openTrade, step } from '@ballast/order-core';
import type { Trade, TradeEffect, TradeInput } from '@ballast/order-core';
import { walletOf } from '@ballast/sim-core';
import { snapped } from './costs.ts';
import type { CourseMemory } from './course-memory.ts';
import { type EndedTrade, endedTrade, realisedOf } from './ended-trade.ts';
import { gainedBy, type Held, notionalOf, shownOf, standingOf } from './held.ts';
import type { Opening } from './opening.ts';
import { type Ended, Recall } from './recall.ts';
import { positionOf, reachedAt } from './recalled-trade.ts';
import type { Standing } from './standing.ts';
import { rest, type Track, tradedAt } from './track.ts';
import type { BacktestVenue } from './venue.ts';
import { watchOrders } from './watched-levels.ts';

/** Told once of each trade: as it ended. */
type OnEnded = (trade: EndedTrade, exact: Omit<Ended, 'trade'>) => void;

const ENDED: ReadonlySet<Trade['status']> = new Set(['closed', 'cancelled', 'denied']);
/** At the venue's margin, of which the matcher takes a tenth. */
const MARGIN = 0.1;

/**
 * The open trades of a backtest, one an instrument. Each is stepped by the order core with what
 * the venue says, or goes the way that the core went with one of its shape. What is asked for on a
 * bar's close reaches the venue at the next bar's open; what follows from a fill is there at once.
 */
export class TradeDesk {
  readonly #venue: BacktestVenue;
  readonly #account: string;
  readonly #capabilities: VenueCapabilities;
  readonly #onEnded: OnEnded;
  readonly #recall: Recall | null;
  readonly #held = new Map<InstrumentId, Held>();
  /** The same, in the order in which they began. */
  readonly #all: Held[] = [];
  readonly #waiting = new Map<InstrumentId, TradeEffect[]>();
  /** What recalled longs have cost, and how many others there are. */
  #paid = 0;
  #odd = 0;

  /** In the account's one currency. */
  cash: number;

  constructor(
    venue: BacktestVenue,
    {
      account,
      capabilities,
      onEnded,
      memory,
    }: {
      readonly account: string;
      readonly capabilities: VenueCapabilities;
      readonly onEnded: OnEnded;
      /** Null where the order core is to step each trade. */
      readonly memory: CourseMemory | null;
    },
  ) {
    this.#venue = venue;
    this.#account = account;
    this.#capabilities = capabilities;
    this.#onEnded = onEnded;
    this.#recall = memory === null ? null : new Recall(memory);
    this.cash = venue.cash;
  }

  /** How many trades are held or on their way. */
  get size(): number {
    return this.#all.length;
  }

  openingOf(id: InstrumentId): Opening | undefined {
    return this.#held.get(id)?.opening;
  }

  /** All that is held or on its way, as the pre-trade rules look at it. */
  trades(): HeldTrade[] {
    return this.#all.map(shownOf);
  }

  /** A trade that has just been decided on: its entry is sent at the next bar's open. */
  enter(track: Track, opening: Opening): void {
    const { id } = track.instrument;
    invariant(!this.#held.has(id), `a second trade of ${id}`);
    const held: Held = {
      track,
      opening,
      trade: null,
      recalled: null,
      enteredAt: null,
      leftAt: null,
      funding: 0,
      isOdd: false,
    };
    this.#held.set(id, held);
    this.#all.push(held);
    track.isBusy = true;
    if (this.#recall === null) this.#begin(held);
  }

  /** The trade is to be closed, at the next bar's open. */
  leave(track: Track, at: number, reason: string): void {
    const { id } = track.instrument;
    const held = this.#held.get(id);
    if (held === undefined) return;
    if (held.recalled !== null) {
      held.recalled.leave ??= { at, reason };
      // What waits is sent at the next open, whatever that is.
      track.calmFrom = Infinity;
      return;
    }
    const begun = held.trade ?? this.#begin(held);
    if (begun.closing !== null) return;
    const { trade, effects } = step(begun, { type: 'closeRequested', at, reason });
    held.trade = trade;
    this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), ...effects]);
    this.#watch(held);
  }

  /** The bars are over: what waits is sent, and what is held is closed at the last price. */
  finish(track: Track, price: number, at: number): void {
    const { id } = track.instrument;
    const held = this.#held.get(id);
    if (held === undefined) return;
    track.shown = price;
    const reason = 'the bars end';
    if (held.recalled !== null && this.#recall !== null) {
      const under = { track, venue: this.#venue, funding: held.funding };
      this.#endRecalled(held, this.#recall.finish(held.recalled, { price, at }, reason, under));
      return;
    }
    if (held.trade === null) this.#begin(held);
    this.#venue.show(track, price);
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    const inputs = this.#send(waiting, at);
    this.#carryOn(held, [...inputs, { type: 'closeRequested', at, reason }], at);
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
  open(track: Track, price: number, openTime: number): void {
    const at = tradedAt(track, openTime);
    const { id } = track.instrument;
    const held = this.#held.get(id);
    if (held === undefined) return;
    if (held.recalled !== null) return this.#meet(held, price, at, true);
    if (held.trade === null && this.#enterRecalled(held, price, at)) return;
    this.print(track, price, at);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (this.#held.has(id)) this.#carryOn(held, this.#send(waiting, at), at);
  }

  /** The market is at a price. */
  print(track: Track, price: number, time: number): void {
    const at = tradedAt(track, time);
    const held = this.#held.get(track.instrument.id);
    if (held === undefined) return;
    if (held.recalled !== null) return this.#meet(held, price, at, false);
    track.shown = price;
    const inputs = this.#venue.print(track, price, at);
    const trade = held.trade ?? this.#begin(held);
    const seen = snapped(price, track.terms);
    const all: TradeInput[] = heedsPrice(trade, seen, at)
      ? [...inputs, { type: 'marketPrice', at, price: seen }]
      : inputs;
    if (all.length > 0) this.#carryOn(held, all, at);
  }

  /** The account at the closes of the bars before those that come next, in its currency. */
  value(): number {
    let value = this.cash;
    for (const { track } of this.#all) {
      if (track.quantity === 0) continue;
      value += track.quantity * (track.bars.close[track.row - 1] ?? NaN) - track.cost;
    }
    return value;
  }

  /** What there is at the prices shown last. */
  standing(): Standing {
    return standingOf(this.#all, this.cash, this.#venue.costs);
  }

  /** What an instrument's trade binds at the price shown last; 0 where there is none. */
  boundIn(id: InstrumentId): number {
    const held = this.#held.get(id);
    return held === undefined ? 0 : notionalOf(held, this.#venue.costs);
  }

  /** Cash and what is held at the prices shown last, exact. */
  equity(currency: string): bigint {
    const { equity } = walletOf(this.#venue.account, currency);
    return equity + gainedBy(this.#all);
  }

  /** What the venue would let an entry bind; a bound from below. */
  #available(): number {
    // Where all are recalled longs: none of them can lose more than it has cost.
    if (this.#odd === 0) return this.cash - (1 + MARGIN) * this.#paid;
    let margin = 0;
    for (const { track } of this.#all) margin += Math.abs(track.cost) * MARGIN;
    return this.standing().equity - margin;
  }

  /** Opened by the order core; what it asks for waits. */
  #begin(held: Held): Trade {
    const { track, opening } = held;
    const { instrument } = track;
    const known = { account: this.#account, capabilities: this.#capabilities, verdicts: [] };
    const { trade, effects } = openTrade({
      id: opening.id,
      plan: opening.plan,
      at: opening.at,
      ...known,
      instrument,
    });
    held.trade = trade;
    this.#waiting.set(instrument.id, [...effects]);
    this.#odd += 1;
    held.isOdd = true;
    return trade;
  }

  #enterRecalled(held: Held, price: number, at: number): boolean {
    const { track, opening } = held;
    if (this.#recall === null) return false;
    track.shown = price;
    const under = { track, venue: this.#venue, available: this.#available() };
    held.recalled = this.#recall.enter(opening, { price, at }, under);
    if (held.recalled === null) {
      this.#begin(held);
      return false;
    }
    this.cash = this.#venue.cash;
    held.isOdd = opening.direction !== 'long';
    if (held.isOdd) this.#odd += 1;
    else this.#paid += track.cost;
    return true;
  }

  #meet(held: Held, price: number, at: number, isOpen: boolean): void {
    const { track, recalled, funding } = held;
    track.shown = price;
    if (recalled === null || this.#recall === null) return;
    if (reachedAt(recalled, price, track) === null && (recalled.leave === null || !isOpen)) return;
    const under = { track, venue: this.#venue, funding };
    const ended = this.#recall.meet(recalled, { price, at }, isOpen, under);
    if (ended !== null) this.#endRecalled(held, ended);
  }

  #endRecalled(held: Held, { trade, realised, endedAt }: Ended): void {
    const { track } = held;
    if (!held.isOdd) this.#paid -= track.cost;
    this.#forget(held);
    this.cash = this.#venue.cash;
    rest(track);
    this.#onEnded(trade, { realised, endedAt });
  }

  /** What has waited. An entry may ask what there is, of which the matcher knows a part. */
  #send(effects: readonly TradeEffect[], at: number): TradeInput[] {
    const recalled = this.#all.filter((held) => held.recalled !== null);
    for (const { track, recalled: trade } of recalled) {
      if (trade === null) continue;
      this.#venue.show(track, track.shown);
      this.#venue.hold(track, positionOf(trade, track));
    }
    const inputs = this.#perform(effects, at);
    for (const { track } of recalled) this.#venue.hold(track, null);
    return inputs;
  }

  #perform(effects: readonly TradeEffect[], at: number): TradeInput[] {
    return effects.flatMap((effect) => this.#venue.perform(effect, at));
  }

  /** Steps the trade with all this, and with whatever its own requests bring. */
  #carryOn(held: Held, inputs: readonly TradeInput[], at: number): void {
    const queue = [...inputs];
    let now = held.trade ?? this.#begin(held);
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (next.type === 'fill') {
        const isEntry = now.orders[next.fill.clientOrderId]?.request.role === 'entry';
        if (isEntry) held.enteredAt ??= at;
        else held.leftAt = at;
      }
      const { trade, effects } = step(now, next);
      now = trade;
      queue.push(...this.#perform(effects, at));
    }
    held.trade = now;
    this.cash = this.#venue.cash;
    if (ENDED.has(now.status)) this.#end(held, now);
    this.#watch(held);
  }

  #end(held: Held, trade: Trade): void {
    this.#forget(held);
    this.#waiting.delete(held.track.instrument.id);
    const endedAt = trade.endedAt ?? trade.createdAt;
    this.#onEnded(endedTrade(trade, held), { realised: realisedOf(trade).amount, endedAt });
  }

  #forget(held: Held): void {
    this.#held.delete(held.track.instrument.id);
    this.#all.splice(this.#all.indexOf(held), 1);
    if (held.isOdd) this.#odd -= 1;
    if (this.#all.length === 0) this.#paid = 0;
  }

  #watch({ track, trade }: Held): void {
    const isHeld = this.#held.has(track.instrument.id);
    rest(track);
    track.isBusy = isHeld;
    if (isHeld && trade !== null) watchOrders(track, trade, this.#venue);
  }
}
