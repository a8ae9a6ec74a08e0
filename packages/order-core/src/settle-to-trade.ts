import {
  absoluteQuantity,
  formatQuantity,
  invariant,
  type PositionRefusal,
  type Quantity,
  ZERO_QUANTITY,
} from '@ballast/domain';
import { flat, type Position } from './ledger.ts';
import type { StepResult } from './open-trade.ts';
import { isLive, leavesQuantity, unbookedQuantity } from './order.ts';
import { step } from './step.ts';
import { ENDED, type Trade } from './trade.ts';
import { settleUnattributed, type Unattributed } from './unattributed.ts';

type Refused = { readonly code: PositionRefusal; readonly detail: string };
type Settled = {
  /** Each without a fill: what it had is the trade's. */
  readonly records: readonly Unattributed[];
  readonly result: StepResult;
};

/**
 * The operator says that what these records hold has reduced the trade: all of their fills become
 * the trade's, each under its next revision, since a booked one is never changed. The whole of it
 * or nothing: one fill cannot be of two.
 * @param records open ones of the trade's instrument
 */
export function settleToTrade(
  records: readonly Unattributed[],
  trade: Trade,
  explanation: string,
  at: number,
): Settled | { readonly refused: Refused } {
  const refused = refusalOf(records, trade);
  if (refused !== null) return { refused };
  const fills = records.flatMap(({ id: from, fills: booked }) =>
    booked.map((fill) => ({ from, fill: { ...fill, revision: fill.revision + 1 } })),
  );
  const result = step(trade, { type: 'fillsAttributed', at, fills });
  const moved = quantityOf(records);
  const after = result.trade.position;
  invariant(
    after.quantity === trade.position.quantity + moved && cashIsKept(records, trade, after),
    `fills by hand do not sum up in trade ${trade.id} as they do in their records`,
  );
  const settled = records.map((record) => {
    const emptied = { ...record, fills: [], position: flat(record.terms.quoteCurrency) };
    return settleUnattributed(emptied, explanation, at);
  });
  return { records: settled, result };
}

function refusalOf(records: readonly Unattributed[], trade: Trade): Refused | null {
  if (ENDED.has(trade.status)) {
    return { code: 'TRADE_ENDED', detail: `trade ${trade.id} is ${trade.status}` };
  }
  const isOther = records.some(({ instrument, terms }) => {
    const { multiplier, baseCurrency, quoteCurrency } = trade.instrument;
    const isSame = terms.multiplier === multiplier && terms.baseCurrency === baseCurrency;
    return instrument !== trade.plan.instrument || !isSame || terms.quoteCurrency !== quoteCurrency;
  });
  if (isOther) {
    const detail = `booked in other terms than trade ${trade.id}: settle without a trade`;
    return { code: 'NOT_A_REDUCTION', detail };
  }
  const done = quantityOf(records);
  const held = trade.position.quantity;
  const told = `by hand ${formatQuantity(done)}, the trade holds ${formatQuantity(held)}`;
  if (done === 0n || held === 0n || done > 0n === held > 0n) {
    const detail = `${told}: only the opposite of what it holds reduces it; settle without a trade`;
    return { code: 'NOT_A_REDUCTION', detail };
  }
  const room = roomOf(trade);
  if (absoluteQuantity(done) <= room) return null;
  const over = formatQuantity((absoluteQuantity(done) - room) as Quantity);
  const most = `at most ${formatQuantity(room)} of it can be the trade's`;
  const ways = `undo ${over} at the venue and settle again, or settle without a trade`;
  return { code: 'QUANTITY_ABOVE_OPEN', detail: `${told}: ${most}; ${ways}` };
}

/**
 * What the trade holds, but for what its own exits have reported and not yet been booked for, and
 * for what a close under way will take where the venue does not clip it to what is left.
 */
function roomOf(trade: Trade): Quantity {
  const exits = Object.values(trade.orders).filter(({ request }) => request.role !== 'entry');
  const isClipped = trade.capabilities.exits === 'reduceOnly';
  const leaving = exits.reduce((sum, order) => {
    const isLeft = !isClipped && order.request.role === 'close' && isLive(order);
    return sum + (isLeft ? leavesQuantity(order) : unbookedQuantity(order));
  }, 0n);
  const room = absoluteQuantity(trade.position.quantity) - leaving;
  return room > 0n ? (room as Quantity) : ZERO_QUANTITY;
}

function quantityOf(records: readonly Unattributed[]): Quantity {
  return records.reduce(
    (sum, { position }) => (sum + position.quantity) as Quantity,
    ZERO_QUANTITY,
  );
}

/** Cost less realised is the cash that went in: whoever has the fills, it is the same. */
function cashIsKept(records: readonly Unattributed[], trade: Trade, after: Position): boolean {
  const cash = ({ cost, realisedCum }: Position): bigint => cost - realisedCum;
  const before = records.reduce((sum, { position }) => sum + cash(position), cash(trade.position));
  return cash(after) === before;
}
