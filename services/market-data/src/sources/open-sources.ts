import { type Database, loadUniverse } from '@ballast/db';
import type { InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { MarketDataConfig } from '../config.ts';
import { bybitSource } from './bybit.ts';
import { alpacaSource, finnhubSource, ibkrSource } from './equities.ts';
import type { Source } from './source.ts';
import { type FeedSwitch, switchedSource } from './switched-feed.ts';

/** The configured sources, in the order in which they are preferred. */
export function openSources(
  config: MarketDataConfig,
  { db, feedSwitch, log }: { db: Database; feedSwitch: FeedSwitch; log: Logger },
): Source[] {
  const { bybit, finnhub, alpaca, ibkr } = config;
  const made: Partial<Record<string, Source>> = {};
  if (bybit !== null) {
    const wsUrl = bybit.BALLAST_BYBIT_PUBLIC_WS_URL;
    made['bybit'] = bybitSource({ wsUrl, restUrl: bybit.BALLAST_BYBIT_PUBLIC_REST_URL }, log);
  }
  if (finnhub !== null) {
    const { BALLAST_FINNHUB_WS_URL: url, BALLAST_FINNHUB_KEYS: keys } = finnhub;
    made['finnhub'] = finnhubSource({ url, keys }, log);
  }
  if (alpaca !== null) {
    const { BALLAST_ALPACA_API_KEY: key, BALLAST_ALPACA_API_SECRET: secret } = alpaca;
    made['alpaca'] = alpacaSource(
      {
        wsUrl: alpaca.BALLAST_ALPACA_DATA_WS_URL,
        dataUrl: alpaca.BALLAST_ALPACA_DATA_REST_URL,
        tradingUrl: alpaca.BALLAST_ALPACA_REST_URL,
        feed: alpaca.BALLAST_ALPACA_DATA_FEED,
        credentials: { key, secret },
      },
      log,
    );
  }
  if (ibkr !== null) {
    made['ibkr'] = ibkrSource(
      {
        host: ibkr.BALLAST_IBKR_HOST,
        port: ibkr.BALLAST_IBKR_PORT,
        clientId: ibkr.BALLAST_IBKR_DATA_CLIENT_ID,
        linesMax: ibkr.BALLAST_IBKR_LINES,
      },
      log,
      () => knownInstruments(config, db),
    );
  }
  const own = new Set<string>(config.BALLAST_FEEDS_WITH_OWN_KEY);
  return config.BALLAST_FEEDS.flatMap((name) => made[name] ?? []).map((source) =>
    switchedSource(source, { feedSwitch, hasOwnKey: own.has(source.name), log }),
  );
}

/** What the configuration names, and all that has ever been in the universe. */
async function knownInstruments(
  { BALLAST_INSTRUMENTS: choice }: MarketDataConfig,
  db: Database,
): Promise<InstrumentId[]> {
  const rows = await loadUniverse(db);
  return [...(choice === 'all' ? [] : choice), ...rows.map(({ instrument }) => instrument.id)];
}
