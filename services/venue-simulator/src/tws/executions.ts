import {
  addQuantity,
  formatScaled,
  multiplyScaled,
  type Quantity,
  subtractQuantity,
} from '@ballast/domain';
import type { Execution } from '@ballast/sim-core';
import { contractHead, contractTail } from './contracts.ts';
import type { Frame } from './frame.ts';
import { PUSH } from './message-ids.ts';
import type { OrderRecord } from './order-record.ts';
import { averageText, timeText } from './order-wire.ts';

const UNSET_DOUBLE = '1.7976931348623157E308';

/** One execution, or one revision of it, as told. */
export type ExecutionRecord = {
  readonly order: OrderRecord;
  readonly orderRef: string;
  readonly execution: Execution;
  /** 1 as first told; a correction takes the place of the one before. */
  readonly revision: number;
  /** Of its order, with this execution. */
  readonly filled: Quantity;
  readonly cost: bigint;
  readonly toldAt: number;
};

/** Identity of the execution, and after the last point its revision. */
export function executionId({ execution, revision }: ExecutionRecord): string {
  const base = execution.sequence.toString(16).padStart(8, '0');
  return `0000e0d5.${base}.01.${String(revision).padStart(2, '0')}`;
}

export function executionFrame(record: ExecutionRecord, reqId: string, account: string): Frame {
  const { order, execution } = record;
  return [
    PUSH.executionData,
    reqId,
    order.orderId,
    ...contractHead(order.contract),
    ...contractTail(order.contract, 'NASDAQ'),
    executionId(record),
    timeText(execution.at),
    account,
    'NASDAQ',
    execution.side === 'buy' ? 'BOT' : 'SLD',
    formatScaled(execution.quantity),
    formatScaled(execution.price),
    order.permId,
    order.clientId,
    0,
    formatScaled(record.filled),
    averageText(record.cost, record.filled),
    record.orderRef,
    '',
    '',
    '',
    execution.liquidity === 'maker' ? 1 : 2,
    0,
  ];
}

/** The fee, in its own message and by the execution's id only. A bust gives it back. */
export function commissionFrame(record: ExecutionRecord): Frame {
  const { execution, order } = record;
  const fee = execution.quantity === 0n ? 0n : execution.fee;
  const { currency } = order.contract;
  return [
    PUSH.commissionReport,
    1,
    executionId(record),
    formatScaled(fee),
    currency,
    UNSET_DOUBLE,
    UNSET_DOUBLE,
    '',
  ];
}

export type ExecutionFilter = {
  readonly clientId: string;
  readonly account: string;
  /** `yyyymmdd-hh:mm:ss` or with a blank, UTC; empty for all. */
  readonly time: string;
  readonly symbol: string;
  readonly side: string;
};

const FILTER_TIME = /^(\d{4})(\d\d)(\d\d)[- ](\d\d:\d\d:\d\d)(?: UTC)?$/;

/** Epoch ms of a filter's time, 0 for none; null for what is no time. */
export function filterTime(text: string): number | null {
  if (text === '') return 0;
  const match = FILTER_TIME.exec(text);
  if (match === null) return null;
  const at = Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}Z`);
  return Number.isNaN(at) ? null : at;
}

export function passes(record: ExecutionRecord, filter: ExecutionFilter, since: number): boolean {
  const { order, execution } = record;
  const sides = execution.side === 'buy' ? ['BUY', 'BOT'] : ['SELL', 'SLD', 'SSHORT'];
  return (
    (['', '0'].includes(filter.clientId) || filter.clientId === String(order.clientId)) &&
    ['', order.contract.symbol].includes(filter.symbol) &&
    (filter.side === '' || sides.includes(filter.side)) &&
    execution.at >= since
  );
}

/** What a changed price or quantity makes of the order's sums. */
export function correctedSums(
  before: Pick<ExecutionRecord, 'filled' | 'cost' | 'execution'>,
  to: Execution,
): { filled: Quantity; cost: bigint } {
  const { execution, filled, cost } = before;
  const was = multiplyScaled(execution.price, execution.quantity, 'halfEven');
  const is = multiplyScaled(to.price, to.quantity, 'halfEven');
  const less = subtractQuantity(filled, execution.quantity);
  return { filled: addQuantity(less, to.quantity), cost: cost - was + is };
}
