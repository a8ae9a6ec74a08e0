import { createPrng, nextNormal, nextUnit, type Prng } from './prng.ts';
import type { MarketTick } from './tick-path.ts';

/** A market of one instrument, in its ticks and lots. */
export type MarketModel = {
  readonly startTicks: number;
  readonly meanIntervalMs: number;
  readonly meanSizeLots: number;
  /** Standard deviation of a minute's return at volatility 1; its range is some 1.6 of it. */
  readonly minuteDeviation: number;
  readonly prng: Prng;
  /** The price that the quotes stand around, in ticks, with its fraction. */
  latent: number;
  /** Factor on the deviation; wanders around 1. */
  volatility: number;
  offsetMs: number;
};

const VOLATILITY_PULL = 0.002;
const VOLATILITY_SHAKE = 0.0134;
const VOLATILITY_MIN = 0.6;
const VOLATILITY_MAX = 1.6;
/** Weak enough to leave hours of trend, strong enough that weeks of running stay near the start. */
const PRICE_PULL = 1e-6;
const DEPTH_TO_SIZE = 8;
const LADDER_TO_SIZE = 16;

export function createMarketModel(options: {
  readonly seed: string | number;
  readonly startTicks: number;
  readonly meanIntervalMs: number;
  readonly meanSizeLots: number;
  readonly minuteDeviation: number;
  /** Where the path begins when not at `startTicks`, which it is drawn to in the long run. */
  readonly fromTicks?: number;
}): MarketModel {
  const { seed, fromTicks, ...shape } = options;
  return {
    ...shape,
    prng: createPrng(seed),
    latent: fromTicks ?? options.startTicks,
    volatility: 1,
    offsetMs: 0,
  };
}

/** The next tick; advances `model` in place. The i-th tick depends on the seed alone. */
export function nextTick(model: MarketModel): MarketTick {
  const { prng } = model;
  model.offsetMs += Math.max(1, Math.round(model.meanIntervalMs * (0.25 + 1.5 * nextUnit(prng))));
  stepVolatility(model);
  const drawn = nextNormal(prng);
  const deviation = model.minuteDeviation * Math.sqrt(model.meanIntervalMs / 60_000);
  const pull = PRICE_PULL * (model.latent / model.startTicks - 1);
  model.latent = Math.max(2, model.latent * (1 + deviation * model.volatility * drawn - pull));
  const bidTicks = Math.max(1, Math.floor(model.latent));
  const askTicks = bidTicks + (nextUnit(prng) < 0.7 ? 1 : 2);
  // Buyers push prices up: the taker's side leans with the move, as it does in real prints.
  const taker = nextUnit(prng) < 0.5 + 0.15 * Math.sign(drawn) ? 'buy' : 'sell';
  const size = nextUnit(prng);
  return {
    offsetMs: model.offsetMs,
    priceTicks: taker === 'buy' ? askTicks : bidTicks,
    sizeLots: 1 + Math.floor(model.meanSizeLots * 3 * size * size),
    taker,
    bidTicks,
    askTicks,
    depthLots: 1 + Math.floor(model.meanSizeLots * DEPTH_TO_SIZE * (0.5 + nextUnit(prng))),
    ladderLots: model.meanSizeLots * LADDER_TO_SIZE,
  };
}

function stepVolatility(model: MarketModel): void {
  const moved =
    model.volatility +
    VOLATILITY_PULL * (1 - model.volatility) +
    VOLATILITY_SHAKE * nextNormal(model.prng);
  model.volatility = Math.min(VOLATILITY_MAX, Math.max(VOLATILITY_MIN, moved));
}
