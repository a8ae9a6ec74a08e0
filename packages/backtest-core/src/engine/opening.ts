import type { Instrument, SignalId, TradeDirection, TradeId, TradePlan } from '@ballast/domain';
import { marketPlan, type SizedTrade } from '@ballast/order-core';
import { exactOf, type SizedTicks, ticksOf } from './sized-ticks.ts';
import type { Terms } from './terms.ts';
import { idAt } from './trade-ids.ts';

/**
 * A trade that was decided on: what the order core opens it with. Its plan and id are made when
 * somebody looks at them, which is what follows from the numbers here and nothing else.
 */
export class Opening {
  readonly instrument: Instrument;
  readonly direction: TradeDirection;
  /** Epoch ms. */
  readonly at: number;
  /** Null where it is no whole number of ticks and lots below 2^53. */
  readonly ticks: SizedTicks | null;
  readonly strategy: string;
  readonly #terms: Terms;
  readonly #number: number;
  #exact: Omit<SizedTrade, 'kind'> | null;
  #plan: TradePlan | null = null;

  /** @param number of the run's ids; the one after it is taken too */
  constructor(
    { instrument, terms }: { readonly instrument: Instrument; readonly terms: Terms },
    sized: SizedTicks | SizedTrade,
    {
      direction,
      at,
      strategy,
      number,
    }: {
      readonly direction: TradeDirection;
      readonly at: number;
      readonly strategy: string;
      readonly number: number;
    },
  ) {
    this.instrument = instrument;
    this.direction = direction;
    this.at = at;
    this.strategy = strategy;
    this.#number = number;
    this.#terms = terms;
    this.#exact = 'kind' in sized ? sized : null;
    this.ticks = 'kind' in sized ? ticksOf(sized, terms) : sized;
  }

  get id(): TradeId {
    return idAt<TradeId>(this.at, this.#number + 1);
  }

  get plan(): TradePlan {
    this.#plan ??= this.#made();
    return this.#plan;
  }

  #made(): TradePlan {
    const { at, instrument, direction, strategy } = this;
    this.#exact ??= this.ticks === null ? null : exactOf(this.ticks, this.#terms);
    if (this.#exact === null) throw new TypeError('an opening has a size');
    const signalId = idAt<SignalId>(at, this.#number);
    const origin = { kind: 'signal', signalId, strategy } as const;
    return marketPlan(this.#exact, { instrument, direction }, origin);
  }
}
