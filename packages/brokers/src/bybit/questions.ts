import { type Fill, type OrderReport, symbolOf, type VenuePosition } from '@ballast/domain';
import type { RestClientV5 } from 'bybit-api';
import { BrokerError } from '../broker-error.ts';
import type { Broker } from '../broker.ts';
import { rawText } from '../raw-text.ts';
import type { Category } from './category.ts';
import type { Pace } from './pace.ts';
import { allPages, answered, malformed, readAnswer } from './rest.ts';
import { readBalance, readHoldings, readSpotBalance } from './wallet.ts';
import { list, readFill, readOrder, readPosition, text } from './wire.ts';

/** The venue answers executions in windows of at most seven days. */
const WINDOW_MS = 7 * 24 * 3_600_000;

export type Asking = {
  readonly account: string;
  readonly category: Category;
  /** Settlement coin of linear contracts; what the spot market is traded in. */
  readonly coin: string;
  readonly rest: RestClientV5;
  readonly pace: Pick<Pace, 'questions'>;
  now(): number;
  onBadRow(code: string, detail: string, raw: string): void;
};

type Questions = Pick<
  Broker,
  'findOrder' | 'executionsOf' | 'openOrders' | 'executionsSince' | 'positions' | 'balance'
>;

export function questions(asking: Asking): Questions {
  const { category, coin, rest, now } = asking;
  const paced = async <T>(call: () => Promise<T>): Promise<T> => {
    await asking.pace.questions.take('other');
    return call();
  };
  const executions = (query: object): Promise<Fill[]> => executionRows(asking, paced, query);
  const wallet = () => answered(paced(() => rest.getWalletBalance({ accountType: 'UNIFIED' })));
  const asOrder = (row: unknown): OrderReport => readOrder(row, category);
  return {
    async findOrder({ clientOrderId, instrument }) {
      const query = { category, symbol: symbolOf(instrument), orderLinkId: clientOrderId };
      const recent = await oneList(answered(paced(() => rest.getActiveOrders(query))));
      if (recent.length > 0) return theOne(recent, asOrder, clientOrderId);
      const older = await oneList(answered(paced(() => rest.getHistoricOrders(query))));
      return older.length > 0 ? theOne(older, asOrder, clientOrderId) : null;
    },
    async executionsOf({ clientOrderId, instrument }) {
      const query = { symbol: symbolOf(instrument), orderLinkId: clientOrderId };
      const fills = await executions(query);
      return fills.filter((fill) => fill.clientOrderId === clientOrderId);
    },
    async openOrders() {
      const scope = category === 'linear' ? { settleCoin: coin } : {};
      const query = { category, ...scope, openOnly: 0, limit: 50 } as const;
      const pages = await allPages((page) =>
        paced(() => rest.getActiveOrders({ ...query, ...page })),
      );
      return readRows('open orders', pages, asOrder, asking);
    },
    async executionsSince(since) {
      const found: Fill[] = [];
      const end = now();
      for (let startTime = since; startTime <= end; startTime += WINDOW_MS) {
        const endTime = startTime + WINDOW_MS - 1;
        found.push(...(await executions({ startTime, endTime, limit: 100 })));
      }
      return found;
    },
    async positions() {
      if (category === 'spot') return wallet().then((row) => holdings(row, asking));
      const query = { category, settleCoin: coin, limit: 200 } as const;
      const pages = await allPages((page) =>
        paced(() => rest.getPositionInfo({ ...query, ...page })),
      );
      const read = readRows('positions', pages, readPosition, asking);
      // What is missing from this listing counts as flat: a listing with a hole is none.
      if (read.length < pages.length) throw malformed('a position could not be read');
      return read;
    },
    async balance() {
      const row = await wallet();
      const read = category === 'spot' ? readSpotBalance : readBalance;
      return readAnswer(() => read(row, coin));
    },
  };
}

async function executionRows(
  asking: Asking,
  paced: <T>(call: () => Promise<T>) => Promise<T>,
  query: object,
): Promise<Fill[]> {
  const { account, category, rest } = asking;
  const pages = await allPages((page) =>
    paced(() => rest.getExecutionList({ category, ...query, ...page })),
  );
  // A left-out execution shows as drift: the venue's position has it and the ledger has not.
  const fills = readRows('executions', pages, (row) => readFill(row, account, category), asking);
  return fills.filter((fill) => fill !== null);
}

/** The spot market has no positions: what the wallet holds beside the trading coin is one. */
function holdings(wallet: unknown, { coin, onBadRow }: Asking): VenuePosition[] {
  try {
    return readAnswer(() => readHoldings(wallet, coin));
  } catch (error) {
    if (error instanceof BrokerError)
      onBadRow(error.code, `wallet: ${error.message}`, rawText(wallet));
    throw error;
  }
}

async function oneList(result: Promise<unknown>): Promise<unknown[]> {
  const answer = await result;
  return readAnswer(() => list(answer, 'list'));
}

/** Another order's state would be booked on ours: an answer about another question is none. */
function theOne(
  rows: readonly unknown[],
  read: (row: unknown) => OrderReport,
  clientOrderId: string,
): OrderReport {
  const reports = readAnswer(() => rows.map(read));
  const found = reports.find((report) => report.clientOrderId === clientOrderId);
  if (found === undefined) throw malformed('the answer is about another order');
  return found;
}

/** Row by row: what cannot be read is told to `onBadRow` and left out. */
function readRows<T>(
  listing: string,
  rows: readonly unknown[],
  read: (row: unknown) => T,
  { onBadRow }: Pick<Asking, 'onBadRow'>,
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
  return ['symbol', 'orderLinkId', 'execId']
    .flatMap((field) => {
      try {
        return [text(row, field)];
      } catch {
        return [];
      }
    })
    .filter((value) => value !== '')
    .map((value) => value.slice(0, 64).toWellFormed())
    .join(' ');
}
