import {
  type RiskApproved,
  type Fill,
  type InstrumentId,
  type OrderReport,
  parseScaled,
  toNumber,
  venueOf,
} from '@ballast/domain';
import type { TradeEffect, TradeInput } from '@ballast/order-core';
import {
  type Account,
  applyPrint,
  cancelOrder,
  createAccount,
  type Execution,
  listInstrument,
  type OrderSpec,
  placeOrder,
  feeAt,
  holdPosition,
  setMarket,
  type VenueEvent,
  type VenueOrder,
} from '@ballast/sim-core';
import { type Costs, printAt } from './costs.ts';
import type { Series, Track } from './track.ts';

type Shown = Pick<Track, 'instrument' | 'terms'>;

type Ended = 'cancelled' | 'expired';

/** The venue of a backtest: the simulator's matcher, which answers at once and is never away. */
export class BacktestVenue {
  readonly account: Account;
  readonly costs: Costs;
  readonly #name: string;
  readonly #onExecution: ((execution: Execution) => void) | undefined;

  constructor(
    all: readonly Pick<Series, 'instrument'>[],
    {
      cash,
      costs,
      account,
      onExecution,
    }: {
      readonly cash: ReadonlyMap<string, bigint>;
      readonly costs: Costs;
      readonly account: string;
      readonly onExecution?: (execution: Execution) => void;
    },
  ) {
    this.costs = costs;
    this.#onExecution = onExecution;
    this.#name = account;
    this.account = createAccount('backtest', cash);
    this.account.feeRates = { maker: costs.makerFee, taker: costs.takerFee };
    for (const { instrument } of all) listInstrument(this.account, instrument);
  }

  /** Cash of the account, which has one currency. */
  get cash(): number {
    const [amount = 0n] = this.account.cash.values();
    return toNumber(amount);
  }

  /** So much of the cash goes, or with a number below 0 comes, to its smallest unit. */
  pay(amount: number): void {
    const [currency] = this.account.cash.keys();
    if (currency === undefined) return;
    const scaled = parseScaled(Math.abs(amount).toFixed(18));
    const before = this.account.cash.get(currency) ?? 0n;
    this.account.cash.set(currency, amount < 0 ? before + scaled : before - scaled);
  }

  /** What an execution of this value costs; both at scale 18. */
  feeOf(value: bigint, liquidity: Execution['liquidity']): bigint {
    return feeAt(this.account, value, liquidity);
  }

  /** So much comes to the cash, or with an amount below 0 goes. */
  book(amount: bigint): void {
    const [currency] = this.account.cash.keys();
    if (currency === undefined) return;
    this.account.cash.set(currency, (this.account.cash.get(currency) ?? 0n) + amount);
  }

  /** What is held of an instrument without the matcher having filled it; null for nothing. */
  hold(
    { instrument: { id } }: Shown,
    held: { readonly quantity: bigint; readonly cost: bigint } | null,
  ): void {
    if (held === null) this.account.positions.delete(id);
    else holdPosition(this.account, id, held);
  }

  /** What the market shows from now on, without anything of ours trading on it. */
  show({ instrument, terms }: Shown, price: number): void {
    setMarket(this.account, instrument.id, printAt(price, instrument, terms, this.costs));
  }

  /** The market is at this price: what that does to our orders. */
  print({ instrument, terms }: Shown, price: number, at: number): TradeInput[] {
    const print = printAt(price, instrument, terms, this.costs);
    return this.#inputsOf(applyPrint(this.account, instrument.id, print, at), at);
  }

  /** Does what a trade asks for; its answer, and what else came of it. */
  perform(effect: TradeEffect, at: number): TradeInput[] {
    switch (effect.type) {
      case 'submit':
        return this.#submit(effect.order, at);
      case 'cancel': {
        const outcome = cancelOrder(this.account, effect.venueOrderId, at);
        const { clientOrderId } = effect;
        return outcome.ok
          ? this.#inputsOf(outcome.events, at)
          : [{ type: 'cancelUnclear', at, clientOrderId }];
      }
      case 'query': {
        const { clientOrderId } = effect;
        const open = [...this.account.open.values()].find((one) => one.linkId === clientOrderId);
        return open === undefined
          ? [{ type: 'notFound', at, askedAt: at, clientOrderId }]
          : [{ type: 'report', at, report: reportOf(open, 'working', at) }];
      }
      default:
        return effect satisfies never;
    }
  }

  #submit(order: RiskApproved, at: number): TradeInput[] {
    const { clientOrderId } = order;
    const outcome = placeOrder(this.account, specOf(order), at);
    if (!outcome.ok) {
      const { code, message } = outcome.refusal;
      return [{ type: 'submitRefused', at, clientOrderId, reason: `${code}: ${message}` }];
    }
    const venueOrderId = outcome.order.id;
    const accepted: TradeInput = { type: 'submitAccepted', at, clientOrderId, venueOrderId };
    return [accepted, ...this.#inputsOf(outcome.events, at)];
  }

  /** A fill tells the end of what it fills whole; other ends are told. */
  #inputsOf(events: readonly VenueEvent[], at: number): TradeInput[] {
    const inputs: TradeInput[] = [];
    for (const event of events) {
      if (event.kind === 'execution') {
        this.#onExecution?.(event.execution);
        inputs.push({ type: 'fill', at, fill: this.#fillOf(event.execution) });
      } else if (event.kind === 'order') {
        const ended = endOf(event.order);
        if (ended !== null) {
          inputs.push({ type: 'report', at, report: reportOf(event.order, ended, at) });
        }
      }
    }
    return inputs;
  }

  #fillOf(execution: Execution): Fill {
    const { instrument, side, price, quantity, liquidity, fee, at } = execution;
    return {
      ...{ venue: venueOf(instrument), account: this.#name, executionId: execution.id },
      ...{ revision: 0, clientOrderId: execution.linkId, venueOrderId: execution.orderId },
      ...{ instrument, side, price, quantity, liquidity, eventTime: at },
      fee: { amount: fee, currency: this.#currencyOf(instrument) },
    };
  }

  #currencyOf(id: InstrumentId): string {
    return this.account.instruments.get(id)?.quoteCurrency ?? '';
  }
}

function endOf({ status }: VenueOrder): Ended | null {
  return status === 'cancelled' || status === 'deactivated' ? 'cancelled' : null;
}

function reportOf(order: VenueOrder, status: OrderReport['status'], at: number): OrderReport {
  return {
    ...{ clientOrderId: order.linkId, venueOrderId: order.id, instrument: order.instrument },
    ...{ status, side: order.side, quantity: order.quantity, filledQuantityCum: order.filled },
    ...{ reason: order.endReason, eventTime: at },
  };
}

function specOf({ kind, side, ...order }: RiskApproved): OrderSpec {
  const isLimit = kind.type === 'limit' || kind.type === 'stopLimit';
  const trigger = 'triggerPrice' in kind ? kind.triggerPrice : null;
  return {
    ...{ linkId: order.clientOrderId, instrument: order.instrument, side },
    ...{ quantity: order.quantity, reduceOnly: order.reduceOnly },
    type: isLimit ? 'limit' : 'market',
    price: isLimit ? kind.price : null,
    timeInForce: isLimit ? restingOf(kind) : 'ioc',
    trigger:
      trigger === null ? null : { price: trigger, direction: side === 'buy' ? 'rise' : 'fall' },
  };
}

function restingOf(
  kind: Extract<RiskApproved['kind'], { type: 'limit' | 'stopLimit' }>,
): OrderSpec['timeInForce'] {
  if (kind.type === 'stopLimit') return 'gtc';
  if (kind.postOnly) return 'postOnly';
  return kind.timeInForce === 'day' ? 'gtc' : kind.timeInForce;
}
