import { join } from 'node:path';
import type { Logger } from '@ballast/observability';
import { priceSourceOf, type SimulatorConfig, type VenueName } from './config.ts';
import { equitiesOf } from './equities.ts';
import { listingsOf, makeInstrument } from './instruments.ts';
import { type KeptMinutes, openKeptMinutes } from './kept-minutes.ts';
import { createKlines, type Klines, type MinuteBar, restoreBar, resumeKlines } from './klines.ts';
import { type Market, openMarket, twinOf } from './market.ts';
import type { Marks } from './marks.ts';
import { type Followed, followMarkets } from './prices/follow.ts';
import { createModelSource } from './prices/model-source.ts';
import { openReplayMarket } from './prices/replay-market.ts';
import type { Venue } from './venue.ts';

type Opening = {
  /** Where the venue's files lie; undefined: memory only. */
  readonly directory: string | undefined;
  readonly marks: Marks;
  readonly startedAt: number;
  readonly log: Logger;
  /** The venue that has the stocks already. */
  readonly lead: Venue | null;
};

/**
 * The seed's markets, or for ByBit what the settings name. Stocks are the same markets wherever
 * they are traded: the first venue has them, the others have their names for them.
 * @throws ConfigFault and others
 */
export async function openMarkets(
  name: VenueName,
  config: SimulatorConfig,
  opening: Opening,
): Promise<Followed> {
  const { marks, startedAt, log, lead } = opening;
  const stop = async (): Promise<void> => undefined;
  const seed = config.BALLAST_SIMULATOR_SEED;
  if (name !== 'bybit') {
    if (lead !== null) return { markets: twins(lead, equitiesOf(name)), stop };
    return { markets: modelMarkets(seed, equitiesOf(name), opening), stop };
  }
  const chosen = priceSourceOf(config);
  switch (chosen.kind) {
    case 'simulated': {
      const listed = listingsOf(config.BALLAST_SIMULATOR_INSTRUMENTS).map((listing) => {
        return { listing, instrument: makeInstrument(listing) };
      });
      return { markets: modelMarkets(seed, listed, opening), stop };
    }
    case 'replay': {
      const { file } = chosen;
      return { markets: [await openReplayMarket({ config, file, marks, startedAt, log })], stop };
    }
    case 'bybit': {
      const named = config.BALLAST_INSTRUMENTS;
      const wanted = named === undefined || named === 'all' ? null : named.split(',');
      return followMarkets({ ...chosen, wanted, startedAt, log });
    }
    default:
      return chosen satisfies never;
  }
}

/**
 * A market that ran before goes on with its minutes as they were: prices of another past would be
 * taken for corrections of it.
 */
function modelMarkets(
  seed: string,
  listed: ReturnType<typeof equitiesOf>,
  { directory, marks, startedAt, log }: Opening,
): Market[] {
  return listed.map(({ listing, instrument }) => {
    const { symbol, pace } = listing;
    const stored = marks[symbol];
    const mark = stored?.kind === 'model' ? stored : null;
    const kept =
      directory === undefined
        ? null
        : openKeptMinutes(join(directory, 'minutes', `${symbol}.f64`), log);
    const past = kept === null ? null : pastOf(kept, mark?.running, startedAt);
    const source = createModelSource({
      ...{ seed, listing, instrument, startedAt },
      // A minute is kept as it ends, a mark every two seconds.
      resumeTicks: past?.running?.close ?? mark?.priceTicks ?? null,
      isPastKept: past !== null,
    });
    return openMarket(instrument, source, startedAt, { recentMax: pace?.recentMax, past, kept });
  });
}

/**
 * Null: none is kept, or it is longer ago than a market remembers.
 * @throws Error MINUTES_CORRUPT
 */
function pastOf(
  kept: KeptMinutes,
  running: MinuteBar | undefined,
  startedAt: number,
): Klines | null {
  const klines = createKlines();
  for (const bar of kept.read()) restoreBar(klines, bar);
  return resumeKlines(klines, running, startedAt) ? klines : null;
}

function twins(lead: Venue, listed: ReturnType<typeof equitiesOf>): Market[] {
  return listed.map(({ listing: { symbol }, instrument }) => {
    const market = lead.markets.get(symbol);
    if (market === undefined) throw new Error(`${symbol} is not traded at the first venue`);
    return twinOf(market, instrument);
  });
}
