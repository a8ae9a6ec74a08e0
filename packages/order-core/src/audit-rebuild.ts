import type { Instrument, Price, Quantity } from '@ballast/domain';
import {
  amountOf,
  decimalOf,
  fieldOf,
  flagOf,
  hasField,
  numberOf,
  textOf,
  UnreadableAuditRow,
} from './audit-fields.ts';
import { foldBooked } from './fold.ts';
import { entryPrice, flat, movedBy, type Position } from './ledger.ts';
import {
  fillId,
  positionId,
  type Rebuilt,
  type RebuiltFill,
  type RebuiltOrder,
  type TradeLedger,
} from './rebuilt-ledger.ts';
import { fromJson } from './state-wire.ts';
import type { BookedFill } from './trade.ts';

/** What of a row of the audit chain counts here; `at` epoch ms. */
export type AuditFact = {
  readonly account: string;
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly tradeId: string | null;
  readonly data: unknown;
};

type Terms = Pick<Instrument, 'multiplier' | 'baseCurrency' | 'quoteCurrency'>;
type Booked = {
  readonly account: string;
  readonly instrument: string;
  readonly terms: Terms;
  /** In the order they were booked first; each in its newest revision. */
  readonly fills: Map<string, BookedFill>;
};

/** Orders, fills and positions as the rows of the audit alone tell them, oldest row first. */
export function rebuildFromAudit(rows: Iterable<AuditFact>): Rebuilt {
  const fold = new AuditFold();
  for (const row of rows) fold.add(row);
  return fold.end();
}

/** The same, row by row: a long chain need not be in memory. */
export class AuditFold {
  readonly #orders = new Map<string, RebuiltOrder>();
  readonly #fills = new Map<string, RebuiltFill>();
  readonly #booked = new Map<string, Booked>();
  readonly #unreadable: { seq: number; why: string }[] = [];
  #rows = 0;

  add(row: AuditFact): void {
    this.#rows += 1;
    try {
      this.#take(row);
    } catch (error) {
      if (!(error instanceof UnreadableAuditRow)) throw error;
      this.#unreadable.push({ seq: row.seq, why: `${row.kind} ${error.message}` });
    }
  }

  end(): Rebuilt {
    const trades = new Map<string, TradeLedger>();
    const positions = new Map<string, Position>();
    for (const [tradeId, { account, instrument, terms, fills }] of this.#booked) {
      const position = foldBooked([...fills.values()], terms);
      const average = entryPrice(position, terms.multiplier);
      trades.set(tradeId, { account, instrument, position, entryPrice: average });
      const id = positionId(account, instrument);
      const none = flat(terms.quoteCurrency);
      positions.set(id, movedBy(positions.get(id) ?? none, none, position));
    }
    const [rows, unreadable] = [this.#rows, this.#unreadable];
    return {
      rows,
      orders: this.#filledOrders(),
      fills: this.#fills,
      trades,
      positions,
      unreadable,
    };
  }

  #take(row: AuditFact): void {
    switch (row.kind) {
      case 'orderCreated':
        return this.#create(row);
      case 'orderChanged':
      case 'fillsFound':
        return this.#change(row);
      case 'fillBooked':
      case 'fillRevised':
        return this.#book(row);
      case 'fillAttributed':
        this.#takeBack(row);
        return this.#book(row);
      default:
        return undefined;
    }
  }

  #create({ data, tradeId, at }: AuditFact): void {
    const request = fromJson(data);
    const id = textOf(request, 'clientOrderId');
    if (this.#orders.has(id)) throw new UnreadableAuditRow(`names order ${id} a second time`);
    const kind = fieldOf(request, 'kind');
    const type = textOf(kind, 'type');
    const trigger = hasField(kind, 'triggerPrice') ? amountOf(kind, 'triggerPrice') : null;
    this.#orders.set(id, {
      ...{ tradeId: tradeId ?? '', role: textOf(request, 'role'), type, createdAt: at },
      ...{ instrument: textOf(request, 'instrument'), side: textOf(request, 'side') },
      ...{ quantity: amountOf(request, 'quantity'), reduceOnly: flagOf(request, 'reduceOnly') },
      price: hasField(kind, 'price') ? amountOf(kind, 'price') : trigger,
      triggerPrice: type === 'stopLimit' ? trigger : null,
      ...{ status: 'submitting', venueOrderId: null, filledQuantityCum: 0n },
    });
  }

  #change({ kind, data }: AuditFact): void {
    const id = textOf(data, 'clientOrderId');
    const order = this.#orders.get(id);
    if (order === undefined) throw new UnreadableAuditRow(`is of order ${id}, which was not made`);
    const status = kind === 'orderChanged' ? textOf(data, 'to') : order.status;
    this.#orders.set(id, { ...order, status });
    this.#nameAtVenue(id, data);
  }

  #book(row: AuditFact): void {
    const { data, tradeId } = row;
    if (tradeId === null) throw new UnreadableAuditRow('has no trade');
    const fill = fillOf(row, tradeId);
    const { account, instrument, executionId } = fill;
    const booked = this.#booked.get(tradeId) ?? {
      ...{ account, instrument, terms: termsOf(fieldOf(data, 'terms')) },
      fills: new Map<string, BookedFill>(),
    };
    this.#booked.set(tradeId, booked);
    booked.fills.set(executionId, bookedFill(fill));
    this.#fills.set(fillId(fill), fill);
    if (this.#orders.has(fill.clientOrderId)) this.#nameAtVenue(fill.clientOrderId, data);
  }

  /** The execution is no longer of the record that it was booked in first. */
  #takeBack({ data }: AuditFact): void {
    const from = textOf(data, 'from');
    const id = textOf(data, 'executionId');
    const isGone = this.#booked.get(from)?.fills.delete(id) ?? false;
    if (!isGone) throw new UnreadableAuditRow(`takes execution ${id}, which ${from} does not have`);
  }

  /** The venue's own id of an order, as the table had it after this row. */
  #nameAtVenue(id: string, data: unknown): void {
    const order = this.#orders.get(id);
    if (order === undefined) return;
    const named = fieldOf(data, 'order');
    const isNamed = fieldOf(named, 'venueOrderId') !== null;
    const venueOrderId = isNamed ? textOf(named, 'venueOrderId') : null;
    this.#orders.set(id, { ...order, venueOrderId });
  }

  #filledOrders(): Map<string, RebuiltOrder> {
    const filled = new Map<string, bigint>();
    for (const { fills } of this.#booked.values()) {
      for (const { clientOrderId: id, quantity } of fills.values()) {
        filled.set(id, (filled.get(id) ?? 0n) + quantity);
      }
    }
    return new Map(
      [...this.#orders].map(([id, order]) => {
        const filledQuantityCum = filled.get(id) ?? 0n;
        const isPart = order.status === 'working' && filledQuantityCum > 0n;
        const status = isPart ? 'partiallyFilled' : order.status;
        return [id, { ...order, status, filledQuantityCum }];
      }),
    );
  }
}

function fillOf({ account, data, at }: AuditFact, tradeId: string): RebuiltFill {
  const side = textOf(data, 'side');
  if (side !== 'buy' && side !== 'sell') throw new UnreadableAuditRow(`has side ${side}`);
  return {
    ...{ account, tradeId, side, bookedAt: at },
    venue: textOf(data, 'venue'),
    executionId: textOf(data, 'executionId'),
    revision: numberOf(data, 'revision'),
    clientOrderId: textOf(data, 'clientOrderId'),
    venueOrderId: textOf(data, 'venueOrderId'),
    instrument: textOf(data, 'instrument'),
    price: decimalOf(data, 'price'),
    quantity: decimalOf(data, 'quantity'),
    fee: decimalOf(data, 'fee'),
    feeCurrency: textOf(data, 'feeCurrency'),
    liquidity: textOf(data, 'liquidity'),
    channel: textOf(data, 'channel'),
    eventTime: numberOf(data, 'eventTime'),
  };
}

function bookedFill(fill: RebuiltFill): BookedFill {
  const { executionId, revision, clientOrderId, side, price, quantity } = fill;
  const fee = { amount: fill.fee, currency: fill.feeCurrency };
  const amounts = { price: price as Price, quantity: quantity as Quantity };
  return { executionId, revision, clientOrderId, side, ...amounts, fee };
}

function termsOf(terms: unknown): Terms {
  return {
    multiplier: decimalOf(terms, 'multiplier'),
    baseCurrency: textOf(terms, 'baseCurrency'),
    quoteCurrency: textOf(terms, 'quoteCurrency'),
  };
}
