import type { Logger } from '@ballast/observability';
import { priceSourceOf, type SimulatorConfig, type VenueName } from './config.ts';
import { equitiesOf } from './equities.ts';
import { listingsOf, makeInstrument } from './instruments.ts';
import { type Market, openMarket, twinOf } from './market.ts';
import type { Marks } from './marks.ts';
import { type Followed, followMarkets } from './prices/follow.ts';
import { createModelSource } from './prices/model-source.ts';
import { openReplayMarket } from './prices/replay-market.ts';
import type { Venue } from './venue.ts';

type Opening = {
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
  { marks, startedAt, log, lead }: Opening,
): Promise<Followed> {
  const stop = async (): Promise<void> => undefined;
  const seed = config.BALLAST_SIMULATOR_SEED;
  if (name !== 'bybit') {
    if (lead !== null) return { markets: twins(lead, equitiesOf(name)), stop };
    return { markets: modelMarkets(seed, equitiesOf(name), marks, startedAt), stop };
  }
  const chosen = priceSourceOf(config);
  switch (chosen.kind) {
    case 'simulated': {
      const listed = listingsOf(config.BALLAST_SIMULATOR_INSTRUMENTS).map((listing) => {
        return { listing, instrument: makeInstrument(listing) };
      });
      return { markets: modelMarkets(seed, listed, marks, startedAt), stop };
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

function modelMarkets(
  seed: string,
  listed: ReturnType<typeof equitiesOf>,
  marks: Marks,
  startedAt: number,
): Market[] {
  return listed.map(({ listing, instrument }) => {
    const mark = marks[listing.symbol];
    const resumeTicks = mark?.kind === 'model' ? mark.priceTicks : null;
    const source = createModelSource({ seed, listing, instrument, startedAt, resumeTicks });
    return openMarket(instrument, source, startedAt, listing.pace?.recentMax);
  });
}

function twins(lead: Venue, listed: ReturnType<typeof equitiesOf>): Market[] {
  return listed.map(({ listing: { symbol }, instrument }) => {
    const market = lead.markets.get(symbol);
    if (market === undefined) throw new Error(`${symbol} is not traded at the first venue`);
    return twinOf(market, instrument);
  });
}
