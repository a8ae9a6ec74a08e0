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
export type OrderRow =
  | { readonly order: ReadOrder; readonly word: string }
  | { readonly permId: number; readonly word: string; readonly filled: Quantity };

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
  const found = new Map<number, ReadOrder>();
  const states = new Map<number, { word: string; filled: Quantity }>();
  for (const row of rows) {
    if ('order' in row) found.set(row.order.permId, row.order);
    else states.set(row.permId, row);
  }
  const open = [...found].flatMap(([permId, order]) => {
    const state = states.get(permId);
    if (state === undefined) {
      badRow('open orders', new WireError(`order ${permId} came without its status`), { permId });
      hasHole = true;
      return [];
    }
    const { status, raw } = statusOf(state.word, state.filled);
    if (status === 'filled' || status === 'cancelled' || status === 'rejected') return [];
    return [reportOf(order, status, state.filled, raw, eventTime)];
  });
  return { rows: open, hasHole };
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
