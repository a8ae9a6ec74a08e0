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
  const told = new Updates(desk);
  return {
    report(events) {
      return events.flatMap((event, index) => {
        if (event.kind === 'execution') {
          const after = orderAfter(events, index, event.execution.orderId);
          return told.fill(event.execution, after);
        }
        const record = event.kind === 'order' ? latestRecord(desk, event.order.id) : undefined;
        if (event.kind !== 'order' || record === undefined) return [];
        record.last = event.order;
        return told.end(record, event.order);
      });
    },
    tell: (record) => told.end(record, record.last),
    correct: (update, corrected) => told.correction(update, corrected, now()),
  };
}

/** Makes the messages of the stream, which counts them and sums costs and positions as it goes. */
class Updates {
  readonly #desk: Desk;
  #sequence = 0;
  /** Σ cost of an order's fills told so far; the matcher's order only has the end of a batch. */
  readonly #costs = new Map<string, bigint>();
  readonly #positions = new Map<string, bigint>();

  constructor(desk: Desk) {
    this.#desk = desk;
    const { open, positions } = desk.venue.account;
    for (const { id, cost } of open.values()) this.#costs.set(id, cost);
    for (const { instrument, quantity } of positions.values()) {
      this.#positions.set(instrument, quantity);
    }
  }

  fill(execution: Execution, after: VenueOrder | undefined): TradeUpdate[] {
    const filled = subtractQuantity(execution.orderQuantity, execution.leaves);
    const record = recordOfFill(this.#desk, execution.orderId, filled);
    if (record === undefined) return [];
    const value = multiplyScaled(execution.price, execution.quantity, 'halfEven');
    const cost = (this.#costs.get(execution.orderId) ?? 0n) + value;
    this.#costs.set(execution.orderId, cost);
    const done = execution.leaves === 0n;
    if (done) this.#costs.delete(execution.orderId);
    const status = done ? 'filled' : 'partiallyFilled';
    const order = { ...(after ?? record.last), status, filled, cost, endReason: '' } as const;
    const at = { ...order, updatedAt: execution.at };
    const json = orderJson(record, at);
    rememberPast(record, execution.at, json);
    const data = this.#message(done ? 'fill' : 'partial_fill', execution.at, json, {
      execution_id: execution.id,
      price: formatScaled(execution.price),
      qty: formatScaled(execution.quantity),
      position_qty: formatScaled(movePosition(this.#positions, execution, execution.quantity)),
    });
    return [...this.#beginning(record, at), { kind: 'fill', execution, order: json, data }];
  }

  end(record: OrderRecord, order: VenueOrder): TradeUpdate[] {
    const began = this.#beginning(record, order);
    if (isOpen(order.status) || order.status === 'filled') return began;
    const json = orderJson(record, order);
    return [...began, this.#orderUpdate(record, order, json.status)];
  }

  correction(told: TradeUpdate, corrected: Execution, at: number): TradeUpdate {
    const { execution } = told;
    if (execution !== null && corrected.quantity === 0n) {
      movePosition(this.#positions, execution, -execution.quantity);
    }
    const position = this.#positions.get(corrected.instrument) ?? 0n;
    const event = corrected.quantity === 0n ? 'trade_bust' : 'trade_correct';
    const data = this.#message(event, at, told.order, {
      execution_id: `${corrected.id}.1`,
      previous_execution_id: corrected.id,
      price: formatScaled(corrected.price),
      qty: formatScaled(corrected.quantity),
      position_qty: formatScaled(position),
    });
    return { kind: 'fill', execution: null, order: told.order, data };
  }

  #message(
    event: string,
    at: number,
    order: OrderJson,
    more: Readonly<Record<string, string>> = {},
  ): Readonly<Record<string, unknown>> {
    this.#sequence += 1;
    const event_id = String(this.#sequence).padStart(26, '0');
    return { event, event_id, timestamp: time(at), order, ...more };
  }

  #orderUpdate(record: OrderRecord, order: VenueOrder, event: string): TradeUpdate {
    const json = orderJson(record, order);
    rememberPast(record, order.updatedAt, json);
    const data = this.#message(event, order.updatedAt, json);
    return { kind: 'order', execution: null, order: json, data };
  }

  /** A replaced record ends as its successor begins. */
  #beginning(record: OrderRecord, order: VenueOrder): TradeUpdate[] {
    if (record.newTold) return [];
    record.newTold = true;
    const { filled, cost } = record.before;
    const fresh: VenueOrder = { ...order, status: 'new', endReason: '', filled, cost };
    const began = this.#orderUpdate(record, { ...fresh, updatedAt: record.createdAt }, 'new');
    const { replaces } = record;
    if (replaces === null) return [began];
    const gone: VenueOrder = { ...replaces.last, updatedAt: record.createdAt };
    return [this.#orderUpdate(replaces, gone, 'replaced'), began];
  }
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
