import {
  addQuantity,
  multiplyScaled,
  type Price,
  type Quantity,
  ZERO_QUANTITY,
} from '@ballast/domain';
import { CLEAN_PUSH, type Execution, type PushFate } from '@ballast/sim-core';
import { correctExecution } from '../corrections.ts';
import {
  commissionFrame,
  correctedSums,
  executionFrame,
  type ExecutionRecord,
} from './executions.ts';
import { reduceGroup } from './order-endings.ts';
import { changeView, type OrderRecord } from './order-record.ts';
import { rememberAccount, sessionOf, type Tws } from './tws.ts';

const EXECUTIONS_MAX = 20_000;
const UNSOLICITED = '-1';

/**
 * Pushes an execution to its client.
 * @returns what tells of its commission; null where nobody is to be told
 */
export function tellExecution(tws: Tws, execution: Execution, now: number): (() => void) | null {
  const { desk } = tws;
  const order = desk.byVenueId.get(execution.orderId);
  if (order === undefined) return null;
  const before = sumsOf(tws, order);
  const cost = before.cost + multiplyScaled(execution.price, execution.quantity, 'halfEven');
  const record: ExecutionRecord = {
    order,
    orderRef: order.view.asked.orderRef,
    execution,
    revision: 1,
    filled: addQuantity(before.filled, execution.quantity),
    cost,
    toldAt: now,
  };
  addExecution(tws, record);
  changeView(order, { lastFillPrice: execution.price }, now);
  reduceGroup(desk, order, execution.quantity, now);
  const session = sessionOf(tws, order.clientId);
  if (session === undefined) return null;
  const fate = tws.options.faults.push('fill');
  session.push([executionFrame(record, UNSOLICITED, tws.account)], fate);
  return () => {
    tellCommission(tws, record, fate);
    if (fate.corrected !== null) {
      const { corrected } = fate;
      session.later(fate.delayMs, () => correct(tws, record, corrected));
    }
  };
}

function tellCommission(tws: Tws, record: ExecutionRecord, fate: PushFate): void {
  if (fate.copies === 0) return;
  const delayMs = fate.delayMs + (tws.options.commissionAfterMs ?? 0);
  const session = sessionOf(tws, record.order.clientId);
  session?.push([commissionFrame(record)], { ...CLEAN_PUSH, delayMs });
}

/** The next revision of an execution, with another price or taken back. */
function correct(tws: Tws, record: ExecutionRecord, to: 'price' | 'bust'): void {
  const { execution } = record;
  const { instrument } = record.order.contract;
  const now = tws.options.now();
  const corrected = correctExecution(tws.venue, execution, {
    price: (to === 'price' ? execution.price + instrument.tickSize : execution.price) as Price,
    quantity: to === 'bust' ? ZERO_QUANTITY : execution.quantity,
  });
  const next: ExecutionRecord = {
    ...record,
    ...correctedSums(record, corrected),
    execution: corrected,
    revision: record.revision + 1,
    toldAt: now,
  };
  addExecution(tws, next);
  rememberAccount(tws, now);
  const session = sessionOf(tws, record.order.clientId);
  session?.push([executionFrame(next, UNSOLICITED, tws.account)], CLEAN_PUSH);
  tellCommission(tws, next, CLEAN_PUSH);
}

function addExecution(tws: Tws, record: ExecutionRecord): void {
  tws.executions.push(record);
  if (tws.executions.length > EXECUTIONS_MAX) tws.executions.shift();
}

function sumsOf(tws: Tws, order: OrderRecord): { filled: Quantity; cost: bigint } {
  const last = tws.executions.findLast((record) => record.order === order);
  return { filled: last?.filled ?? ZERO_QUANTITY, cost: last?.cost ?? 0n };
}
