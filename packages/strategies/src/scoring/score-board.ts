import type { StrategyName, Timeframe } from '@ballast/domain';
import type { Columns } from '@ballast/indicators';
import { numbersAt } from '../levels.ts';
import { KNOWN, type Knowledge, type Model, type Strategy } from '../model.ts';
import type { NumericBar } from '../numeric-bar.ts';
import { Ranking } from './ranking.ts';

/** Why there is no score. `NO_RANGE`: the market stands still, there is nothing to measure by. */
export type Unscored =
  | { readonly reason: 'WARMING_UP'; readonly bars: number; readonly needed: number }
  | { readonly reason: 'FACT_UNKNOWN'; readonly facts: readonly Knowledge[] }
  | { readonly reason: 'NO_RANGE' };

/** How good an instrument looks to a strategy, as of the last bar that it closed. */
export type InstrumentScore = {
  /** Epoch ms; NaN before the first bar. */
  readonly openTime: number;
  /** 0 to 100, more is better; null where the strategy cannot say, and `parts` says why. */
  readonly score: number | null;
  /**
   * 1 is best; those alike to a tenth of a point share it. Null without a score, and of a bar that
   * is not the newest.
   */
  readonly rank: number | null;
  readonly parts: Readonly<Record<string, number>> | Unscored;
};

const FIRST_PLACES = 16;

/**
 * One strategy on many instruments: their states in one stretch of numbers, an instrument a place.
 * A bar costs its step alone; ranks are made when they are asked for.
 */
export class ScoreBoard {
  readonly strategy: StrategyName;
  readonly timeframe: Timeframe;
  readonly warmUp: number;
  readonly #model: Model;
  readonly #needs: readonly Knowledge[];
  #state: Float64Array = new Float64Array(0);
  #openTimes: Float64Array = new Float64Array(0);
  #bars: Int32Array = new Int32Array(0);
  /** A bit for each of `needs` that was not known on the newest bar. */
  #lacks: Int32Array = new Int32Array(0);
  #scores: Float64Array = new Float64Array(0);
  #ranks: Int32Array = new Int32Array(0);
  #ranking = new Ranking(0);
  #places = 0;
  #newest = Number.NEGATIVE_INFINITY;

  /** @throws InvalidInput PARAMETERS_INVALID */
  constructor(strategy: Strategy, parameters: unknown = {}) {
    this.#model = strategy.model(parameters);
    this.strategy = strategy.name;
    this.timeframe = strategy.timeframe;
    this.warmUp = this.#model.warmUp;
    this.#needs = strategy.needs;
  }

  get places(): number {
    return this.#places;
  }

  /** Open time of the newest bar of any instrument, epoch ms. */
  get newest(): number {
    return this.#newest;
  }

  /** A place for one more instrument. */
  add(): number {
    if (this.#places === this.#bars.length) this.#grow();
    this.#places += 1;
    this.begin(this.#places - 1);
    return this.#places - 1;
  }

  /** Forgets what this instrument's bars were. */
  begin(place: number): void {
    this.#model.start(this.#state, place * this.#model.size);
    this.#openTimes[place] = NaN;
    this.#bars[place] = 0;
    this.#lacks[place] = 0;
    this.#scores[place] = NaN;
    this.#ranks[place] = 0;
  }

  /** The instrument's next bar, in `row`, with what was known when it closed, as in KNOWN. */
  step(place: number, bars: Columns, row: number, known: Float64Array): void {
    const model = this.#model;
    const at = place * model.size;
    model.step(this.#state, at, bars, row, known);
    const seen = (this.#bars[place] ?? 0) + 1;
    const openTime = bars.openTime[row] ?? NaN;
    this.#bars[place] = seen;
    this.#openTimes[place] = openTime;
    let isKnown = seen > this.warmUp;
    if (this.#needs.length > 0) {
      const lacks = lacksOf(this.#needs, known);
      this.#lacks[place] = lacks;
      isKnown &&= lacks === 0;
    }
    this.#scores[place] = isKnown ? (this.#state[at + model.score] ?? NaN) : NaN;
    if (openTime > this.#newest) this.#newest = openTime;
  }

  /** The same for a bar that lies alone. */
  stepBar(place: number, bar: NumericBar, known: Float64Array): void {
    this.step(place, laid(bar), 0, known);
  }

  /** Ranks anew those that have closed the newest bar. */
  rank(): void {
    this.#ranking.rank(this.#ranks, this.#scores, {
      ...{ openTimes: this.#openTimes, openTime: this.#newest, places: this.#places },
    });
  }

  at(place: number): InstrumentScore {
    const score = this.#scores[place] ?? NaN;
    const rank = this.#ranks[place] ?? 0;
    const openTime = this.#openTimes[place] ?? NaN;
    if (Number.isNaN(score)) {
      return { openTime, score: null, rank: null, parts: this.#whyNot(place) };
    }
    const parts = numbersAt(this.#state, place * this.#model.size, this.#model.parts);
    return { openTime, score, rank: rank === 0 ? null : rank, parts };
  }

  #whyNot(place: number): Unscored {
    const bars = this.#bars[place] ?? 0;
    const needed = this.warmUp + 1;
    if (bars < needed) return { reason: 'WARMING_UP', bars, needed };
    const lacks = this.#lacks[place] ?? 0;
    if (lacks === 0) return { reason: 'NO_RANGE' };
    return {
      reason: 'FACT_UNKNOWN',
      facts: this.#needs.filter((_, i) => (lacks & (1 << i)) !== 0),
    };
  }

  #grow(): void {
    const places = Math.max(FIRST_PLACES, 2 * this.#bars.length);
    this.#state = longer(this.#state, places * this.#model.size);
    this.#openTimes = longer(this.#openTimes, places);
    this.#scores = longer(this.#scores, places);
    this.#bars = longerWhole(this.#bars, places);
    this.#lacks = longerWhole(this.#lacks, places);
    this.#ranks = longerWhole(this.#ranks, places);
    this.#ranking = new Ranking(places);
  }
}

const column = (): Float64Array => new Float64Array(1);
const ROW: Columns = {
  ...{ openTime: column(), open: column(), high: column(), low: column() },
  ...{ close: column(), volume: column() },
};

function laid(bar: NumericBar): Columns {
  ROW.openTime[0] = bar.openTime;
  ROW.open[0] = bar.open;
  ROW.high[0] = bar.high;
  ROW.low[0] = bar.low;
  ROW.close[0] = bar.close;
  ROW.volume[0] = bar.volume;
  return ROW;
}

function lacksOf(needs: readonly Knowledge[], known: Float64Array): number {
  let lacks = 0;
  for (let i = 0; i < needs.length; i += 1) {
    const need = needs[i];
    if (need !== undefined && Number.isNaN(known[KNOWN[need]] ?? NaN)) lacks |= 1 << i;
  }
  return lacks;
}

function longer(numbers: Float64Array, length: number): Float64Array {
  const copy = new Float64Array(length);
  copy.set(numbers);
  return copy;
}

function longerWhole(numbers: Int32Array, length: number): Int32Array {
  const copy = new Int32Array(length);
  copy.set(numbers);
  return copy;
}
