import type { InstrumentId, StrategyName, TradeDirection } from '@ballast/domain';
import { type Fact, type Facts, type GateLimits, KNOWN, regimeNamed } from '@ballast/strategies';
import type { AccountFacts } from './account-facts.ts';
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
  readonly #account: AccountFacts;
  readonly #limits: GateLimits;
  readonly #askedAt = new Map<InstrumentId, number>();

  constructor(
    strategy: StrategyName,
    parts: {
      readonly desk: TradeDesk;
      readonly account: AccountFacts;
      readonly limits: GateLimits;
    },
  ) {
    this.#strategy = strategy;
    this.#desk = parts.desk;
    this.#account = parts.account;
    this.#limits = parts.limits;
  }

  /** A trade was asked for. */
  asked({ instrument }: Pick<Track, 'instrument'>, at: number): void {
    this.#askedAt.set(instrument.id, at);
  }

  of(track: Track, direction: TradeDirection, now: number): Facts {
    const { instrument, holes } = track;
    const known = <T>(value: T) => ({ at: now, value });
    const askedAt = this.#askedAt.get(instrument.id) ?? null;
    const since = now - this.#limits.coverageMs;
    const gaps = holes
      .filter(({ to }) => to >= since && to < now)
      .map(({ from, bars }) => ({ fromTime: from, bars }));
    const { bid, ask } = this.#desk.printOf(instrument.id);
    return {
      ...{ now, strategy: this.#strategy, direction, session: instrument.session },
      barCloseTime: now,
      buySwitch: known({ id: null, buy: true }),
      soak: 'unknown',
      regime: this.#knownOf(track, 'regime', regimeNamed),
      gaps: known(gaps),
      quote: known({ bid: Number(bid) / 1e18, ask: Number(ask) / 1e18 }),
      lastAsk: known({ strategy: askedAt, any: askedAt }),
      openTrades: known({
        inAccount: this.#desk.trades().length,
        inInstrument: this.#desk.tradeOf(instrument.id)?.id ?? null,
      }),
      exposure: known(this.#account.shares(instrument, this.#desk.trades(), now)),
      longAccountShare: this.#knownOf(track, 'longShortRatio', shareOf),
      takerBuyShare: this.#knownOf(track, 'takerBuyRatio', shareOf),
      fundingRate: instrument.id.includes('.linear:')
        ? this.#knownOf(track, 'fundingRate', (rate) => rate)
        : known(null),
      brake: known('released'),
    };
  }

  #knownOf<T>({ known }: Track, of: keyof typeof KNOWN, read: (value: number) => T): Fact<T> {
    const value = known.values[KNOWN[of]] ?? NaN;
    if (Number.isNaN(value)) return 'unknown';
    return { at: known.since[KNOWN[of]] ?? NaN, value: read(value) };
  }
}

/** Of a ratio of two kinds what the first is of both. */
const shareOf = (ratio: number): number => ratio / (1 + ratio);
