import {
  type Instrument,
  type InstrumentId,
  instrumentId,
  parseQuantity,
  parseScaled,
  type Quote,
  type TradedMarket,
} from '@ballast/domain';
import { formatScaled } from '@ballast/domain';
import { type MarketPrint, nextNormal, nextUnit, type Prng, toPrint } from '@ballast/sim-core';
import type { FaultPlan } from './fault-plan.ts';
import type { SimulatedVenue } from './venue.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Seconds between two prints of an instrument, on average. */
const PRINT_EVERY_MS = 20_000;
const START_TICKS = 10_000;
/** Standard deviation of one print, in ticks. */
const VOLATILITY_TICKS = 14;
const DEPTH_LOTS = 400;

export const INSTRUMENTS: readonly Instrument[] = ['AAA', 'BBB'].map((symbol) => ({
  id: instrumentId('model', 'linear', `${symbol}USDT`),
  baseCurrency: symbol,
  quoteCurrency: 'USDT',
  tickSize: parseScaled('0.01'),
  lotSize: parseScaled('1'),
  minQuantity: parseQuantity('1'),
  maxQuantity: parseQuantity('100000'),
  minNotional: 0n,
  multiplier: parseScaled('1'),
  sector: 'crypto',
  session: 'continuous',
}));

export const TRADED_MARKETS: readonly TradedMarket[] = [{ market: 'model.linear', endings: null }];

/** A seeded walk for each instrument, told to the venue and, as quotes, to the gateway. */
export function startMarket(parts: {
  readonly venue: SimulatedVenue;
  readonly time: VirtualTime;
  readonly prng: Prng;
  readonly faults: FaultPlan;
  readonly quotes: Map<InstrumentId, Quote>;
  readonly onQuote: (quote: Quote) => void;
}): { priceTicks(id: InstrumentId): number } {
  const { venue, time, prng, faults, quotes } = parts;
  const prices = new Map<InstrumentId, number>();

  function printOf(instrument: Instrument, priceTicks: number): MarketPrint {
    const percent = faults.fillPercentMax();
    const lots = Math.max(1, Math.floor((DEPTH_LOTS * percent) / 100 / 10));
    const taker = nextUnit(prng) < 0.5 ? 'buy' : 'sell';
    const tick = { offsetMs: 0, priceTicks, sizeLots: lots, taker, depthLots: lots } as const;
    return toPrint({ ...tick, bidTicks: priceTicks - 1, askTicks: priceTicks + 1 }, instrument);
  }

  function tell(instrument: Instrument, print: MarketPrint): void {
    const at = time.now();
    const text = formatScaled;
    const quote: Quote = {
      instrument: instrument.id,
      source: 'bybit',
      bid: text(print.bid),
      bidQuantity: text(print.depth),
      ask: text(print.ask),
      askQuantity: text(print.depth),
      last: text(print.price),
      eventTime: at,
      receivedTime: at,
    };
    quotes.set(instrument.id, quote);
    parts.onQuote(quote);
  }

  function step(instrument: Instrument): void {
    const before = prices.get(instrument.id) ?? START_TICKS;
    const moved = Math.round(before + nextNormal(prng) * VOLATILITY_TICKS);
    const priceTicks = Math.min(2 * START_TICKS, Math.max(START_TICKS / 2, moved));
    prices.set(instrument.id, priceTicks);
    const print = printOf(instrument, priceTicks);
    venue.print(instrument.id, print, time.now());
    tell(instrument, print);
    time.after(1 + Math.floor(2 * PRINT_EVERY_MS * nextUnit(prng)), () => step(instrument));
  }

  for (const instrument of INSTRUMENTS) {
    prices.set(instrument.id, START_TICKS);
    const print = printOf(instrument, START_TICKS);
    venue.open(instrument.id, print);
    tell(instrument, print);
    time.after(1, () => step(instrument));
  }
  return { priceTicks: (id) => prices.get(id) ?? START_TICKS };
}
