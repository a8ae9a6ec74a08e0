import type { InstrumentId, Quote } from '@ballast/domain';
import { isDecimal, isPositiveDecimal } from '../decimal-check.ts';
import { type FaultSink, shown } from '../faults.ts';

const FIELDS = {
  bid1Price: 'bid',
  bid1Size: 'bidQuantity',
  ask1Price: 'ask',
  ask1Size: 'askQuantity',
  lastPrice: 'last',
} as const;
type WireField = keyof typeof FIELDS;
type QuoteField = (typeof FIELDS)[WireField];
const WIRE_FIELDS: readonly WireField[] = [
  'bid1Price',
  'bid1Size',
  'ask1Price',
  'ask1Size',
  'lastPrice',
];

/**
 * The ticker of one instrument: a snapshot, then deltas in which an absent field means unchanged. A
 * field that cannot be used keeps its last good value.
 */
export function createTicker(
  instrument: InstrumentId,
  isOnTick: (decimal: string) => boolean,
  fault: FaultSink,
) {
  let known: Partial<Record<QuoteField, string>> = {};
  let hasSnapshot = false;
  let waitingSince: number | null = null;

  function usable(field: WireField, value: unknown): value is string {
    if (field === 'bid1Size' || field === 'ask1Size') {
      if (isDecimal(value)) return true;
      fault('FEED_QUANTITY_INVALID', `${instrument} ${field} ${shown(value)}`);
      return false;
    }
    if (!isPositiveDecimal(value)) {
      fault('FEED_PRICE_INVALID', `${instrument} ${field} ${shown(value)}`);
      return false;
    }
    if (isOnTick(value)) return true;
    fault('FEED_OFF_TICK', `${instrument} ${field} ${value}`);
    return false;
  }

  return {
    /** The quote after this frame, or null when nothing of it changed or it is not complete yet. */
    apply(type: unknown, data: object, eventTime: number, receivedTime: number): Quote | null {
      if (type === 'snapshot') {
        known = {};
        hasSnapshot = true;
        waitingSince = null;
      } else if (!hasSnapshot) {
        waitingSince ??= receivedTime;
        fault('FEED_DELTA_WITHOUT_SNAPSHOT', instrument);
        return null;
      }
      let changed = false;
      for (const field of WIRE_FIELDS) {
        const value: unknown = Reflect.get(data, field);
        if (value === undefined || !usable(field, value)) continue;
        if (known[FIELDS[field]] === value) continue;
        known[FIELDS[field]] = value;
        changed = true;
      }
      const { bid, bidQuantity, ask, askQuantity, last } = known;
      if (!changed || bid === undefined || bidQuantity === undefined) return null;
      if (ask === undefined || askQuantity === undefined || last === undefined) return null;
      const prices = { bid, bidQuantity, ask, askQuantity, last };
      return { instrument, source: 'bybit', ...prices, eventTime, receivedTime };
    },
    /** After a reconnect only a new snapshot says where things stand. */
    reset(): void {
      hasSnapshot = false;
      waitingSince = null;
    },
    /** When the first delta without a snapshot came; null when none is waiting for one. */
    waitingSince: (): number | null => waitingSince,
  };
}

export type Ticker = ReturnType<typeof createTicker>;
