import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError } from '../broker-error.ts';
import { notSent } from './errors.ts';

const RESERVE_WITHIN_MS = 2_000;
const ORDER_ID_MAX = 1_999_999_999;
/** Numbers that later ones may pass over before an order is given up. */
const NUMBERS_MAX = 16;
/** Oldest first out: its order has its first number again, which the venue may refuse. */
const REMEMBERED_MAX = 20_000;

export type OrderIds = {
  /**
   * The order number for a client order id, durable before it resolves: the same each time for the
   * same id, at least `atLeast` and above all earlier ones for a new id.
   */
  reserve(clientOrderId: string, atLeast: number): Promise<number>;
};

export type OrderNumbers = {
  /** The number under which an order goes to the venue. @throws BrokerError notSent */
  numberOf(clientOrderId: string, atLeast: number): Promise<number>;
  /** A later number has passed this one over: the order's next. @throws BrokerError notSent */
  nextNumberOf(clientOrderId: string, atLeast: number): Promise<number>;
};

/**
 * A number once given is never changed: what has to have another one is reserved once more, under
 * its client order id and a mark that no such id has.
 */
export function createOrderNumbers(orderIds: OrderIds): OrderNumbers {
  const passedOver = new Map<string, number>();
  const keyOf = (id: string): string => {
    const times = passedOver.get(id) ?? 0;
    return times === 0 ? id : `${id}~${times}`;
  };
  return {
    numberOf: (id, atLeast) => reserved(orderIds, keyOf(id), atLeast),
    async nextNumberOf(id, atLeast) {
      const times = (passedOver.get(id) ?? 0) + 1;
      if (times > NUMBERS_MAX)
        throw notSent('NUMBERS_SPENT', 'each of its numbers was passed over');
      passedOver.delete(id);
      passedOver.set(id, times);
      const [oldest] = passedOver.keys();
      if (passedOver.size > REMEMBERED_MAX && oldest !== undefined) passedOver.delete(oldest);
      return reserved(orderIds, keyOf(id), atLeast);
    },
  };
}

async function reserved(orderIds: OrderIds, key: string, atLeast: number): Promise<number> {
  const late = new AbortController();
  try {
    const inTime = delay(RESERVE_WITHIN_MS, null, { signal: late.signal });
    const orderId = await Promise.race([orderIds.reserve(key, atLeast), inTime]);
    if (orderId === null) throw notSent('WAITED_TOO_LONG', 'not sent in time');
    if (Number.isInteger(orderId) && orderId > 0 && orderId <= ORDER_ID_MAX) return orderId;
    throw notSent('RESERVATION_UNFIT', `${orderId} is no order number`);
  } catch (error) {
    if (error instanceof BrokerError) throw error;
    throw notSent('RESERVATION_FAILED', 'the order number could not be stored');
  } finally {
    late.abort();
  }
}
