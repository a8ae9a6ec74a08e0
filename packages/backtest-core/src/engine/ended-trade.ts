import {
  type Instrument,
  type InstrumentId,
  type Money,
  toNumber,
  type TradeDirection,
  type TradeId,
} from '@ballast/domain';
import type { Trade } from '@ballast/order-core';

/** A trade as it ended, in numbers for people and statistics; the books stay exact elsewhere. */
export type EndedTrade = {
  readonly id: TradeId;
  readonly instrument: InstrumentId;
  readonly strategy: string;
  readonly direction: TradeDirection;
  /** Epoch ms: when it was decided on, entered and left; null where nothing filled. */
  readonly decidedAt: number;
  readonly enteredAt: number | null;
  readonly leftAt: number | null;
  readonly quantity: number;
  /** Means of its fills. */
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly stop: number;
  /** After fees and funding, quote currency. */
  readonly realised: number;
  readonly fees: number;
  /** Paid, or below 0 received. */
  readonly funding: number;
  /** What closed it; the last of its exits where there were several. */
  readonly exit: 'stop' | 'target' | 'close' | 'none';
  readonly reason: string;
};

/** Realised after fees, exact. */
export function realisedOf({ position, instrument }: Trade): Money {
  const currency = instrument.quoteCurrency;
  return { amount: position.realisedCum - (position.feesCum[currency] ?? 0n), currency };
}

export function endedTrade(
  trade: Trade,
  { enteredAt, leftAt, funding }: Pick<EndedTrade, 'enteredAt' | 'leftAt' | 'funding'>,
): EndedTrade {
  const { plan, instrument, position } = trade;
  const entry = { value: 0n, quantity: 0n };
  const exits = { value: 0n, quantity: 0n };
  let exit: EndedTrade['exit'] = 'none';
  for (const fill of trade.fills) {
    const role = trade.orders[fill.clientOrderId]?.request.role ?? 'entry';
    const side = role === 'entry' ? entry : exits;
    side.value += fill.price * fill.quantity;
    side.quantity += fill.quantity;
    if (role !== 'entry') exit = role;
  }
  return {
    ...{ id: trade.id, instrument: plan.instrument, direction: plan.direction },
    strategy: plan.origin.kind === 'signal' ? plan.origin.strategy : 'ticket',
    ...{ decidedAt: trade.createdAt, enteredAt, leftAt },
    quantity: toNumber(entry.quantity),
    entryPrice: meanPrice(entry),
    exitPrice: meanPrice(exits),
    stop: toNumber(plan.stop),
    realised: toNumber(realisedOf(trade).amount) - funding,
    funding,
    fees: toNumber(feesOf(position.feesCum, instrument)),
    exit,
    reason: trade.closing?.reason ?? trade.endReason ?? exit,
  };
}

/** NaN where nothing filled. */
const meanPrice = ({ value, quantity }: { readonly value: bigint; readonly quantity: bigint }) =>
  quantity === 0n ? NaN : toNumber(value / quantity);

const feesOf = (
  feesCum: Trade['position']['feesCum'],
  { quoteCurrency }: Pick<Instrument, 'quoteCurrency'>,
): bigint => feesCum[quoteCurrency] ?? 0n;
