import {
  type ApprovedOrder,
  type Fill,
  type OrderReport,
  symbolOf,
  type VenueCapabilities,
} from '@ballast/domain';
import type { RestClientV5 } from 'bybit-api';
import { BrokerError } from '../broker-error.ts';
import type { Broker, BrokerStreamHandlers, OrderReference } from '../broker.ts';
import { openPrivateStream } from './private-stream.ts';
import { allPages, answered, malformed, openRest, orderParams, readAnswer } from './rest.ts';
import { list, readBalance, readFill, readOrder, readPosition, text } from './wire.ts';

const LINEAR = { category: 'linear' } as const;
/** The venue answers executions in windows of at most seven days. */
const WINDOW_MS = 7 * 24 * 3_600_000;

/**
 * Requests older than the receive window are refused
 * (https://bybit-exchange.github.io/docs/v5/guide); executions are kept for two years.
 */
const CAPABILITIES: VenueCapabilities = {
  exits: 'reduceOnly',
  shorting: true,
  postOnly: true,
  timesInForce: ['gtc', 'ioc', 'fok'],
  requestSettlesMs: 5_000,
  executionsKeptMs: 730 * 24 * 3_600_000,
};

export type BybitOptions = {
  readonly account: string;
  readonly key: string;
  readonly secret: string;
  readonly restUrl: string;
  readonly privateWsUrl: string;
  /** Settlement coin of the account's linear contracts, for example USDT. */
  readonly coin: string;
  now(): number;
  /**
   * A row of a listing that could not be read. It is left out, so the operator has to be told: it
   * may belong to an order of ours. `detail` says which listing, symbol and fault.
   */
  onBadRow(code: string, detail: string): void;
};

/** ByBit v5 linear contracts: REST for requests, the private socket for pushes. */
export function bybitBroker(options: BybitOptions): Broker {
  const { account, key, secret, privateWsUrl: wsUrl } = options;
  const rest = openRest({ key, secret, baseUrl: options.restUrl });
  return {
    venue: 'bybit',
    account,
    capabilities: CAPABILITIES,
    async submit(order: ApprovedOrder) {
      const result = await answered(rest.submitOrder(orderParams(order)));
      return { venueOrderId: readAnswer(() => text(result, 'orderId')) };
    },
    async cancel({ clientOrderId, instrument }: OrderReference) {
      const symbol = symbolOf(instrument);
      await answered(rest.cancelOrder({ ...LINEAR, symbol, orderLinkId: clientOrderId }));
    },
    ...questions(rest, options),
    openStream: (handlers: BrokerStreamHandlers) =>
      openPrivateStream({ key, secret, wsUrl, account }, handlers),
  };
}

type Questions = Omit<
  Broker,
  'venue' | 'account' | 'capabilities' | 'submit' | 'cancel' | 'openStream'
>;

function questions(rest: RestClientV5, options: BybitOptions): Questions {
  const { account, coin, now } = options;
  const executions = async (query: object): Promise<Fill[]> => {
    const pages = allPages((page) => rest.getExecutionList({ ...LINEAR, ...query, ...page }));
    // A left-out execution shows as drift: the venue's position has it and the ledger has not.
    const fills = readRows('executions', await pages, (row) => readFill(row, account), options);
    return fills.filter((fill) => fill !== null);
  };
  return {
    async findOrder({ clientOrderId, instrument }) {
      const query = { ...LINEAR, symbol: symbolOf(instrument), orderLinkId: clientOrderId };
      const recent = await readAll(oneList(answered(rest.getActiveOrders(query))), readOrder);
      if (recent.length > 0) return theOne(recent, clientOrderId);
      const older = await readAll(oneList(answered(rest.getHistoricOrders(query))), readOrder);
      return older.length > 0 ? theOne(older, clientOrderId) : null;
    },
    async executionsOf({ clientOrderId, instrument }) {
      const query = { symbol: symbolOf(instrument), orderLinkId: clientOrderId };
      const fills = await executions(query);
      return fills.filter((fill) => fill.clientOrderId === clientOrderId);
    },
    async openOrders() {
      const query = { ...LINEAR, settleCoin: coin, openOnly: 0, limit: 50 } as const;
      const pages = await allPages((page) => rest.getActiveOrders({ ...query, ...page }));
      return readRows('open orders', pages, readOrder, options);
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
      const query = { ...LINEAR, settleCoin: coin, limit: 200 };
      const pages = await allPages((page) => rest.getPositionInfo({ ...query, ...page }));
      const read = readRows('positions', pages, readPosition, options);
      // What is missing from this listing counts as flat: a listing with a hole is none.
      if (read.length < pages.length) throw malformed('a position could not be read');
      return read;
    },
    async balance() {
      const wallet = answered(rest.getWalletBalance({ accountType: 'UNIFIED' }));
      const one = wallet.then((row) => [row]);
      const [balance] = await readAll(one, (row) => readBalance(row, coin));
      if (balance === undefined) throw new BrokerError('unknownOutcome', 'NO_WALLET', 'no wallet');
      return balance;
    },
  };
}

async function oneList(result: Promise<unknown>): Promise<unknown[]> {
  const answer = await result;
  return readAnswer(() => list(answer, 'list'));
}

/** Another order's state would be booked on ours: an answer about another question is none. */
function theOne(reports: readonly OrderReport[], clientOrderId: string): OrderReport {
  const found = reports.find((report) => report.clientOrderId === clientOrderId);
  if (found === undefined) throw malformed('the answer is about another order');
  return found;
}

/** Row by row: what cannot be read is told to `onBadRow` and left out. */
function readRows<T>(
  listing: string,
  rows: readonly unknown[],
  read: (row: unknown) => T,
  { onBadRow }: Pick<BybitOptions, 'onBadRow'>,
): T[] {
  return rows.flatMap((row) => {
    try {
      return [readAnswer(() => read(row))];
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      onBadRow(error.code, `${listing}, ${nameOf(row)}: ${error.message}`);
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

async function readAll<T>(rows: Promise<unknown[]>, read: (row: unknown) => T): Promise<T[]> {
  const listed = await rows;
  return readAnswer(() => listed.map((row) => read(row)));
}
