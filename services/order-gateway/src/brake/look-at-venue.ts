import {
  absoluteQuantity,
  type InstrumentId,
  type OrderReport,
  type Quantity,
  tradeOfClientOrderId,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { VenueProgress } from '@ballast/order-core';
import { type Book, liveTrades } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import type { BrokerCalls } from '../venue/audited-broker.ts';

export type VenueCalls = Pick<BrokerCalls, 'venue' | 'openOrders' | 'positions' | 'cancel'>;

export type LookTools = {
  readonly journal: Pick<Journal, 'book'>;
  readonly now: () => number;
  readonly log: Logger;
  /** The least that can be traded of an instrument: what a fee leaves below it counts as flat. */
  readonly lots: () => Promise<Lots>;
};
type Lots = ReadonlyMap<InstrumentId, bigint>;

/** One look, and whether it saw everything flat while nothing of ours could still trade. */
export type VenueLook = { readonly progress: VenueProgress; readonly flat: boolean };

export function notAsked(venue: string): VenueProgress {
  return {
    ...{ venue, ordersLeft: 0, positionsLeft: [], foreignPositions: [], foreignOrders: 0 },
    ...{ answeredAt: null, fault: 'not asked yet', provenFlat: false },
  };
}

/**
 * Asks one venue what is left, and cancels orders of ours that no trade looks after any more. An
 * order that fills between the two listings is in one of them, since orders are asked for first.
 */
export async function lookAtVenue(
  broker: VenueCalls,
  before: VenueProgress,
  tools: LookTools,
): Promise<VenueLook> {
  const { journal, now, log } = tools;
  const lots = await lotsOf(tools);
  const quietBefore = isQuiet(journal.book, lots);
  let orders: OrderReport[];
  let held: Set<InstrumentId>;
  try {
    orders = await broker.openOrders();
    const positions = await broker.positions();
    held = new Set(positions.filter((row) => isHeld(row, lots)).map((row) => row.instrument));
  } catch (error) {
    log.error({ err: error, venue: broker.venue }, 'brake: the venue does not answer');
    const fault = `no answer: ${error instanceof Error ? error.message : String(error)}`;
    return { progress: { ...before, fault, provenFlat: false }, flat: false };
  }
  const { book } = journal;
  const ours = orders.filter(({ clientOrderId }) => tradeOfClientOrderId(clientOrderId) !== null);
  const fault = await cancelOrphans(ours, book, broker, log);
  const traded = new Set(liveTrades(book).map((trade) => trade.plan.instrument));
  const left = [...held, ...ledgerHeld(book, lots).filter((instrument) => !held.has(instrument))];
  const positionsLeft = left.toSorted();
  const empty = ours.length === 0 && positionsLeft.length === 0;
  const progress: VenueProgress = {
    venue: broker.venue,
    ordersLeft: ours.length,
    positionsLeft,
    foreignPositions: positionsLeft.filter((instrument) => !traded.has(instrument)),
    foreignOrders: orders.length - ours.length,
    answeredAt: now(),
    fault: fault === '' && empty ? unendedText(book) : fault,
    provenFlat: false,
  };
  return { progress, flat: empty && quietBefore && isQuiet(book, lots) };
}

/** Nothing of ours may still trade, and by our own books nothing is held. */
function isQuiet(book: Book, lots: Lots): boolean {
  return liveTrades(book).length === 0 && ledgerHeld(book, lots).length === 0;
}

function ledgerHeld(book: Book, lots: Lots): InstrumentId[] {
  return [...book.positions]
    .filter(([instrument, { quantity }]) => isHeld({ instrument, quantity }, lots))
    .map(([id]) => id);
}

type Held = { readonly instrument: InstrumentId; readonly quantity: Quantity };

function isHeld({ instrument, quantity }: Held, lots: Lots): boolean {
  return quantity !== 0n && absoluteQuantity(quantity) >= (lots.get(instrument) ?? 0n);
}

/** Without them whatever is not zero is held. */
async function lotsOf({ lots, log }: LookTools): Promise<Lots> {
  try {
    return await lots();
  } catch (error) {
    log.error({ err: error }, 'brake: the lots of the instruments cannot be read');
    return new Map();
  }
}

/** Nothing is left to be seen, and still it is not flat: says what holds it, or nothing. */
function unendedText(book: Book): string {
  const trades = liveTrades(book);
  if (trades.length === 0) return '';
  const named = trades.map(({ id, plan }) => `${plan.instrument} ${id}`).toSorted();
  return `nothing is left here, but not ended: ${named.join(', ')}`;
}

/** Orders in our own id format that no live trade has. Anybody else's are never touched. */
async function cancelOrphans(
  ours: readonly OrderReport[],
  book: Book,
  broker: VenueCalls,
  log: Logger,
): Promise<string> {
  const faults: string[] = [];
  for (const { clientOrderId, venueOrderId, instrument } of ours) {
    const tradeId = tradeOfClientOrderId(clientOrderId);
    const trade = tradeId === null ? undefined : book.trades.get(tradeId);
    if (trade?.orders[clientOrderId] !== undefined) continue;
    log.warn({ clientOrderId, instrument }, 'brake: cancelling an order that no trade has');
    try {
      await broker.cancel({ clientOrderId, venueOrderId, instrument });
    } catch (error) {
      log.error({ err: error, clientOrderId }, 'brake: orphan not cancelled, tried again');
      faults.push(`order ${clientOrderId} not cancelled`);
    }
  }
  return faults.join('; ');
}
