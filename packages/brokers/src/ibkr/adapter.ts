import {
  addQuantity,
  type RiskApproved,
  type Fill,
  type OrderReport,
  symbolOf,
  type VenueCapabilities,
  ZERO_QUANTITY,
} from '@ballast/domain';
import { BrokerError } from '../broker-error.ts';
import type { Broker, BrokerStreamHandlers, OrderReference } from '../broker.ts';
import { createRateBudget } from '../rate-budget.ts';
import { type Connection, type ConnectionTiming, openConnection, TIMING } from './connection.ts';
import { isSpentId, notSent, unclear } from './errors.ts';
import { createFeeBook, type FeeBook } from './fee-book.ts';
import type { Listings } from './listings.ts';
import { createOrderMemory } from './order-memory.ts';
import { createOrderNumbers, type OrderIds } from './order-numbers.ts';
import { TRADED_MARKETS } from './order-params.ts';
import { createPlacer } from './placing.ts';
import type { Execution } from './wire.ts';

/**
 * A connection whose request is met with silence for 5 s is reset, so nothing of it arrives later
 * than this. Executions are those of the venue's current day.
 */
const CAPABILITIES: Omit<VenueCapabilities, 'shorting'> = {
  markets: TRADED_MARKETS,
  exits: 'reserved',
  postOnly: false,
  timesInForce: ['gtc', 'day', 'ioc', 'fok'],
  requestSettlesMs: 10_000,
  executionsKeptMs: 24 * 3_600_000,
};

/**
 * The venue's limit is 50 messages in a second, all kinds together; past it, it hangs up. The rest
 * is for pings.
 */
const LIMIT = { requests: 44, windowMs: 1_000, reserved: 14 };

export type IbkrOptions = {
  readonly account: string;
  readonly host: string;
  readonly port: number;
  /** Order numbers belong to a client id: the same one at each start. */
  readonly clientId: number;
  /** The venue's name of the account; null takes the only one of the login. */
  readonly accountCode: string | null;
  /** May the account be short? */
  readonly shorting: boolean;
  /** Of TWS, for example America/New_York; it writes some times without one. */
  readonly timeZone: string;
  readonly orderIds: OrderIds;
  /** Whether the venue's daily restart is about now: no order is sent. */
  readonly quietWindow?: (nowMs: number) => boolean;
  readonly timing?: Partial<ConnectionTiming>;
  now(): number;
  /** A row of a listing that could not be read. It is left out, so the operator has to be told. */
  onBadRow(code: string, detail: string, raw?: string): void;
};

/**
 * Stocks through TWS or IB Gateway. The connection is that of the stream: without `openStream`
 * nothing is sent and nothing can be asked.
 */
export function ibkrBroker(options: IbkrOptions): Broker {
  const { account, now } = options;
  const budget = createRateBudget(LIMIT);
  const kept = { budget, fees: createFeeBook(account), orders: createOrderMemory() };
  let current: Connection | null = null;
  const connection = (): Connection => {
    if (current === null) throw notSent('NOT_CONNECTED', 'the stream is not open');
    return current;
  };
  const quiet = (): boolean => options.quietWindow?.(now()) === true;
  const numbers = createOrderNumbers(options.orderIds);
  const placer = createPlacer({ connection, numbers, budget, quiet });
  const asked = questions(() => connection().session().listings, kept.fees);

  return {
    venue: 'ibkr',
    account,
    capabilities: { ...CAPABILITIES, shorting: options.shorting },
    ...asked,
    async submit(order: RiskApproved) {
      try {
        return { venueOrderId: await placer.place(order) };
      } catch (error) {
        if (!isSpentId(error)) throw error;
        // An earlier attempt has taken the number: its order is this one, or there is none.
        const found = await asked.findOrder({ ...order, venueOrderId: null }).catch(notAsked);
        if (found === null) throw error;
        return { venueOrderId: found.venueOrderId };
      }
    },
    async cancel({ clientOrderId }) {
      const { nextOrderId } = connection().session();
      // What the venue shows comes first: a process before this one may have given it another.
      const shown = kept.orders.numberOf(clientOrderId);
      const orderId = shown ?? (await numbers.numberOf(clientOrderId, nextOrderId));
      await budget.take('exit');
      await connection().session().cancel(orderId);
    },
    openStream(handlers: BrokerStreamHandlers) {
      if (current !== null) throw new Error('the stream is open already');
      const timing = { ...TIMING, ...options.timing };
      const { onBadRow } = options;
      const opened = openConnection({ ...options, ...kept, timing }, { ...handlers, onBadRow });
      current = opened;
      return {
        close() {
          opened.close();
          if (current === opened) current = null;
        },
      };
    },
  };
}

type Questions = Pick<
  Broker,
  'findOrder' | 'executionsOf' | 'openOrders' | 'executionsSince' | 'positions' | 'balance'
>;

function questions(listings: () => Listings, fees: FeeBook): Questions {
  const fills = (rows: readonly Execution[]): Fill[] => rows.map((row) => fees.fill(row));
  return {
    findOrder: (order) => lookUp(listings, order),
    async executionsOf({ clientOrderId, instrument }) {
      const { rows } = await listings().executions(venueSymbol(instrument));
      return fills(rows.filter((row) => row.clientOrderId === clientOrderId));
    },
    async openOrders() {
      return (await listings().openOrders()).rows;
    },
    async executionsSince(sinceMs) {
      const { rows } = await listings().executions(null);
      // The venue's times are whole seconds, rounded down. What it corrects may be of any time: one
      // that came while the stream was down is told nowhere else.
      const isSince = ({ eventTime }: Execution) => eventTime + 999 >= sinceMs;
      return fills(rows.filter((row) => isSince(row) || fees.isCorrection(row)));
    },
    async positions() {
      return listings().positions();
    },
    async balance() {
      return listings().balance();
    },
  };
}

/**
 * Open orders, then ended ones, then executions: an order that ends in between is in a later one.
 * Null only when it is in none. Of ended orders the venue tells those of its current day.
 */
async function lookUp(
  listings: () => Listings,
  { clientOrderId, instrument }: OrderReference,
): Promise<OrderReport | null> {
  const isOurs = (row: { readonly clientOrderId: string }) => row.clientOrderId === clientOrderId;
  const open = await listings().openOrders();
  const openOne = open.rows.find(isOurs);
  if (openOne !== undefined) return openOne;
  const completed = await listings().completedOrders();
  const executions = await listings().executions(venueSymbol(instrument));
  const executed = executions.rows.filter(isOurs);
  const ended = completed.rows.findLast(isOurs);
  if (ended !== undefined) {
    const { filledIsKnown, ...report } = ended;
    return filledIsKnown ? report : { ...report, filledQuantityCum: sum(executed) };
  }
  if (executed.length > 0) {
    throw unclear('ORDER_NOT_LISTED', 'the order has executions and is in no listing yet');
  }
  // The row that could not be read may be the one.
  if (open.hasHole || completed.hasHole || executions.hasHole) {
    throw unclear('ANSWER_MALFORMED', 'a row of the listings could not be read');
  }
  return null;
}

/** Each execution once, as last corrected. */
function sum(executions: readonly Execution[]) {
  const newest = new Map<string, Execution>();
  for (const row of executions) {
    const known = newest.get(row.executionId);
    if (known === undefined || known.correction < row.correction) newest.set(row.executionId, row);
  }
  return [...newest.values()].reduce(
    (total, { quantity }) => addQuantity(total, quantity),
    ZERO_QUANTITY,
  );
}

/** That a question about the order was not sent says nothing about the order. */
function notAsked(error: unknown): never {
  const isKnown = error instanceof BrokerError;
  throw unclear(isKnown ? error.code : 'NO_ANSWER', isKnown ? error.message : 'not answered');
}

function venueSymbol(instrument: string): string {
  return symbolOf(instrument).replaceAll('.', ' ');
}
