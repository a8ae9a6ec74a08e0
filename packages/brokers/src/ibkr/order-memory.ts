import type { OrderReport, Quantity } from '@ballast/domain';
import type { KnownOrder } from './wire.ts';

/** Oldest first out: a forgotten order is learnt again from the next listing. */
const REMEMBERED_MAX = 20_000;

export type OrderMemory = {
  /** By our own number, which is known before the venue's. */
  placed(orderId: number, order: KnownOrder): void;
  learn(permId: number, orderId: number | null, order: KnownOrder): void;
  /** `orderId` null for an order of somebody else, whose numbers are not ours. */
  find(permId: number, orderId: number | null): KnownOrder | undefined;
  /** The number under which the venue shows an order of ours. */
  numberOf(clientOrderId: string): number | undefined;
  /** The highest of our numbers that the venue has shown; 0 when none. */
  highestShown(): number;
  /** Notes what is told of an order; false when exactly that, or its end, was told before. */
  note(permId: number, orderId: number | null, told: Told): boolean;
  lastTold(orderId: number): (Told & { readonly permId: number }) | undefined;
  setReason(orderId: number, reason: string): void;
  /** The venue has refused it by a code, after it had taken it. */
  setRefused(orderId: number): void;
  isRefused(orderId: number | null): boolean;
  reasonOf(orderId: number | null): string;
};

type Told = Pick<OrderReport, 'status'> & { readonly filled: Quantity };

/**
 * The venue tells states and executions by number only; what the number stands for has to be
 * remembered. Never holds where an order stands: that is asked of the venue.
 */
export function createOrderMemory(): OrderMemory {
  const byPermId = new Map<number, KnownOrder>();
  const byOrderId = new Map<number, KnownOrder>();
  const numbers = new Map<string, number>();
  let highest = 0;
  const told = new Map<number, Told>();
  const permIds = new Map<number, number>();
  const reasons = new Map<number, string>();
  const refused = new Map<number, true>();
  return {
    placed: (orderId, order) => keep(byOrderId, orderId, order),
    learn(permId, orderId, order) {
      if (permId > 0) keep(byPermId, permId, order);
      if (orderId === null) return;
      keep(byOrderId, orderId, order);
      keep(numbers, order.clientOrderId, orderId);
      highest = Math.max(highest, orderId);
    },
    numberOf: (clientOrderId) => numbers.get(clientOrderId),
    highestShown: () => highest,
    find(permId, orderId) {
      return byPermId.get(permId) ?? (orderId === null ? undefined : byOrderId.get(orderId));
    },
    note(permId, orderId, news) {
      const before = told.get(permId);
      // A listing may be behind; at this venue these two ends are final.
      const ended = before?.status === 'filled' || before?.status === 'cancelled';
      if (ended && (news.status === 'working' || news.status === 'partiallyFilled')) return false;
      keep(told, permId, news);
      if (orderId !== null) keep(permIds, orderId, permId);
      return before?.status !== news.status || before.filled !== news.filled;
    },
    lastTold(orderId) {
      const permId = permIds.get(orderId);
      const news = permId === undefined ? undefined : told.get(permId);
      return permId === undefined || news === undefined ? undefined : { ...news, permId };
    },
    setRefused: (orderId) => keep(refused, orderId, true),
    isRefused: (orderId) => orderId !== null && refused.has(orderId),
    setReason: (orderId, reason) => keep(reasons, orderId, reason),
    reasonOf: (orderId) => (orderId === null ? '' : (reasons.get(orderId) ?? '')),
  };
}

function keep<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= REMEMBERED_MAX) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
