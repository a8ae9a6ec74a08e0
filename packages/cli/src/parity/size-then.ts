import type { DecidedSignal, StoredSignal } from '@ballast/db';
import {
  formatScaled,
  type Instrument,
  type Money,
  parsePrice,
  type Price,
  snapToTick,
  toNumber,
  tradePlanWire,
} from '@ballast/domain';
import { type SizingInput, sizeTrade } from '@ballast/order-core';
import type { Cause } from './cause.ts';
import { saidBy } from './same-opinion.ts';

/** As far as a quote may lie from the close that it follows. */
const MOVE_MAX = 0.005;

export type SizingTerms = Pick<SizingInput, 'riskFraction' | 'notionalFraction'>;

export type Account = {
  readonly instrument: Instrument;
  readonly equity: Money | null;
  readonly terms: SizingTerms;
};

/** The size that the code which trades gives at the bar's close. */
export function sizedAtClose(signal: StoredSignal, about: Account): ReturnType<typeof sizeTrade> {
  return sizedAtPrice(signal, about, closeOf(signal, about.instrument));
}

function sizedAtPrice(
  signal: StoredSignal,
  { instrument, equity, terms }: Account,
  price: Price | null,
) {
  const { direction, level } = saidBy(signal);
  return sizeTrade({ ...terms, instrument, direction, level, equity, price, volume: null });
}

type Refusal = { readonly input: string; readonly threshold: string };

/**
 * Whether the size is refused so without a quote, or at one that lies near the close.
 * @param stated the price that the refusal speaks of, where it does: others are tried in steps
 */
export function isRefusedNear(
  signal: StoredSignal,
  about: Account,
  {
    stated,
    isSame,
  }: {
    readonly stated: Price | null;
    readonly isSame: (refusal: Refusal) => boolean;
  },
): boolean {
  const refuses = (price: Price | null): boolean => {
    const sized = sizedAtPrice(signal, about, price);
    return sized.kind === 'refused' && isSame(sized);
  };
  const near = closeOf(signal, about.instrument);
  if (stated === null) return refuses(null) || priceNear(near, about.instrument, refuses) !== null;
  return Math.abs(Number(stated - near)) <= Number(near) * MOVE_MAX && refuses(stated);
}

/** On the tick that is the worse one for who enters. */
function closeOf(signal: StoredSignal, instrument: Instrument): Price {
  const { direction, level } = saidBy(signal);
  return snapToTick(level.entry, instrument, direction === 'long' ? 'ceil' : 'floor');
}

type Sized = {
  readonly live: string;
  readonly again: string;
  /** Null: nothing that is stored explains it. */
  readonly cause: Cause | null;
};

/**
 * Levels and quantity of what a signal asked for, and of its entry order, held against the size
 * that the same code gives at the close. Live it was sized at the quote of that moment, which is
 * not kept: another quantity is explained by the price that makes it, where that price lies near.
 * @returns null where they are the same
 */
export function sizeDifference({ signal, trade }: DecidedSignal, about: Account): Sized | null {
  const plan = tradePlanWire.safeParse(trade?.plan);
  if (trade === null || !plan.success) return null;
  const { level } = saidBy(signal);
  const { instrument } = about;
  const sizedAt = (price: Price) => textOf(sizedAtPrice(signal, about, price));
  const { stop, takeProfit, quantity } = plan.data;
  const target = takeProfit.style === 'single' ? formatScaled(takeProfit.target) : takeProfit.style;
  const live = `${formatScaled(quantity)}, stop ${formatScaled(stop)}, target ${target}`;
  if (trade.ordered !== null && trade.ordered !== quantity) {
    return { live: `ordered ${formatScaled(trade.ordered)}`, again: live, cause: null };
  }
  const near = closeOf(signal, instrument);
  const again = sizedAt(near);
  if (again === live) return null;
  const filled = trade.entryPrice;
  if (filled !== null && sizedAt(snapToTick(toNumber(filled), instrument, 'ceil')) === live) {
    const detail = `sized at ${formatScaled(filled)}, at which it filled`;
    return { live, again, cause: { code: 'fill', detail } };
  }
  const price = priceNear(near, instrument, (at) => sizedAt(at) === live);
  if (price === null) return { live, again, cause: null };
  const detail = `sized at a quote of ${formatScaled(price)}, the close is ${level.entry}`;
  return { live, again, cause: { code: 'latency', detail } };
}

function textOf(sized: ReturnType<typeof sizeTrade>): string {
  if (sized.kind === 'refused') return `refused: ${sized.input}`;
  const { quantity, stop, target } = sized;
  return `${formatScaled(quantity)}, stop ${formatScaled(stop)}, target ${formatScaled(target)}`;
}

/** Prices that are tried on each side. */
const TRIES = 500;

/** The price nearest to `from`, within what a quote may lie away, of which it holds. */
function priceNear(
  from: Price,
  { tickSize }: Pick<Instrument, 'tickSize'>,
  holds: (price: Price) => boolean,
): Price | null {
  const reach = Number(from) * MOVE_MAX;
  const ticks = Math.max(1, Math.ceil(reach / Number(tickSize) / TRIES));
  for (let away = 1; away <= TRIES; away += 1) {
    const distance = BigInt(away * ticks) * tickSize;
    if (Number(distance) > reach) return null;
    // Both lie on the tick, since `from` does, and above zero, since they lie near.
    for (const at of [from + distance, from - distance]) {
      const price = parsePrice(formatScaled(at));
      if (holds(price)) return price;
    }
  }
  return null;
}
