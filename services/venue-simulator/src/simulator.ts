import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@ballast/observability';
import { priceSourceOf, type SimulatorConfig } from './config.ts';
import { DEFAULT_LISTINGS, makeInstrument } from './instruments.ts';
import { openJournal } from './journal.ts';
import { type Market, openMarket } from './market.ts';
import { type Marks, readMarks, writeMarks } from './marks.ts';
import { type Followed, followMarkets } from './prices/follow.ts';
import { createModelSource } from './prices/model-source.ts';
import { openReplayMarket } from './prices/replay-market.ts';
import { startServer } from './server.ts';
import { openVenue, type Venue } from './venue.ts';

const MARK_EVERY_MS = 2_000;

export type Simulator = {
  /** What the launcher is told: port, URLs, priceSource, instruments, accountCurrency. */
  readonly info: Readonly<Record<string, unknown>>;
  readonly venue: Venue;
  close(): Promise<void>;
};

type Surroundings = {
  readonly log: Logger;
  readonly count: (frontEnd: string, code: string) => void;
  readonly fail: (error: Error) => void;
};

/**
 * Prices, account and front ends together, ready to trade.
 * @throws ConfigFault, ReplayFault, FeedError
 */
export async function openSimulator(
  config: SimulatorConfig,
  { log, count, fail }: Surroundings,
): Promise<Simulator> {
  const startedAt = Date.now();
  const directory = config.BALLAST_SIMULATOR_DATA_DIR;
  if (directory !== undefined) mkdirSync(directory, { recursive: true });
  const marksPath = directory === undefined ? null : join(directory, 'prices.json');
  const marks = marksPath === null ? {} : readMarks(marksPath);
  const { markets, stop } = await openMarkets(config, marks, startedAt, log);
  const journal = openJournal(directory, log);
  const venue = openVenue(config.BALLAST_SIMULATOR_SEED, markets, journal, startedAt);
  const { close: closeServer, ...urls } = await startServer({
    venue,
    credentials: {
      key: config.BALLAST_SIMULATOR_API_KEY,
      secret: config.BALLAST_SIMULATOR_API_SECRET,
    },
    port: config.BALLAST_SIMULATOR_PORT,
    control: config.BALLAST_SIMULATOR_CONTROL,
    count,
    fail,
  });
  const saveMarks = (): void => {
    if (marksPath !== null) writeMarks(marksPath, markets);
  };
  const saving = setInterval(saveMarks, MARK_EVERY_MS);
  const close = async (): Promise<void> => {
    clearInterval(saving);
    await stop();
    await closeServer();
    saveMarks();
    journal.close();
  };
  let closing: Promise<void> | undefined;
  return {
    venue,
    info: {
      ...urls,
      priceSource: priceSourceOf(config).kind,
      instruments: markets.map(({ instrument }) => instrument.id),
      accountCurrency: accountCurrency(markets),
    },
    close: () => (closing ??= close()),
  };
}

/**
 * What the account is kept in: dollars where any market is quoted in them, else the quote currency
 * of a replay.
 */
function accountCurrency(markets: readonly Market[]): string {
  const quoted = markets.map(({ instrument }) => instrument.quoteCurrency);
  return quoted.find((currency) => currency === 'USDT') ?? quoted[0] ?? 'USDT';
}

async function openMarkets(
  config: SimulatorConfig,
  marks: Marks,
  startedAt: number,
  log: Logger,
): Promise<Followed> {
  const chosen = priceSourceOf(config);
  const stop = async (): Promise<void> => undefined;
  switch (chosen.kind) {
    case 'simulated':
      return { markets: modelMarkets(config.BALLAST_SIMULATOR_SEED, marks, startedAt), stop };
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

function modelMarkets(seed: string, marks: Marks, startedAt: number): Market[] {
  return DEFAULT_LISTINGS.map((listing) => {
    const instrument = makeInstrument(listing);
    const mark = marks[listing.symbol];
    const resumeTicks = mark?.kind === 'model' ? mark.priceTicks : null;
    const source = createModelSource({ seed, listing, instrument, startedAt, resumeTicks });
    return openMarket(instrument, source, startedAt);
  });
}
