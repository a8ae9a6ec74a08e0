import type { OrderReport, VenueBalance, VenuePosition } from '@ballast/domain';
import { type Contract, EventName, type IBApi, type Order, type OrderState } from '@stoqey/ib';
import type { BrokerError } from '../broker-error.ts';
import type { RateBudget } from '../rate-budget.ts';
import { rawText } from '../raw-text.ts';
import { unclear } from './errors.ts';
import type { Link } from './link.ts';
import {
  type CompletedOrder,
  faultOf,
  openOnes,
  type OrderRow,
  readBalance,
  readCompleted,
  type SummaryRow,
} from './listing-rows.ts';
import { type Listed, type Question, question } from './question.ts';
import { type Execution, readExecution, readPosition } from './wire.ts';

/** Requests and orders share their numbers in the venue's refusals: far above any order's. */
const REQUEST_IDS_FROM = 2_000_000_000;
const SUMMARY_TAGS = 'NetLiquidation,AvailableFunds';

export type Listings = {
  openOrders(): Promise<Listed<OrderReport>>;
  completedOrders(): Promise<Listed<CompletedOrder>>;
  /** Of the account; `symbol` null for all. Only of the venue's current day. */
  executions(symbol: string | null): Promise<Listed<Execution>>;
  positions(): Promise<VenuePosition[]>;
  balance(): Promise<VenueBalance>;
  sawOrder(row: OrderRow): void;
  /** Wraps the reading of one order, so that one in a listing that fails leaves a hole there. */
  readingOrders<A extends unknown[]>(read: (...row: A) => void): (...row: A) => void;
  isExecutions(requestId: number): boolean;
  sawExecution(contract: object, execution: object): void;
  /** False when no question has this id. */
  refuse(requestId: number, error: BrokerError): boolean;
  stop(error: BrokerError): void;
};

type ListingOptions = {
  readonly budget: RateBudget;
  readonly answerMs: number;
  readonly accountCode: string;
  readonly timeZone: string;
  now(): number;
};

type Told = {
  onBadRow(code: string, detail: string, raw?: string): void;
  onUnanswered(what: string): void;
};

type Parts = {
  readonly orders: Question<OrderRow>;
  readonly completed: Question<CompletedOrder>;
  readonly executions: Question<Execution>;
  readonly positions: Question<VenuePosition>;
  readonly summary: Question<SummaryRow>;
  /** Of the newest question of each kind; the answers name them. */
  readonly ids: { next: number; executions: number; summary: number };
  badRow(listing: string, error: unknown, raw: unknown): void;
};

export function attachListings(link: Link, options: ListingOptions, told: Told): Listings {
  const asked = {
    turnToSend: () => options.budget.take('other'),
    answerMs: options.answerMs,
    onUnanswered: told.onUnanswered,
  };
  // These are subscriptions: what ends them is a message more.
  const askedAndEnded = {
    ...asked,
    async turnToSend() {
      await asked.turnToSend();
      await asked.turnToSend();
    },
  };
  const parts: Parts = {
    orders: question('open orders', asked),
    completed: question('completed orders', asked),
    executions: question('executions', asked),
    positions: question('positions', askedAndEnded),
    summary: question('account summary', askedAndEnded),
    ids: { next: REQUEST_IDS_FROM, executions: 0, summary: 0 },
    badRow: (listing, error, raw) =>
      told.onBadRow('ANSWER_MALFORMED', `${listing}: ${faultOf(error)}`, rawText(raw)),
  };
  listenForRows(link, options, parts);
  listenForEnds(link, parts);
  return { ...asking(link.api, options, parts), ...hearing(options, parts) };
}

type Asking = Pick<
  Listings,
  'openOrders' | 'completedOrders' | 'executions' | 'positions' | 'balance'
>;

function asking(api: IBApi, { accountCode, now }: ListingOptions, parts: Parts): Asking {
  const { orders, completed, executions, positions, summary, ids } = parts;
  return {
    async openOrders() {
      const { rows, hasHole } = await orders.ask(() => api.reqAllOpenOrders());
      const open = openOnes(rows, now(), parts.badRow);
      return { rows: open.rows, hasHole: hasHole || open.hasHole };
    },
    completedOrders: () => completed.ask(() => api.reqCompletedOrders(false)),
    executions: (symbol) =>
      executions.ask(() => {
        ids.executions = ids.next++;
        const filter = { acctCode: accountCode, ...(symbol === null ? {} : { symbol }) };
        api.reqExecutions(ids.executions, filter);
      }),
    async positions() {
      const { rows, hasHole } = await positions.ask(() => api.reqPositions());
      api.cancelPositions();
      // What is missing from this listing counts as flat: a listing with a hole is none.
      if (hasHole) throw unclear('ANSWER_MALFORMED', 'a position could not be read');
      return rows;
    },
    async balance() {
      const { rows } = await summary.ask(() => {
        ids.summary = ids.next++;
        api.reqAccountSummary(ids.summary, 'All', SUMMARY_TAGS);
      });
      api.cancelAccountSummary(ids.summary);
      return readBalance(rows);
    },
  };
}

function hearing(
  { accountCode, timeZone }: ListingOptions,
  parts: Parts,
): Omit<Listings, keyof Asking> {
  const { orders, completed, executions, positions, summary, ids } = parts;
  return {
    sawOrder: (row) => orders.row(row),
    readingOrders:
      (read) =>
      (...row) => {
        try {
          read(...row);
        } catch (error) {
          if (!orders.asked) throw error;
          orders.hole();
          parts.badRow('open orders', error, row);
        }
      },
    isExecutions: (requestId) => executions.asked && requestId === ids.executions,
    sawExecution(contract, execution) {
      try {
        const row = readExecution(contract, execution, timeZone);
        if (row.account === accountCode) executions.row(row);
      } catch (error) {
        // A left-out execution shows as drift: the venue's position has it, the ledger has not.
        executions.hole();
        parts.badRow('executions', error, { contract, execution });
      }
    },
    refuse(requestId, error) {
      if (requestId < REQUEST_IDS_FROM) return false;
      if (requestId === ids.executions) executions.refuse(error);
      if (requestId === ids.summary) summary.refuse(error);
      return true;
    },
    stop(error) {
      for (const one of [orders, completed, executions, positions, summary]) one.stop(error);
    },
  };
}

function listenForRows(
  { api, safely }: Link,
  { accountCode, now }: ListingOptions,
  parts: Parts,
): void {
  api.on(
    EventName.completedOrder,
    safely('completedOrder', (contract: Contract, order: Order, state: OrderState) => {
      try {
        const row = readCompleted(contract, order, state, now());
        if (row.account === accountCode || row.account === '') parts.completed.row(row.report);
      } catch (error) {
        parts.completed.hole();
        parts.badRow('completed orders', error, { contract, order, state });
      }
    }),
  );
  api.on(
    EventName.position,
    safely('position', (account: string, contract: Contract, size: number) => {
      if (account !== accountCode) return;
      try {
        parts.positions.row(readPosition(contract, size));
      } catch (error) {
        parts.positions.hole();
        parts.badRow('positions', error, { contract, size });
      }
    }),
  );
  api.on(
    EventName.accountSummary,
    safely('accountSummary', (...told: [number, string, string, string, string]) => {
      const [requestId, account, tag, value, currency] = told;
      if (requestId !== parts.ids.summary || account !== accountCode) return;
      parts.summary.row({ tag, value, currency });
    }),
  );
}

function listenForEnds({ api, safely }: Link, parts: Parts): void {
  const { ids } = parts;
  const ending = (what: string, one: { end(): void }) => safely(what, () => one.end());
  api.on(EventName.openOrderEnd, ending('openOrderEnd', parts.orders));
  api.on(EventName.completedOrdersEnd, ending('completedOrdersEnd', parts.completed));
  api.on(EventName.positionEnd, ending('positionEnd', parts.positions));
  api.on(
    EventName.execDetailsEnd,
    safely('execDetailsEnd', (id: number) => {
      if (id === ids.executions) parts.executions.end();
    }),
  );
  api.on(
    EventName.accountSummaryEnd,
    safely('accountSummaryEnd', (id: number) => {
      if (id === ids.summary) parts.summary.end();
    }),
  );
}
