import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClientOrderId,
  clientOrderId,
  type Fill,
  type OrderReport,
  type OrderRequest,
  parseUuid,
  type Price,
  type TradeId,
  uuidV7,
} from '@ballast/domain';
import type { BrokerErrorKind } from '../broker-error.ts';
import type { Broker, OrderReference } from '../broker.ts';
import type { VenueHarness } from './venue-harness.ts';

/** A message is told, or a book is changed, within this. */
export const SOON_MS = 5_000;
const POLL_MS = 10;

/** What does not hold. */
export class CaseFailure extends Error {}

export function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new CaseFailure(what);
}

/** Polls until it holds. @throws CaseFailure when it does not within `withinMs` */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  withinMs: number = SOON_MS,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new CaseFailure(`not within ${withinMs} ms: ${what}`);
    await delay(POLL_MS);
  }
}

/**
 * The kit's orders pass no pre-trade rule: they go to a venue that trades nothing. The methods of
 * a Broker take them as they are.
 */
export type KitBroker = Omit<Broker, 'submit'> & {
  submit(order: OrderRequest): Promise<{ venueOrderId: string }>;
};

export type Heard = {
  lives: number;
  readonly downs: string[];
  readonly reports: OrderReport[];
  readonly fills: Fill[];
};

/** One case's adapter, what its stream told, and orders with ids of their own. */
export type Attempt = {
  readonly venue: VenueHarness;
  readonly broker: KitBroker;
  readonly heard: Heard;
  /** Last price of the market when the case began. */
  readonly last: Price;
  /** The last price moved by so many per mille, on a tick. */
  off(perMille: number): Price;
  order(change?: Partial<OrderRequest>): OrderRequest;
  /** Of an entry by market that is filled; resolves when the stream has told all of it. */
  hold(): Promise<OrderRequest>;
  exit(change?: Partial<OrderRequest>): OrderRequest;
  /** Everything that the adapter said in words so far, over all cases. */
  readonly said: string[];
  openStream(): void;
  closeStream(): void;
};

const ENTRY = { role: 'entry', slot: 0, kind: { type: 'market' } } as const;

export async function openAttempt(
  venue: VenueHarness,
  said: string[],
  broker: KitBroker = venue.openBroker((text) => void said.push(text)),
): Promise<Attempt> {
  const last = await venue.lastPrice();
  const heard: Heard = { lives: 0, downs: [], reports: [], fills: [] };
  const trade = parseUuid<TradeId>(uuidV7(Date.now(), randomBytes(10)));
  let stream: { close(): void } | null = null;
  let made = 0;
  const nextId = (role: OrderRequest['role']): ClientOrderId =>
    clientOrderId(trade, role, 0, made++);
  const order = (change: Partial<OrderRequest> = {}): OrderRequest => ({
    ...ENTRY,
    clientOrderId: nextId(change.role ?? 'entry'),
    tradeId: trade,
    instrument: venue.instrument,
    side: 'buy',
    quantity: venue.quantity,
    reduceOnly: false,
    ...change,
  });
  return {
    venue,
    broker,
    heard,
    last,
    said,
    order,
    off: (perMille) => snap((last * BigInt(1_000 + perMille)) / 1_000n, venue.tickSize),
    exit(change = {}) {
      const reduceOnly = broker.capabilities.exits === 'reduceOnly';
      return order({ role: 'close', side: 'sell', reduceOnly, ...change });
    },
    async hold() {
      const entry = order();
      await broker.submit(entry);
      await until('the entry is filled', () => filledOf(heard, entry) === entry.quantity);
      return entry;
    },
    openStream() {
      stream = broker.openStream({
        onLive: () => void (heard.lives += 1),
        onDown(reason) {
          heard.downs.push(reason);
          said.push(reason);
        },
        onReport(report) {
          heard.reports.push(report);
          said.push(report.reason);
        },
        onFill: (fill) => void heard.fills.push(fill),
        onBadMessage: (code, detail) => void said.push(`${code} ${detail}`),
      });
    },
    closeStream() {
      stream?.close();
      stream = null;
    },
  };
}

const snap = (price: bigint, tickSize: bigint): Price => (price - (price % tickSize)) as Price;

export function referenceOf(
  order: OrderRequest,
  venueOrderId: string | null = null,
): OrderReference {
  return { clientOrderId: order.clientOrderId, venueOrderId, instrument: order.instrument };
}

/** Each execution as last corrected. */
export function newest(fills: readonly Fill[]): Map<string, Fill> {
  const byId = new Map<string, Fill>();
  for (const fill of fills) {
    const known = byId.get(fill.executionId);
    if (known === undefined || known.revision < fill.revision) byId.set(fill.executionId, fill);
  }
  return byId;
}

export const fillsOf = (fills: readonly Fill[], order: OrderRequest): Fill[] =>
  fills.filter((fill) => fill.clientOrderId === order.clientOrderId);

export function filledOf({ fills }: Heard, order: OrderRequest): bigint {
  const own = [...newest(fillsOf(fills, order)).values()];
  return own.reduce((sum, { quantity }) => sum + quantity, 0n);
}

export const statusOf = ({ reports }: Heard, order: OrderRequest): OrderReport['status'] | null =>
  reports.findLast((report) => report.clientOrderId === order.clientOrderId)?.status ?? null;

/** What a call came to: its value, or the kind and code of its BrokerError. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly kind: BrokerErrorKind; readonly code: string };

/** @throws CaseFailure for anything but a BrokerError */
export async function outcomeOf<T>({ said }: Attempt, call: Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await call };
  } catch (error) {
    // By its name: the kit may be loaded beside the adapters.
    const isBrokerError = error instanceof Error && error.name === 'BrokerError';
    check(isBrokerError && 'kind' in error && 'code' in error, `no BrokerError: ${String(error)}`);
    const [kind, code] = [error.kind, String(error.code)];
    said.push(`${code} ${error.message} ${error.stack ?? ''} ${JSON.stringify(error)}`);
    const known = kind === 'notSent' || kind === 'rejected' || kind === 'unknownOutcome';
    check(known, `no kind of BrokerError: ${String(kind)}`);
    return { ok: false, kind, code };
  }
}

/** @throws CaseFailure unless the call ends with an error of one of these kinds */
export async function fails(
  attempt: Attempt,
  call: Promise<unknown>,
  ...kinds: readonly BrokerErrorKind[]
): Promise<string> {
  const outcome = await outcomeOf(attempt, call);
  check(!outcome.ok, `it was to be ${kinds.join(' or ')} and was taken`);
  check(kinds.includes(outcome.kind), `${outcome.code} is ${outcome.kind}, not ${kinds.join('/')}`);
  return outcome.code;
}

/** How many orders of this id the venue has ever had. */
export async function ordersAtVenue({ venue }: Attempt, order: OrderRequest): Promise<number> {
  const { orders } = await venue.state();
  return orders.filter((one) => one.clientOrderId === order.clientOrderId).length;
}
