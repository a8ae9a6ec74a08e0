import type { VenueOrder } from '@ballast/sim-core';
import type { Venue } from '../venue.ts';
import type { Contracts } from './contracts.ts';
import { isWorking, type OrderRecord } from './order-record.ts';
import type { TwsRefusal } from './refusal.ts';

const RECORDS_MAX = 20_000;
const FIRST_PERM_ID = 1_384_026_000;

/** The venue's order desk over the matcher: its ids, its rules, what waits outside the book. */
export type Desk = {
  readonly venue: Venue;
  readonly contracts: Contracts;
  readonly isOpen: () => boolean;
  /** By permId, oldest first. */
  readonly records: Map<number, OrderRecord>;
  readonly byKey: Map<string, OrderRecord>;
  readonly byVenueId: Map<string, OrderRecord>;
  /** Highest order id seen of each client; lower ones are not taken again. */
  readonly highest: Map<number, number>;
  /** What each client is told that it may use next. */
  readonly nextValid: Map<number, number>;
  lastPermId: number;
  /** The matcher's orders that answers to requests have told of: they are not told again. */
  readonly told: WeakSet<VenueOrder>;
  /** An order changed by itself, not by its client's request. */
  readonly tell: (record: OrderRecord, refusal: TwsRefusal | null) => void;
};

export function openDesk(options: Pick<Desk, 'venue' | 'contracts' | 'isOpen' | 'tell'>): Desk {
  return {
    ...options,
    records: new Map(),
    byKey: new Map(),
    byVenueId: new Map(),
    highest: new Map(),
    nextValid: new Map(),
    lastPermId: FIRST_PERM_ID,
    told: new WeakSet(),
  };
}

export const keyOf = (clientId: number, orderId: number): string => `${clientId}/${orderId}`;

export function nextValidId(desk: Desk, clientId: number): number {
  return desk.nextValid.get(clientId) ?? 1;
}

export function openOrderOf(desk: Desk, { venueId }: OrderRecord): VenueOrder | undefined {
  return venueId === null ? undefined : desk.venue.account.open.get(venueId);
}

export function childrenOf(desk: Desk, parent: OrderRecord): OrderRecord[] {
  return [...desk.records.values()].filter((record) => record.parent === parent);
}

/** The matcher's order, open or ended. */
export function orderOf(desk: Desk, { venueId }: OrderRecord): VenueOrder | undefined {
  if (venueId === null) return undefined;
  return desk.venue.account.open.get(venueId) ?? desk.venue.history.get(venueId);
}

export function keep(desk: Desk, record: OrderRecord): void {
  desk.records.set(record.permId, record);
  desk.byKey.set(keyOf(record.clientId, record.orderId), record);
  if (desk.records.size <= RECORDS_MAX) return;
  for (const old of desk.records.values()) {
    if (isWorking(old.view)) continue;
    forget(desk, old);
    return;
  }
}

export function forget(desk: Desk, record: OrderRecord): void {
  desk.records.delete(record.permId);
  desk.byKey.delete(keyOf(record.clientId, record.orderId));
  if (record.venueId !== null) desk.byVenueId.delete(record.venueId);
}
