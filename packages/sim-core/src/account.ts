import {
  formatScaled,
  type Instrument,
  type InstrumentId,
  invariant,
  multiplyScaled,
  parseScaled,
  type Quantity,
  uuidV7,
  ZERO_QUANTITY,
} from '@ballast/domain';
import type { Book } from './book.ts';
import { leavesOf, type Position, type VenueEvent, type VenueOrder } from './orders.ts';
import { createPrng, nextUint32 } from './prng.ts';
import type { MarketPrint } from './tick-path.ts';

/** All that the venue knows of one account, changed in place by matcher.ts. */
export type Account = {
  readonly seed: string;
  /** Last number given to an order or execution; ids follow from it. */
  sequence: number;
  readonly instruments: Map<InstrumentId, Instrument>;
  readonly cash: Map<string, bigint>;
  readonly positions: Map<InstrumentId, Position>;
  /** Open orders in the order of their creation. */
  readonly open: Map<string, VenueOrder>;
  /** Each link id ever accepted: none is taken twice. */
  readonly linkIds: Set<string>;
  readonly books: Map<InstrumentId, Book>;
  /** Share of an execution's value; a venue that charges otherwise sets its own at its opening. */
  feeRates: { readonly maker: bigint; readonly taker: bigint };
  /** Beside the rates; null where the venue takes a share of the value and nothing else. */
  commission: Commission | null;
  /** Asked at each fill: the largest share of it that trades, in percent (see FaultPort). */
  fillPercentMax: () => number;
};

/** A fee by quantity: of an order as a whole at least `minimum`, at most a share of its value. */
export type Commission = {
  readonly perUnit: bigint;
  readonly minimum: bigint;
  readonly shareMax: bigint;
};

export const MAKER_FEE_RATE = parseScaled('0.0002');
export const TAKER_FEE_RATE = parseScaled('0.00055');
/** Initial margin is the notional over this. */
export const LEVERAGE = 10n;

export function createAccount(seed: string, cash: ReadonlyMap<string, bigint>): Account {
  return {
    seed,
    sequence: 0,
    instruments: new Map(),
    cash: new Map(cash),
    positions: new Map(),
    open: new Map(),
    linkIds: new Set(),
    books: new Map(),
    feeRates: { maker: MAKER_FEE_RATE, taker: TAKER_FEE_RATE },
    commission: null,
    fillPercentMax: () => 100,
  };
}

export function listInstrument(account: Account, instrument: Instrument): void {
  account.instruments.set(instrument.id, instrument);
  const currency = instrument.quoteCurrency;
  if (!account.cash.has(currency)) account.cash.set(currency, 0n);
}

/** Puts stored facts back, for a restart: the last state of each order, position and currency. */
export function restoreEvents(account: Account, events: readonly VenueEvent[]): void {
  for (const event of events) {
    switch (event.kind) {
      case 'order':
        if (event.order.linkId !== '') account.linkIds.add(event.order.linkId);
        account.open.delete(event.order.id);
        if (isRestable(event.order)) account.open.set(event.order.id, event.order);
        break;
      case 'position':
        account.positions.set(event.position.instrument, event.position);
        break;
      case 'wallet':
        account.cash.set(event.currency, event.cash);
        break;
      case 'execution':
        break;
      default:
        event satisfies never;
    }
  }
}

function isRestable(order: VenueOrder): boolean {
  return ['untriggered', 'new', 'partiallyFilled'].includes(order.status);
}

/** UUIDv7 from the event's time, the seed and a counter: repeatable, and new after each restart. */
export function nextId(account: Account, kind: string, at: number): string {
  account.sequence += 1;
  const prng = createPrng(`${account.seed}/${kind}/${account.sequence}`);
  const bytes = Uint8Array.from({ length: 10 }, () => nextUint32(prng) & 0xff);
  return uuidV7(at, bytes);
}

export function instrumentOf(account: Account, id: InstrumentId): Instrument {
  const instrument = account.instruments.get(id);
  invariant(instrument !== undefined, `instrument ${id} is not listed`);
  return instrument;
}

export function positionOf(account: Account, id: InstrumentId): Position {
  return (
    account.positions.get(id) ?? {
      instrument: id,
      quantity: ZERO_QUANTITY,
      cost: 0n,
      realisedCum: 0n,
      feesCum: 0n,
      updatedAt: 0,
    }
  );
}

/** The account holds this, whoever filled it: `cost` is signed as the quantity is. */
export function holdPosition(
  account: Account,
  id: InstrumentId,
  { quantity, cost }: { readonly quantity: bigint; readonly cost: bigint },
): void {
  const held = { quantity: quantity as Quantity, cost: cost < 0n ? -cost : cost };
  account.positions.set(id, { ...positionOf(account, id), ...held });
}

export function setMarket(account: Account, id: InstrumentId, print: MarketPrint): Book {
  const { tickSize, lotSize } = instrumentOf(account, id);
  const book: Book = { print, tickSize, lotSize, taken: { buy: 0n, sell: 0n } };
  account.books.set(id, book);
  return book;
}

/** How much of `quantity` on this order's side only reduces the position. */
export function reducible(
  account: Account,
  order: { instrument: InstrumentId; side: string },
): Quantity {
  const { quantity } = positionOf(account, order.instrument);
  const opposite = order.side === 'sell' ? quantity > 0n : quantity < 0n;
  if (!opposite) return ZERO_QUANTITY;
  return (quantity < 0n ? -quantity : quantity) as Quantity;
}

export type WalletView = {
  readonly currency: string;
  readonly cash: bigint;
  readonly unrealised: bigint;
  readonly equity: bigint;
  readonly positionMargin: bigint;
  readonly orderMargin: bigint;
  readonly available: bigint;
};

/** Unrealised profit of a position at the last price; 0 before the first price. */
export function unrealisedOf(account: Account, position: Position): bigint {
  const last = account.books.get(position.instrument)?.print.price;
  if (last === undefined || position.quantity === 0n) return 0n;
  const value = multiplyScaled(last, position.quantity, 'halfEven');
  return position.quantity > 0n ? value - position.cost : value + position.cost;
}

export function walletOf(account: Account, currency: string): WalletView {
  const cash = account.cash.get(currency) ?? 0n;
  let unrealised = 0n;
  let positionMargin = 0n;
  let orderMargin = 0n;
  const inCurrency = (id: InstrumentId): boolean =>
    account.instruments.get(id)?.quoteCurrency === currency;
  for (const position of account.positions.values()) {
    if (!inCurrency(position.instrument)) continue;
    unrealised += unrealisedOf(account, position);
    positionMargin += position.cost / LEVERAGE;
  }
  for (const order of account.open.values()) {
    if (inCurrency(order.instrument)) orderMargin += orderMarginOf(account, order, leavesOf(order));
  }
  const equity = cash + unrealised;
  const available = equity - positionMargin - orderMargin;
  return { currency, cash, unrealised, equity, positionMargin, orderMargin, available };
}

/** Margin that an order needs for the part that opens a position. */
export function orderMarginOf(
  account: Account,
  order: Pick<VenueOrder, 'instrument' | 'side' | 'price' | 'trigger' | 'reduceOnly'>,
  quantity: Quantity,
): bigint {
  if (order.reduceOnly) return 0n;
  const print = account.books.get(order.instrument)?.print;
  const price = order.price ?? order.trigger?.price ?? print?.price;
  invariant(price !== undefined, `no price for the margin of an order in ${order.instrument}`);
  const opening = quantity - reducible(account, order);
  if (opening <= 0n) return 0n;
  return multiplyScaled(price, opening, 'ceil') / LEVERAGE;
}

export const show = (value: bigint): string => formatScaled(value);
