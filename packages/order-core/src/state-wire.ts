import { BrokenInvariant, formatScaled, parseScaled, ZERO_QUANTITY } from '@ballast/domain';
import type { Trade } from './trade.ts';

const AMOUNT = '#';

/**
 * Plain data with bigints at scale 18 ↔ JSON: an amount becomes "#" + decimal text, readable in the
 * database; text that itself begins with "#" gets a second one.
 */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return AMOUNT + formatScaled(value);
  if (typeof value === 'string') return value.startsWith(AMOUNT) ? AMOUNT + value : value;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
  }
  return value;
}

export function fromJson(value: unknown): unknown {
  if (typeof value === 'string') {
    if (!value.startsWith(AMOUNT)) return value;
    return value.startsWith(AMOUNT + AMOUNT) ? value.slice(1) : parseScaled(value.slice(1));
  }
  if (Array.isArray(value)) return value.map(fromJson);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromJson(inner)]));
  }
  return value;
}

/**
 * A stored trade as it was.
 * @throws BrokenInvariant when the row is of a version that this program does not know
 */
export function tradeFromJson(json: unknown): Trade {
  const value = fromJson(json);
  if (isTrade(value)) return { ...value, orders: watched(value.orders) };
  throw new BrokenInvariant(
    'stored trade state is not of version 2: end its trade with the release that opened it',
  );
}

/**
 * Orders stored before missing fills, missing orders, what was taken back and how long a cancel or
 * a question is not answered were watched.
 */
function watched(orders: Trade['orders']): Trade['orders'] {
  const none = { behind: null, missing: null, takenBackCum: ZERO_QUANTITY };
  return Object.fromEntries(
    Object.entries(orders).map(([id, stored]) => {
      const order = { ...none, ...stored };
      const missing = order.missing === null ? null : dated(order.missing);
      const { phase } = order;
      return [
        id,
        { ...order, missing, phase: phase.status === 'cancelling' ? dated(phase) : phase },
      ];
    }),
  );
}

/** Counts from the next question where the first is not known. */
function dated<T extends { readonly since?: number; readonly nextAskAt: number }>(
  asked: T,
): T & { readonly since: number } {
  return { ...asked, since: asked.since ?? asked.nextAskAt };
}

function isTrade(value: unknown): value is Trade {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === 2;
}
