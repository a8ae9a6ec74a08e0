import type { Fill } from '@ballast/domain';
import { BrokerError } from '../broker-error.ts';
import type { Broker, OrderReference } from '../broker.ts';
import type { Urgency } from '../rate-budget.ts';
import { rawText } from '../raw-text.ts';
import { isNotFound, malformed, readAnswer, shown } from './errors.ts';
import { list, named, text, time } from './fields.ts';
import type { KnownOrders } from './known-orders.ts';
import { activitiesAfter, ordersAfter } from './listings.ts';
import { answered, type Rest } from './rest.ts';
import type { Revisions } from './revisions.ts';
import { readActivity, readBalance, readOrder, readPosition } from './wire.ts';

/** Above this many unknown orders, one listing is cheaper than a question about each. */
const SINGLE_QUESTIONS_MAX = 4;
/** An order that executes can be this much older: good till cancelled ends after 90 days. */
const ORDER_AGE_MAX_MS = 91 * 24 * 3_600_000;

export type Asking = {
  readonly account: string;
  readonly rest: Rest;
  readonly known: KnownOrders;
  readonly revisions: Revisions;
  onBadRow(code: string, detail: string, raw: string): void;
};

type Questions = Pick<
  Broker,
  'findOrder' | 'executionsOf' | 'openOrders' | 'executionsSince' | 'positions' | 'balance'
>;

export function questions(asking: Asking): Questions {
  const { rest, known } = asking;
  return {
    async findOrder(order) {
      const row = await orderRow(asking, order.clientOrderId);
      return row === null ? null : readAnswer(() => readOrder(row));
    },
    executionsOf: (order) => executionsOf(asking, order),
    async openOrders() {
      const rows = await ordersAfter(rest, { status: 'open', afterMs: 0 });
      return readRows('open orders', rows, asking, (row) => {
        known.remember(row);
        return readOrder(row);
      });
    },
    async executionsSince(sinceMs) {
      const rows = await activitiesAfter(rest, Math.max(0, sinceMs - 1));
      await learnOrders(asking, rows, sinceMs);
      return readActivities(asking, rows);
    },
    async positions() {
      const answer = await answered(
        rest.paced('other', () => rest.positions.getAllOpenPositionsRaw()),
      );
      const rows = readAnswer(() => list(answer));
      const read = readRows('positions', rows, asking, readPosition);
      // What is missing from this listing counts as flat: a listing with a hole is none.
      if (read.length < rows.length) throw malformed('a position could not be read');
      return read;
    },
    async balance() {
      const row = await answered(rest.paced('other', () => rest.accounts.getAccountRaw()));
      return readAnswer(() => readBalance(row));
    },
  };
}

/**
 * The order as the venue writes it, or null when it has none of that id.
 * @throws BrokerError ANSWER_MALFORMED for an answer about another order
 */
export async function orderRow(
  { rest, known }: Pick<Asking, 'rest' | 'known'>,
  clientOrderId: string,
  urgency: Urgency = 'other',
): Promise<unknown> {
  const call = () => rest.orders.getOrderByClientOrderIdRaw({ clientOrderId });
  let row: unknown;
  try {
    row = await answered(rest.paced(urgency, call));
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
  const told = readAnswer(() => known.remember(row));
  if (told.clientOrderId !== clientOrderId) throw malformed('the answer is about another order');
  return row;
}

async function executionsOf(asking: Asking, order: OrderReference): Promise<Fill[]> {
  const row = await orderRow(asking, order.clientOrderId);
  if (row === null) return [];
  const [id, sentAt] = readAnswer(() => [named(row, 'id'), time(row, 'submitted_at')] as const);
  const rows = await activitiesAfter(asking.rest, Math.max(0, sentAt - 1));
  const own = rows.filter((activity) => textOf(activity, 'order_id') === id);
  return readActivities(asking, own);
}

/** Activities do not tell the client order id: asks for the orders that were never seen here. */
async function learnOrders(
  { rest, known }: Asking,
  activities: readonly unknown[],
  sinceMs: number,
): Promise<void> {
  const unknown = (): string[] => {
    const ids = new Set(activities.map((row) => textOf(row, 'order_id')));
    return [...ids].filter((id) => id !== '' && known.get(id) === undefined);
  };
  const asked = new Set(unknown());
  if (asked.size > SINGLE_QUESTIONS_MAX) {
    const afterMs = Math.max(0, sinceMs - ORDER_AGE_MAX_MS);
    // Only these: what has never traded would push out what has.
    for (const row of await ordersAfter(rest, { status: 'all', afterMs })) {
      if (asked.has(textOf(row, 'id'))) learn(known, row);
    }
  }
  for (const orderId of unknown()) {
    try {
      const call = () => rest.orders.getOrderByOrderIDRaw({ orderId });
      learn(known, await answered(rest.paced('other', call)));
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

/** An order that cannot be read stays unknown: its executions are told as rows of no order. */
function learn(known: KnownOrders, row: unknown): void {
  try {
    readAnswer(() => known.remember(row));
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
  }
}

function readActivities(asking: Asking, rows: readonly unknown[]): Fill[] {
  const { account, known, revisions } = asking;
  // A left-out execution shows as drift: the venue's position has it and the ledger has not.
  return readRows('executions', rows, asking, (row) => {
    const order = known.get(named(row, 'order_id'));
    if (order === undefined) throw malformed('the venue does not tell its order');
    return revisions.of(readActivity(row, order, account));
  });
}

/** Row by row: what cannot be read is told to `onBadRow` and left out. */
function readRows<T>(
  listing: string,
  rows: readonly unknown[],
  { onBadRow }: Pick<Asking, 'onBadRow'>,
  read: (row: unknown) => T,
): T[] {
  return rows.flatMap((row) => {
    try {
      return [readAnswer(() => read(row))];
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      onBadRow(error.code, `${listing}, ${nameOf(row)}: ${error.message}`, rawText(row));
      return [];
    }
  });
}

/** Symbol and ids as far as the row has them, for the operator who has to look. */
function nameOf(row: unknown): string {
  const names = ['symbol', 'client_order_id', 'id'].map((name) => textOf(row, name));
  return shown(names.filter((name) => name !== '').join(' '));
}

function textOf(row: unknown, name: string): string {
  try {
    return text(row, name);
  } catch {
    return '';
  }
}
