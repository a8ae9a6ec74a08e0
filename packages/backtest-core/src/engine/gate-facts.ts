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
 * and nobody has watched it before. Crowd, funding and regime are unknown where nothing is recorded
 * of them, which a gate refuses or counts as not asked.
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
    const known = <T>(value: T) => ({ at: now, value });
    const bid = floatOf(bidTicks(shown, terms, this.#costs), terms.ofTick);
    const ask = floatOf(askTicks(shown, terms, this.#costs), terms.ofTick);
    const opening = this.#desk.openingOf(instrument.id);
    return {
      ...{ now, strategy: this.#strategy, direction, session: instrument.session },
      barCloseTime: now,
      buySwitch: known({ id: null, buy: true }),
      soak: 'unknown',
      regime: this.#knownOf(track, 'regime', regimeNamed),
      gaps: known(this.#gapsBefore(track, now)),
      quote: known({ bid, ask }),
      lastAsk: known({ strategy: askedAt, any: askedAt }),
      openTrades: known({
        inAccount: this.#desk.size,
        inInstrument: opening?.id ?? null,
      }),
      exposure: known(exposure),
      longAccountShare: this.#knownOf(track, 'longShortRatio', shareOf),
      takerBuyShare: this.#knownOf(track, 'takerBuyRatio', shareOf),
      fundingRate: instrument.id.includes('.linear:')
        ? this.#knownOf(track, 'fundingRate', (rate) => rate)
        : known(null),
      brake: known('released'),
    };
  }

  #gapsBefore({ holes }: Track, now: number): MissingBars[] {
    if (holes.length === 0) return [];
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
