import { beatOnBus, latestQuotes, openBus, readMarket } from '@ballast/bus';
import { openDatabase } from '@ballast/db';
import { MARKET_VENUES } from '@ballast/domain';
import { runService } from '@ballast/observability';
import { followAsked } from './asked-signals.ts';
import { decide } from './decide.ts';
import { createLeaveAnswers } from './leave-answers.ts';
import { lookRegularly } from './look-regularly.ts';
import { createMarketHost } from './market-host.ts';
import { followRegime } from './regime-watch.ts';
import { startScoring } from './scoring/start-scoring.ts';
import { loadSettings } from './settings.ts';

const NAME = 'strategy-worker';
/** market-data stores a wide bar some seconds after its end. */
const WIDE_LOOK_EVERY_MS = 3_000;
const LEAVES_LOOK_EVERY_MS = 5_000;

/**
 * Stored bars warm the strategies up; the stream drives those of a minute, the store those of wider
 * bars. Bars that closed while this process was down are history: they warm up, and nothing is
 * entered on them. What they say is to be left, is left. A database that fails stops the process:
 * an opinion that cannot be stored must not pass unseen, and the next start begins from the stored
 * bars again.
 */
runService(NAME, async ({ log, metrics, onClose, fail }) => {
  const settings = loadSettings();
  const db = openDatabase(settings.databaseUrl, {
    onError: (error) => log.warn({ err: error }, 'idle database connection broke'),
  });
  onClose(() => db.close(), 'database');
  const bus = openBus(settings.redisUrl, NAME, log);
  onClose(() => bus.close(), 'bus');

  const context = { ...settings, db, bus, log, now: Date.now };
  const host = createMarketHost({
    ...context,
    metrics,
    decide: (input) => decide(context, input),
  });

  const scoring = startScoring({ db, log, metrics, now: Date.now });
  onClose(() => scoring.stop(), 'scoring');

  // The stream is joined before the stored bars are read, so that no bar falls between the two.
  const warm = Promise.withResolvers<void>();
  const gaps = metrics.counter(
    'ballast_strategy_worker_market_entries_lost_total',
    'Stream entries that were never seen',
  );
  const reader = readMarket(settings.redisUrl, {
    venues: MARKET_VENUES,
    from: '$',
    name: `${NAME}:market`,
    log,
    onGap: (gap) => gaps.inc({}, gap.entries),
    onFail: fail,
    async onBatch(events) {
      scoring.accept(events);
      await warm.promise;
      await host.accept(events);
    },
  });
  onClose(() => reader.stop(), 'market reader');

  host.seedQuotes(await latestQuotes(bus));
  const info = await host.warmUp().finally(() => warm.resolve());

  const asked = followAsked(context);
  onClose(() => asked.stop(), 'asked signals');
  const leaves = lookRegularly(LEAVES_LOOK_EVERY_MS, createLeaveAnswers(context), (error) =>
    log.error({ err: error }, 'leaves that were asked for not looked at'),
  );
  onClose(() => leaves.stop(), 'leaves');
  const wide = lookRegularly(WIDE_LOOK_EVERY_MS, host.look, (error) =>
    fail(error instanceof Error ? error : new Error(String(error))),
  );
  onClose(() => wide.stop(), 'wide bars');
  const regime = followRegime(context);
  onClose(() => regime.stop(), 'regime');
  const heartbeat = beatOnBus(bus, NAME, { log, counts: metrics.counts });
  onClose(() => heartbeat.stop(), 'heartbeat');
  return info;
});
