import {
  type ApprovedOrder,
  type Fill,
  InvalidInput,
  type OrderReport,
  symbolOf,
} from '@ballast/domain';
import type { Broker, BrokerStreamHandlers, OrderReference } from '../broker.ts';
import { BrokerError } from '../broker-error.ts';
import { openPrivateStream } from './private-stream.ts';
import { allPages, answered, openRest, orderParams } from './rest.ts';
import { list, readBalance, readFill, readOrder, readPosition, text, WireError } from './wire.ts';

const LINEAR = { category: 'linear' } as const;
/** The venue answers executions in windows of at most seven days. */
const WINDOW_MS = 7 * 24 * 3_600_000;

export type BybitOptions = {
  readonly account: string;
  readonly key: string;
  readonly secret: string;
  readonly restUrl: string;
  readonly privateWsUrl: string;
  /** Settlement coin of the account's linear contracts, for example USDT. */
  readonly coin: string;
  now(): number;
};

/** ByBit v5 linear contracts through the bybit-api SDK: REST for requests, the private socket for pushes. */
export function bybitBroker(options: BybitOptions): Broker {
  const { account, coin, key, secret } = options;
  const rest = openRest({ key, secret, baseUrl: options.restUrl });
  const orders = (rows: Promise<unknown[]>): Promise<OrderReport[]> => readAll(rows, readOrder);
  const fills = async (rows: Promise<unknown[]>): Promise<Fill[]> =>
    (await readAll(rows, (row) => readFill(row, account))).filter((fill) => fill !== null);

  return {
    venue: 'bybit',
    account,
    async submit(order: ApprovedOrder) {
      const result = await answered(rest.submitOrder(orderParams(order)));
      return { venueOrderId: text(result, 'orderId') };
    },
    async cancel({ clientOrderId, instrument }: OrderReference) {
      const symbol = symbolOf(instrument);
      await answered(rest.cancelOrder({ ...LINEAR, symbol, orderLinkId: clientOrderId }));
    },
    async findOrder({ clientOrderId, instrument }: OrderReference) {
      const query = { ...LINEAR, symbol: symbolOf(instrument), orderLinkId: clientOrderId };
      const recent = await orders(oneList(answered(rest.getActiveOrders(query))));
      const found =
        recent[0] ?? (await orders(oneList(answered(rest.getHistoricOrders(query)))))[0];
      return found ?? null;
    },
    executionsOf: ({ clientOrderId, instrument }) =>
      fills(
        allPages((cursor) =>
          rest.getExecutionList({
            ...LINEAR,
            symbol: symbolOf(instrument),
            orderLinkId: clientOrderId,
            ...(cursor === '' ? {} : { cursor }),
          }),
        ),
      ),
    openOrders: () =>
      orders(
        allPages((cursor) =>
          rest.getActiveOrders({
            ...LINEAR,
            settleCoin: coin,
            openOnly: 0,
            limit: 50,
            ...(cursor === '' ? {} : { cursor }),
          }),
        ),
      ),
    async executionsSince(sinceMs: number) {
      const found: Fill[] = [];
      const end = options.now();
      for (let startTime = sinceMs; startTime <= end; startTime += WINDOW_MS) {
        const endTime = startTime + WINDOW_MS - 1;
        const page = (cursor: string) =>
          rest.getExecutionList({
            ...LINEAR,
            startTime,
            endTime,
            limit: 100,
            ...(cursor === '' ? {} : { cursor }),
          });
        found.push(...(await fills(allPages(page))));
      }
      return found;
    },
    positions: () =>
      readAll(
        allPages((cursor) =>
          rest.getPositionInfo({
            ...LINEAR,
            settleCoin: coin,
            limit: 200,
            ...(cursor === '' ? {} : { cursor }),
          }),
        ),
        readPosition,
      ),
    async balance() {
      const wallet = answered(rest.getWalletBalance({ accountType: 'UNIFIED' }));
      const [balance] = await readAll(
        wallet.then((row) => [row]),
        (row) => readBalance(row, coin),
      );
      if (balance === undefined) throw new BrokerError('unknownOutcome', 'NO_WALLET', 'no wallet');
      return balance;
    },
    openStream: (handlers: BrokerStreamHandlers) =>
      openPrivateStream({ key, secret, wsUrl: options.privateWsUrl, account }, handlers),
  };
}

async function oneList(result: Promise<unknown>): Promise<unknown[]> {
  return list(await result, 'list');
}

/** An answer that cannot be read proves nothing, so its outcome stays unknown. */
async function readAll<T>(rows: Promise<unknown[]>, read: (row: unknown) => T): Promise<T[]> {
  const listed = await rows;
  try {
    return listed.map(read);
  } catch (error) {
    if (!(error instanceof WireError) && !(error instanceof InvalidInput)) throw error;
    throw new BrokerError('unknownOutcome', 'ANSWER_MALFORMED', error.message);
  }
}
