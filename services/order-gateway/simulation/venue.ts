import {
  type RiskApproved,
  type Instrument,
  type InstrumentId,
  invariant,
  type OrderKind,
  parseScaled,
  type Price,
  type Quantity,
  type VenueCapabilities,
} from '@ballast/domain';
import {
  type Account,
  applyPrint,
  cancelOrder,
  createAccount,
  type Execution,
  isOpen,
  listInstrument,
  type MarketPrint,
  type OrderSpec,
  type Outcome,
  placeOrder,
  setMarket,
  takeAndReject,
  type VenueEvent,
  type VenueOrder,
} from '@ballast/sim-core';

/** One execution as the venue tells it now: its newest revision. */
export type ToldExecution = Execution & { readonly revision: number };

/** Something that happened at the venue, in the order it happened. */
export type VenueNews =
  | { readonly kind: 'order'; readonly order: VenueOrder }
  | { readonly kind: 'fill'; readonly execution: ToldExecution };

const CASH = parseScaled('10000000');

/**
 * A venue over sim-core for one account: what it holds, what it remembers, and what it was like a
 * moment ago. It keeps its own promises; whatever goes wrong goes wrong on the way to it.
 */
export class SimulatedVenue {
  readonly account: Account;
  readonly capabilities: VenueCapabilities;
  /** Every order ever, newest state. */
  readonly orders = new Map<string, VenueOrder>();
  readonly byLinkId = new Map<string, string>();
  readonly executions: ToldExecution[] = [];
  readonly positionHistory: { at: number; instrument: InstrumentId; quantity: Quantity }[] = [];
  /** Ended orders from before this moment are not found any more (the venue lost its memory). */
  forgetsBefore = 0;
  readonly #instruments: readonly Instrument[];
  readonly #tell: (news: readonly VenueNews[]) => void;

  constructor(
    seed: string,
    instruments: readonly Instrument[],
    capabilities: VenueCapabilities,
    tell: (news: readonly VenueNews[]) => void,
  ) {
    this.capabilities = capabilities;
    this.#instruments = instruments;
    this.#tell = tell;
    this.account = createAccount(seed, new Map([['USDT', CASH]]));
    for (const instrument of instruments) listInstrument(this.account, instrument);
  }

  /** Becomes what another venue is now. */
  restore(other: SimulatedVenue): void {
    const { fillPercentMax, ...data } = other.account;
    Object.assign(this.account, structuredClone(data), { fillPercentMax });
    for (const [id, order] of other.orders) this.orders.set(id, order);
    for (const [linkId, id] of other.byLinkId) this.byLinkId.set(linkId, id);
    this.executions.push(...other.executions);
    this.positionHistory.push(...other.positionHistory);
  }

  instrument(id: InstrumentId): Instrument {
    const found = this.#instruments.find((instrument) => instrument.id === id);
    invariant(found !== undefined, `no instrument ${id}`);
    return found;
  }

  open(id: InstrumentId, print: MarketPrint): void {
    setMarket(this.account, id, print);
  }

  place(request: RiskApproved, at: number): Outcome {
    const outcome = placeOrder(this.account, specOf(request), at);
    if (outcome.ok) this.#book(outcome.events, at);
    return outcome;
  }

  /** Taken and acknowledged, never in the book: its end is told as that of any other. */
  placeRejected(request: RiskApproved, at: number): Outcome {
    const outcome = takeAndReject(this.account, specOf(request), at);
    if (outcome.ok) this.#book(outcome.events, at);
    return outcome;
  }

  /** The market trades all of it, at its price or trigger, before whatever was to come next. */
  fill({ instrument, price, trigger, side, quantity }: VenueOrder, at: number): void {
    const reached = price ?? trigger?.price;
    if (reached === undefined) return;
    const taker = (side === 'buy') === (price === null) ? 'buy' : 'sell';
    const sizes = { size: quantity, depth: quantity };
    this.print(instrument, { price: reached, ...sizes, taker, bid: reached, ask: reached }, at);
  }

  cancel(orderId: string, at: number): boolean {
    const outcome = cancelOrder(this.account, orderId, at);
    if (outcome.ok) this.#book(outcome.events, at);
    return outcome.ok;
  }

  print(id: InstrumentId, print: MarketPrint, at: number): void {
    this.#book(applyPrint(this.account, id, print, at), at);
  }

  /** The venue corrects an execution: the same id, the next revision, another price. */
  correct(executionId: string): ToldExecution | null {
    const index = this.executions.findIndex(({ id }) => id === executionId);
    const execution = this.executions[index];
    if (execution === undefined || execution.revision > 0) return null;
    const price = (execution.price + this.instrument(execution.instrument).tickSize) as Price;
    const corrected = { ...execution, price, revision: execution.revision + 1 };
    this.executions[index] = corrected;
    return corrected;
  }

  orderOf(linkId: string): VenueOrder | null {
    const id = this.byLinkId.get(linkId);
    return id === undefined ? null : (this.orders.get(id) ?? null);
  }

  quantityAt(id: InstrumentId, at: number): Quantity {
    const known = this.positionHistory.findLast((row) => row.instrument === id && row.at <= at);
    return known?.quantity ?? (0n as Quantity);
  }

  #book(events: readonly VenueEvent[], at: number): void {
    const news: VenueNews[] = [];
    for (const event of events) {
      if (event.kind === 'order') {
        this.orders.set(event.order.id, event.order);
        if (event.order.linkId !== '') this.byLinkId.set(event.order.linkId, event.order.id);
        news.push({ kind: 'order', order: event.order });
      } else if (event.kind === 'execution') {
        const execution = { ...event.execution, revision: 0 };
        this.executions.push(execution);
        news.push({ kind: 'fill', execution });
      } else if (event.kind === 'position') {
        const { instrument, quantity } = event.position;
        this.positionHistory.push({ at, instrument, quantity });
      }
    }
    if (news.length > 0) this.#tell(news);
  }
}

export function isWorking(order: VenueOrder): boolean {
  return isOpen(order.status);
}

function specOf(request: RiskApproved): OrderSpec {
  const { kind, side } = request;
  return {
    linkId: request.clientOrderId,
    instrument: request.instrument,
    side,
    quantity: request.quantity,
    type: 'price' in kind ? 'limit' : 'market',
    price: 'price' in kind ? kind.price : null,
    timeInForce: timeInForceOf(kind),
    reduceOnly: request.reduceOnly,
    trigger:
      'triggerPrice' in kind
        ? { price: kind.triggerPrice, direction: side === 'buy' ? 'rise' : 'fall' }
        : null,
  };
}

function timeInForceOf(kind: OrderKind): OrderSpec['timeInForce'] {
  if (kind.type !== 'limit') return kind.type === 'stopLimit' ? 'gtc' : 'ioc';
  if (kind.postOnly) return 'postOnly';
  return kind.timeInForce === 'day' ? 'gtc' : kind.timeInForce;
}
