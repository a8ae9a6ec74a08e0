import type { Fill, Side } from '@ballast/domain';
import type { Position } from './ledger.ts';

/** An order as its table has it. Amounts at scale 18. */
export type RebuiltOrder = {
  readonly tradeId: string;
  readonly role: string;
  readonly instrument: string;
  readonly side: string;
  readonly type: string;
  readonly quantity: bigint;
  readonly price: bigint | null;
  readonly triggerPrice: bigint | null;
  readonly reduceOnly: boolean;
  readonly status: string;
  readonly venueOrderId: string | null;
  readonly filledQuantityCum: bigint;
  readonly createdAt: number;
};

/** One revision of an execution as its table has it. */
export type RebuiltFill = {
  readonly venue: string;
  readonly account: string;
  readonly executionId: string;
  readonly revision: number;
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly tradeId: string;
  readonly instrument: string;
  readonly side: Side;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly fee: bigint;
  readonly feeCurrency: string;
  readonly liquidity: string;
  readonly channel: string;
  readonly eventTime: number;
  readonly bookedAt: number;
};

export type TradeLedger = {
  readonly account: string;
  readonly instrument: string;
  readonly position: Position;
  readonly entryPrice: bigint | null;
};

export type Rebuilt = {
  readonly rows: number;
  /** By client order id. */
  readonly orders: ReadonlyMap<string, RebuiltOrder>;
  /** By `fillId`: every revision. */
  readonly fills: ReadonlyMap<string, RebuiltFill>;
  /** Of every trade, or record of what Ballast did not do, that has a fill. */
  readonly trades: ReadonlyMap<string, TradeLedger>;
  /** By `positionId`. */
  readonly positions: ReadonlyMap<string, Position>;
  /** Rows that do not say what their kind has to: nothing is made of them. */
  readonly unreadable: readonly { readonly seq: number; readonly why: string }[];
};

export function fillId(fill: Pick<Fill, 'venue' | 'account' | 'executionId' | 'revision'>): string {
  return `${fill.venue} ${fill.account} ${fill.executionId} ${fill.revision}`;
}

export const positionId = (account: string, instrument: string): string =>
  `${account} ${instrument}`;
