import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  type Bar,
  type Instrument,
  instrumentId,
  type MarketEvent,
  parseQuantity,
  parseScaled,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import { Hub } from '../src/hub/hub.ts';
import { TakerVolume } from '../src/microstructure/taker-volume.ts';
import { alpacaSource, finnhubSource } from '../src/sources/equities.ts';
import type { Source } from '../src/sources/source.ts';

const SIMULATOR = join(import.meta.dirname, '../../venue-simulator/src/main.ts');
const KEY = 'market-data-test';
const SECRET = 'f4a1c7e09b2d58634fe0a9c1d7b3526e';
const WAIT = { timeout: 20_000 };
const log = createLogger('market-data-test', 'silent');
const ready = z.object({
  finnhubWsUrl: z.string(),
  alpacaDataUrl: z.string(),
  alpacaRestUrl: z.string(),
  controlUrl: z.string(),
});
let simulator: ChildProcess;
let told: z.infer<typeof ready>;
let hub: Hub | null = null;

/** A stock that is traded around the clock, so that the test may run on any day. */
const AAPL: Instrument = {
  id: instrumentId('alpaca', 'stock', 'AAPL'),
  ...{ baseCurrency: 'AAPL', quoteCurrency: 'USD', minNotional: 0n, sector: 'technology' },
  ...{ tickSize: parseScaled('0.01'), lotSize: parseScaled('1'), multiplier: parseScaled('1') },
  ...{ minQuantity: parseQuantity('1'), maxQuantity: parseQuantity('1000') },
  session: 'continuous',
};

beforeAll(async () => {
  simulator = fork(SIMULATOR, {
    env: {
      ...compileCache,
      BALLAST_LOG_LEVEL: 'error',
      ...{ BALLAST_SIMULATOR_API_KEY: KEY, BALLAST_SIMULATOR_API_SECRET: SECRET },
      ...{ BALLAST_SIMULATOR_VENUES: 'alpaca,finnhub', BALLAST_SIMULATOR_CONTROL: 'true' },
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = await once(simulator, 'message');
  told = ready.parse(message);
});

afterAll(async () => {
  await hub?.stop();
  const ended = once(simulator, 'exit');
  simulator.kill('SIGTERM');
  await ended;
});

const anyDay = (source: Source): Source => ({
  ...source,
  routeOf: (instrument) => ({ instrument, symbol: 'AAPL' }),
});

async function fault(name: string, ms: number): Promise<void> {
  const response = await fetch(`${told.controlUrl}/control?venue=finnhub`, {
    method: 'POST',
    body: JSON.stringify({ fault: name, ms }),
    headers: { 'content-type': 'application/json' },
  });
  expect(await response.json()).toEqual({ ok: true });
}

test('when Finnhub falls silent Alpaca is on the air within seconds, with its name on all', async () => {
  const credentials = { key: KEY, secret: SECRET };
  const finnhub = finnhubSource({ url: told.finnhubWsUrl, keys: [KEY] }, log);
  const alpaca = alpacaSource(
    {
      ...{ wsUrl: told.alpacaDataUrl, dataUrl: told.alpacaRestUrl, feed: 'iex', credentials },
      tradingUrl: told.alpacaRestUrl,
    },
    log,
  );
  const events: MarketEvent[] = [];
  const bars: Bar[] = [];
  hub = new Hub([anyDay(finnhub), anyDay(alpaca)], {
    log,
    now: Date.now,
    taker: new TakerVolume(),
  });
  const { output, pipeline } = hub;
  output.open(
    { publish: (event) => void events.push(event), store: (list) => void bars.push(...list) },
    { events: [], bars: [], goneBefore: new Map(), barsGoneBefore: new Map() },
  );
  hub.follow([AAPL]);
  const trades = () => events.flatMap((event) => (event.kind === 'trade' ? [event.trade] : []));
  await vi.waitFor(() => {
    expect(trades().length).toBeGreaterThan(5);
    expect(pipeline.onAir()).toEqual({ finnhub: 1 });
  }, WAIT);
  await vi.waitFor(() => expect(events.some(({ kind }) => kind === 'quote')).toBe(true), WAIT);

  await fault('silentFeed', 60_000);
  await vi.waitFor(() => expect(pipeline.onAir()).toEqual({ alpaca: 1 }), WAIT);
  const before = trades().length;
  await vi.waitFor(() => expect(trades().length).toBeGreaterThan(before + 3), WAIT);
  const ids = trades().map(({ source, venueTradeId }) => `${source} ${venueTradeId}`);
  expect(new Set(ids).size).toBe(ids.length);
  expect(trades().at(-1)?.source).toBe('alpaca');
  const silent = trades().findIndex(({ source }) => source === 'alpaca');
  expect(
    trades()
      .slice(silent)
      .every(({ source }) => source === 'alpaca'),
  ).toBe(true);
  expect(pipeline.counts()).toMatchObject({ airSwitches: 1 });
  for (const event of events) {
    if (event.kind === 'quote') expect(event.quote.source).toBe('alpaca');
  }
});
