import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { Pipeline } from './hub/pipeline.ts';
import { BTC, IBM } from './quality/recorded.fixture.ts';
import { feedSummary } from './status.ts';

const NOW = 1_700_000_040_000;
const traits = { tellsQuotes: true, keepsTrades: false };

test('the feeds are as good as the worst of those that are on the air', () => {
  const outlet = { trade: () => {}, quote: () => {}, bar: () => {} };
  const log = createLogger('test', 'silent');
  const pipeline = new Pipeline({ outlet, log, now: () => NOW });
  const hub = { pipeline, feeds: new Map() };
  expect(feedSummary(hub)).toMatchObject({ state: 'connecting', lastDataAt: 0, sources: [] });
  const [bybit, alpaca, ibkr] = (['bybit', 'alpaca', 'ibkr'] as const).map((name) => ({
    name,
    told: pipeline.handlersOf(name),
  }));
  if (bybit === undefined || alpaca === undefined || ibkr === undefined) throw new Error('none');
  const wanted = [
    { instrument: BTC, sources: [{ name: bybit.name, ...traits }] },
    { instrument: IBM, sources: [alpaca, ibkr].map(({ name }) => ({ name, ...traits })) },
  ];
  pipeline.setWanted(wanted, NOW);
  bybit.told.onState('live', 'first data');
  alpaca.told.onState('stale', 'FEED_DATA_STALE');
  ibkr.told.onState('down', 'FEED_CONNECTION_LOST');
  const summary = feedSummary(hub);
  expect(summary).toMatchObject({ state: 'stale', reason: 'FEED_DATA_STALE', since: NOW });
  expect(summary.sources).toMatchObject([
    { source: 'bybit', state: 'live', instrumentsOnAir: 1 },
    { source: 'alpaca', state: 'stale', instrumentsOnAir: 1 },
    { source: 'ibkr', state: 'down', instrumentsOnAir: 0 },
  ]);
  alpaca.told.onState('live', 'first data');
  expect(feedSummary(hub)).toMatchObject({ state: 'live' });
});
