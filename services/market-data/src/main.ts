import { beatOnBus, createMarketPublisher, openBus } from '@ballast/bus';
import { openDatabase, saveBars, saveInstruments } from '@ballast/db';
import {
  createTokenBucket,
  fetchBars,
  fetchInstruments,
  openBybitFeed,
  openBybitHistory,
  ownRoutes,
} from '@ballast/feeds';
import { runService } from '@ballast/observability';
import { fetchHistory, startBackfill } from './backfill/awaited-minutes.ts';
import { createGapFiller } from './backfill/gap-filler.ts';
import { createBarStore } from './bar-store.ts';
import { readConfig } from './config.ts';
import { minuteOf, startGapWatch } from './coverage/gap-watch.ts';
import { chooseInstruments } from './instruments.ts';
import { Pipeline } from './pipeline.ts';
import { firstQuotes } from './readiness.ts';
import { startRollWatch } from './rolling/roll-watch.ts';
import { collectCounts, startStatus } from './status.ts';

const SERVICE = 'market-data';
const VENUE = 'bybit';
const TICK_EVERY_MS = 250;
/** Of the 600 that the venue allows each address in five seconds: the rest is for orders. */
const HISTORY_BUDGET = { tokens: 50, windowMs: 5_000 };
const BACKFILL_REACH_MS = 30 * 86_400_000;

const config = readConfig();

runService(SERVICE, async ({ log, metrics, onClose }) => {
  const now = Date.now;
  const bus = openBus(config.BALLAST_REDIS_URL, SERVICE, log);
  onClose(() => bus.close(), 'bus');
  const db = openDatabase(config.BALLAST_DATABASE_URL, {
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  onClose(() => db.close(), 'database');
  const publisher = createMarketPublisher(bus, VENUE, {
    log,
    runId: `${process.pid}-${now()}`,
    onPressure: (high) => feed.setPaused(high),
  });
  onClose(() => publisher.close(), 'publisher');

  const rest = { url: config.BALLAST_BYBIT_PUBLIC_REST_URL, log };
  const begin = now();
  const instruments = chooseInstruments(config.BALLAST_INSTRUMENTS, await fetchInstruments(rest));
  await saveInstruments(db, instruments, begin);
  const barsOf = (instrument: (typeof instruments)[number], limit: number) =>
    fetchBars(rest, instrument, limit);

  const stored = { db, instruments, now, log };
  const rolls = startRollWatch({ ...stored, begin });
  onClose(() => rolls.stop(), 'roll watch');
  const barStore = createBarStore(async (bars) => {
    await saveBars(db, bars);
    rolls.stored(bars);
  }, log);
  onClose(() => barStore.close(), 'bar store');
  await barStore.storeNow(await fetchHistory(instruments, barsOf));

  const pipeline = new Pipeline({ instruments, publisher, barStore, log, begin, now });
  const feed = openBybitFeed({
    url: config.BALLAST_BYBIT_PUBLIC_WS_URL,
    routes: ownRoutes(instruments),
    handlers: pipeline,
    log,
  });
  onClose(() => feed.stop(), 'feed');
  const ticking = setInterval(() => pipeline.tick(), TICK_EVERY_MS);
  onClose(() => clearInterval(ticking), 'clock');
  const backfill = startBackfill({ instruments, pipeline, fetchBars: barsOf, now, log });
  onClose(() => backfill.stop(), 'backfill');

  const filler = createGapFiller({
    ...stored,
    routes: ownRoutes(instruments),
    history: openBybitHistory({ url: rest.url, budget: createTokenBucket(HISTORY_BUDGET) }),
    reachMs: BACKFILL_REACH_MS,
  });
  const { fill } = filler;
  const gaps = startGapWatch({ ...stored, begin: minuteOf(begin), fill });
  onClose(() => gaps.stop(), 'gap watch');
  const sources = { pipeline, feed, publisher, barStore, gaps, rolls, filler };
  const status = startStatus({ bus, metrics, log, sources });
  onClose(() => status.stop(), 'status');
  const heartbeat = beatOnBus(bus, SERVICE, { log, counts: async () => collectCounts(sources) });
  onClose(() => heartbeat.stop(), 'heartbeat');

  await firstQuotes(pipeline);
  return { instruments: instruments.map(({ id }) => id) };
});
