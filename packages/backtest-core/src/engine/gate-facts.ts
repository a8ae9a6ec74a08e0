import type { StrategyName, TradeDirection } from '@ballast/domain';
import {
  type Exposure,
  type Fact,
  type Facts,
  type GateLimits,
  KNOWN,
  type MissingBars,
  regimeNamed,
} from '@ballast/strategies';
import { askTicks, bidTicks, type Costs } from './costs.ts';
import { floatOf } from './terms.ts';
import type { Track } from './track.ts';
import type { TradeDesk } from './trade-desk.ts';

/**
 * What the gates look at, as far as stored bars tell it. The strategy is on trial: its switch is on
 * and nobody has watched it before; there is no brake, since nobody knows when it would have been
 * released. Crowd, funding and regime are unknown where nothing is recorded of them, which a gate
 * refuses or counts as not asked.
 */
export class GateFacts {
  readonly #strategy: StrategyName;
  readonly #desk: TradeDesk;
  readonly #costs: Costs;
  readonly #limits: GateLimits;

  constructor(
    strategy: StrategyName,
    parts: {
      readonly desk: TradeDesk;
      readonly costs: Costs;
      readonly limits: GateLimits;
    },
  ) {
    this.#strategy = strategy;
    this.#desk = parts.desk;
    this.#costs = parts.costs;
    this.#limits = parts.limits;
  }

  of(
    track: Track,
    {
      direction,
      now,
      exposure,
    }: {
      readonly direction: TradeDirection;
      readonly now: number;
      readonly exposure: Exposure;
    },
  ): Facts {
    const { instrument, askedAt, shown, terms } = track;
    const bid = floatOf(bidTicks(shown, terms, this.#costs), terms.ofTick);
    const ask = floatOf(askTicks(shown, terms, this.#costs), terms.ofTick);
    const opening = track.isBusy ? this.#desk.openingOf(instrument.id) : undefined;
    const inInstrument = opening?.id ?? null;
    return {
      now,
      strategy: this.#strategy,
      direction,
      session: instrument.session,
      barCloseTime: now,
      buySwitch: { at: now, value: SWITCHED_ON },
      soak: 'unknown',
      regime: this.#knownOf(track, 'regime', regimeNamed),
      gaps: { at: now, value: this.#gapsBefore(track, now) },
      quote: { at: now, value: { bid, ask } },
      lastAsk: { at: now, value: { strategy: askedAt, any: askedAt } },
      openTrades: { at: now, value: { inAccount: this.#desk.size, inInstrument } },
      exposure: { at: now, value: exposure },
      longAccountShare: this.#knownOf(track, 'longShortRatio', shareOf),
      takerBuyShare: this.#knownOf(track, 'takerBuyRatio', shareOf),
      fundingRate: track.paysFunding
        ? this.#knownOf(track, 'fundingRate', asIs)
        : { at: now, value: null },
      brake: { at: now, value: 'released' },
    };
  }

  #gapsBefore({ holes }: Track, now: number): readonly MissingBars[] {
    if (holes.length === 0) return NONE_MISSING;
    const since = now - this.#limits.coverageMs;
    return holes
      .filter(({ to }) => to >= since && to < now)
      .map(({ from, bars }) => ({ fromTime: from, bars }));
  }

  #knownOf<T>({ known }: Track, of: keyof typeof KNOWN, read: (value: number) => T): Fact<T> {
    const value = known.values[KNOWN[of]] ?? NaN;
    if (Number.isNaN(value)) return 'unknown';
    return { at: known.since[KNOWN[of]] ?? NaN, value: read(value) };
  }
}

/** Of a ratio of two kinds what the first is of both. */
const shareOf = (ratio: number): number => ratio / (1 + ratio);
const asIs = (rate: number): number => rate;
const SWITCHED_ON = { id: null, buy: true };
const NONE_MISSING: readonly MissingBars[] = [];
