import { BoundedMap } from './bounded-map.ts';
import { named, text } from './fields.ts';
import { type OrderOfFill, readOrderInstrument } from './wire.ts';

/** Orders whose ids are remembered. */
const ORDERS_MAX = 100_000;

/**
 * Activities name the order by the venue's id alone: what was seen of orders, from any channel,
 * says whose they are.
 */
export class KnownOrders {
  readonly #orders = new BoundedMap<string, OrderOfFill>(ORDERS_MAX);

  get(venueOrderId: string): OrderOfFill | undefined {
    return this.#orders.get(venueOrderId);
  }

  /**
   * @param row an order as the venue writes it
   * @throws WireError | InvalidInput for a row that does not tell these
   */
  remember(row: unknown): OrderOfFill {
    const clientOrderId = text(row, 'client_order_id');
    const known = { clientOrderId, instrument: readOrderInstrument(row) };
    this.#orders.set(named(row, 'id'), known);
    return known;
  }
}
