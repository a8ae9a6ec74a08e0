import {
  InvalidInput,
  type OrderReport,
  parseMoney,
  type Quantity,
  type VenueBalance,
} from '@ballast/domain';
import type { Contract, Order, OrderState } from '@stoqey/ib';
import { ORDER_REJECTED, reasonOf, shown, unclear } from './errors.ts';
import type { Listed } from './question.ts';
import { endStatusOf, filledOf, readOrder, statusOf, WireError } from './wire.ts';

export type ReadOrder = ReturnType<typeof readOrder>;
export type OrderRow = OrderNumbers &
  ({ readonly order: ReadOrder } | { readonly word: string; readonly filled: Quantity });
/** `orderId` is that of the client which has sent it. */
type OrderNumbers = {
  readonly permId: number;
  readonly clientId: number;
  readonly orderId: number;
};

/** An order that has ended, with what the venue says of its end. */
export type CompletedOrder = OrderReport & { readonly filledIsKnown: boolean };

/** What was told of the account, as it came. */
export type SummaryRow = {
  readonly tag: string;
  readonly value: string;
  readonly currency: string;
};

/** Two messages make one row: what the order is, and how much of it has traded. */
export function openOnes(
  rows: readonly OrderRow[],
  eventTime: number,
  badRow: (listing: string, error: unknown, raw: unknown) => void,
): Listed<OrderReport> {
  let hasHole = false;
  const found = new Map<string, ReadOrder>();
  const states = new Map<string, { permId: number; word: string; filled: Quantity }>();
  for (const row of rows) {
    const key = keyOf(row);
    // It may have got its own id meanwhile: it goes by that once it is shown with it. Orders that
    // no client has sent all have the number 0.
    const before = row.orderId === 0 ? key : keyOf({ ...row, permId: 0 });
    if ('order' in row) {
      if (before !== key) found.delete(before);
      found.set(key, row.order);
    } else {
      states.set(key, row);
      if (found.has(before)) states.set(before, row);
    }
  }
  const open = [...found].flatMap(([key, order]) => {
    const state = states.get(key);
    if (state === undefined) {
      badRow('open orders', new WireError(`order ${key} came without its status`), { key });
      hasHole = true;
      return [];
    }
    const { status, raw } = statusOf(state.word, state.filled);
    if (status === 'filled' || status === 'cancelled' || status === 'rejected') return [];
    const named = { ...order, permId: state.permId };
    return [reportOf(named, status, state.filled, raw, eventTime)];
  });
  return { rows: open, hasHole };
}

/** What is only in the venue's front end yet has no id of the venue, nor has the next such one. */
function keyOf({ permId, clientId, orderId }: OrderNumbers): string {
  return permId > 0 ? String(permId) : `${clientId}/${orderId}`;
}

export function readCompleted(
  contract: Contract,
  order: Order,
  state: OrderState,
  eventTime: number,
): { readonly account: string; readonly report: CompletedOrder } {
  const read = readOrder(contract, order);
  const filled = filledOf(order.filledQuantity);
  const { status, raw } = endStatusOf(state.status, filled);
  const said = shown(state.completedStatus ?? '');
  const reason = raw !== '' ? raw : status === 'rejected' ? reasonOf(ORDER_REJECTED, said) : said;
  const filledIsKnown = order.filledQuantity !== undefined;
  const report = reportOf(read, status, filled, reason, eventTime);
  return { account: read.account, report: { ...report, filledIsKnown } };
}

function reportOf(
  { permId, clientOrderId, instrument, side, quantity }: ReadOrder,
  status: OrderReport['status'],
  filledQuantityCum: Quantity,
  reason: string,
  eventTime: number,
): OrderReport {
  const venueOrderId = String(permId);
  const order = { clientOrderId, venueOrderId, instrument, side, quantity };
  return { ...order, status, filledQuantityCum, reason, eventTime };
}

/** In the account's own currency, which both rows name. */
export function readBalance(rows: readonly SummaryRow[]): VenueBalance {
  const of = (tag: string): SummaryRow => {
    const row = rows.find((one) => one.tag === tag);
    if (row === undefined) throw unclear('ANSWER_MALFORMED', `the account has no ${tag}`);
    return row;
  };
  const [equity, available] = [of('NetLiquidation'), of('AvailableFunds')];
  try {
    return {
      currency: equity.currency,
      equity: parseMoney(equity.value, equity.currency),
      available: parseMoney(available.value, available.currency),
    };
  } catch (error) {
    throw unclear('ANSWER_MALFORMED', faultOf(error));
  }
}

export function faultOf(error: unknown): string {
  if (!(error instanceof WireError) && !(error instanceof InvalidInput)) throw error;
  return shown(error.message);
}
