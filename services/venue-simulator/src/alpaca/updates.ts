import { formatScaled, multiplyScaled, subtractQuantity } from '@ballast/domain';
import { type Execution, isOpen, type VenueEvent, type VenueOrder } from '@ballast/sim-core';
import { type Desk, latestRecord, recordOfFill } from './desk.ts';
import { orderJson, type OrderJson, type OrderRecord, rememberPast, time } from './order-record.ts';

/** One `trade_updates` message. `kind` is what the fault port is asked about. */
export type TradeUpdate = {
  readonly kind: 'order' | 'fill';
  readonly execution: Execution | null;
  readonly order: OrderJson;
  readonly data: Readonly<Record<string, unknown>>;
};

/** Turns what happened in the matcher into the venue's messages, in order. */
export type Reporter = {
  report(events: readonly VenueEvent[]): TradeUpdate[];
  /** An order that is in no event of the matcher: it was taken over as it was. */
  tell(record: OrderRecord): TradeUpdate[];
  /** Tells the correction of a fill: its new price, or quantity 0. */
  correct(told: TradeUpdate, corrected: Execution): TradeUpdate;
};

export function createReporter(desk: Desk, now: () => number): Reporter {
  let sequence = 0;
  /** Σ cost of an order's fills told so far; the matcher's order only has the end of a batch. */
  const costs = new Map<string, bigint>();
  for (const { id, cost } of desk.venue.account.open.values()) costs.set(id, cost);
  const positions = new Map<string, bigint>();
  for (const { instrument, quantity } of desk.venue.account.positions.values()) {
    positions.set(instrument, quantity);
  }

  function message(
    event: string,
    at: number,
    order: OrderJson,
    more: Readonly<Record<string, string>> = {},
  ): Readonly<Record<string, unknown>> {
    sequence += 1;
    const event_id = String(sequence).padStart(26, '0');
    return { event, event_id, timestamp: time(at), order, ...more };
  }

  function orderUpdate(record: OrderRecord, order: VenueOrder, event: string): TradeUpdate {
    const json = orderJson(record, order);
    rememberPast(record, order.updatedAt, json);
    const data = message(event, order.updatedAt, json);
    return { kind: 'order', execution: null, order: json, data };
  }

  /** A replaced record ends as its successor begins. */
  function beginning(record: OrderRecord, order: VenueOrder): TradeUpdate[] {
    if (record.newTold) return [];
    record.newTold = true;
    const { filled, cost } = record.before;
    const fresh: VenueOrder = { ...order, status: 'new', endReason: '', filled, cost };
    const began = orderUpdate(record, { ...fresh, updatedAt: record.createdAt }, 'new');
    const { replaces } = record;
    if (replaces === null) return [began];
    const gone: VenueOrder = { ...replaces.last, updatedAt: record.createdAt };
    return [orderUpdate(replaces, gone, 'replaced'), began];
  }

  function fillUpdates(execution: Execution, after: VenueOrder | undefined): TradeUpdate[] {
    const filled = subtractQuantity(execution.orderQuantity, execution.leaves);
    const record = recordOfFill(desk, execution.orderId, filled);
    if (record === undefined) return [];
    const value = multiplyScaled(execution.price, execution.quantity, 'halfEven');
    const cost = (costs.get(execution.orderId) ?? 0n) + value;
    costs.set(execution.orderId, cost);
    const done = execution.leaves === 0n;
    if (done) costs.delete(execution.orderId);
    const status = done ? 'filled' : 'partiallyFilled';
    const order = { ...(after ?? record.last), status, filled, cost, endReason: '' } as const;
    const at = { ...order, updatedAt: execution.at };
    const json = orderJson(record, at);
    rememberPast(record, execution.at, json);
    const data = message(done ? 'fill' : 'partial_fill', execution.at, json, {
      execution_id: execution.id,
      price: formatScaled(execution.price),
      qty: formatScaled(execution.quantity),
      position_qty: formatScaled(movePosition(positions, execution, execution.quantity)),
    });
    return [...beginning(record, at), { kind: 'fill', execution, order: json, data }];
  }

  function endUpdates(record: OrderRecord, order: VenueOrder): TradeUpdate[] {
    const began = beginning(record, order);
    if (isOpen(order.status) || order.status === 'filled') return began;
    const json = orderJson(record, order);
    return [...began, orderUpdate(record, order, json.status)];
  }

  return {
    report(events) {
      const updates: TradeUpdate[] = [];
      for (const [index, event] of events.entries()) {
        if (event.kind === 'execution') {
          const after = orderAfter(events, index, event.execution.orderId);
          updates.push(...fillUpdates(event.execution, after));
        }
        if (event.kind === 'order') {
          const record = latestRecord(desk, event.order.id);
          if (record === undefined) continue;
          record.last = event.order;
          updates.push(...endUpdates(record, event.order));
        }
      }
      return updates;
    },
    tell: (record) => endUpdates(record, record.last),
    correct(told, corrected) {
      const { execution } = told;
      if (execution !== null && corrected.quantity === 0n) {
        movePosition(positions, execution, -execution.quantity);
      }
      const position = positions.get(corrected.instrument) ?? 0n;
      const event = corrected.quantity === 0n ? 'trade_bust' : 'trade_correct';
      const data = message(event, now(), told.order, {
        execution_id: `${corrected.id}.1`,
        previous_execution_id: corrected.id,
        price: formatScaled(corrected.price),
        qty: formatScaled(corrected.quantity),
        position_qty: formatScaled(position),
      });
      return { kind: 'fill', execution: null, order: told.order, data };
    },
  };
}

function movePosition(
  positions: Map<string, bigint>,
  { side, instrument }: Execution,
  by: bigint,
): bigint {
  const quantity = (positions.get(instrument) ?? 0n) + (side === 'buy' ? by : -by);
  positions.set(instrument, quantity);
  return quantity;
}

function orderAfter(
  events: readonly VenueEvent[],
  index: number,
  id: string,
): VenueOrder | undefined {
  for (const event of events.slice(index)) {
    if (event.kind === 'order' && event.order.id === id) return event.order;
  }
  return undefined;
}
