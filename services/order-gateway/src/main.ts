import { consumeCommands, openBus, putHeartbeat, trimCommands } from '@ballast/bus';
import { bybitBroker } from '@ballast/brokers';
import { openDatabase } from '@ballast/db';
import { PRODUCERS } from '@ballast/domain';
import { loadConfig, runService, startHeartbeat } from '@ballast/observability';
import { intake } from './commands/intake.ts';
import { CONFIG } from './config.ts';
import { newId } from './ids.ts';
import type { Journal } from './journal/journal.ts';
import { openJournal } from './journal/open-journal.ts';
import { followPrices } from './market-prices.ts';
import { createAccountWatch } from './portfolio/account-watch.ts';
import { publishPortfolio } from './portfolio/publish.ts';
import { firstSweepSince, recover } from './recovery.ts';
import { startTradeClock } from './trade-clock.ts';
import { auditedBroker } from './venue/audited-broker.ts';
import { connectVenue } from './venue/connection.ts';
import { createDriftCheck } from './venue/drift.ts';
import { createInbox } from './venue/inbox.ts';
import { createPerformer } from './venue/performer.ts';
import { createRouter } from './venue/routing.ts';
import { createSweep } from './venue/sweep.ts';

const COMMANDS_KEPT = 10_000;
const now = (): number => Date.now();
const config = loadConfig(CONFIG);

runService('order-gateway', async ({ log, metrics, onClose, fail }) => {
  const account = config.BALLAST_ACCOUNT;
  const events = metrics.counter('gateway_events_total', 'What happened, by kind', ['kind']);
  const count = (kind: string): void => events.inc({ kind });
  const onError = (error: Error): void => log.error({ err: error }, 'idle database connection');
  const db = openDatabase(config.BALLAST_DATABASE_URL, { onError });
  onClose(() => db.close(), 'database');
  const bus = openBus(config.BALLAST_REDIS_URL, 'order-gateway', log);
  onClose(() => bus.close(), 'bus');
  const prices = await followPrices(bus, config.BALLAST_REDIS_URL, log);
  onClose(() => prices.stop(), 'prices');

  const broker = bybitBroker({
    account,
    key: config.BALLAST_BYBIT_API_KEY,
    secret: config.BALLAST_BYBIT_API_SECRET,
    restUrl: config.BALLAST_BYBIT_REST_URL,
    privateWsUrl: config.BALLAST_BYBIT_PRIVATE_WS_URL,
    coin: config.BALLAST_ACCOUNT_CURRENCY,
    now,
  });
  const { quotes } = prices;
  const journal: Journal = await openJournal({
    ...{ db, account, quotes, log, now, newId, fatal: fail },
    balance: () => watch.balance(),
    perform: (effects) => performer.perform(effects),
  });
  onClose(() => journal.close(), 'journal');
  const audited = auditedBroker(broker, journal, { now, newId });
  const watch = createAccountWatch(db, audited, journal, now);
  const performer = createPerformer(audited, () => journal, now);
  onClose(() => performer.close(), 'performer');

  const inbox = createInbox(
    journal,
    createRouter(db, () => journal.book),
    { now, log },
  );
  const drift = createDriftCheck(journal, audited, { now, log });
  const firstSince = await firstSweepSince(db, journal, { account, now });
  const sweep = createSweep({ db, broker: audited, journal, inbox, drift, log, now, firstSince });
  log.info(await recover(db, journal, { account, now }), 'recovering');
  const venue = connectVenue({
    ...{ broker, inbox, log, count, everyMs: config.BALLAST_SWEEP_EVERY_MS },
    async sweep() {
      await sweep();
      await watch.refresh();
    },
  });
  onClose(() => venue.close(), 'venue');
  const clock = startTradeClock(journal, now);
  onClose(() => clock.stop(), 'trade clock');
  await venue.recovered();

  const portfolio = publishPortfolio({ bus, account, watch, journal, quotes, now, log });
  onClose(() => portfolio.stop(), 'portfolio');
  const keys = {
    dashboard: config.BALLAST_COMMAND_KEY_DASHBOARD,
    'strategy-worker': config.BALLAST_COMMAND_KEY_STRATEGY_WORKER,
    cli: config.BALLAST_COMMAND_KEY_CLI,
  };
  const commands = consumeCommands(config.BALLAST_REDIS_URL, {
    ...{ group: 'order-gateway', consumer: account, producers: PRODUCERS, log, onFail: fail },
    async onBatch(entries) {
      const works = entries.map((entry) =>
        intake(entry, { keys, account, mode: config.BALLAST_MODE, now }),
      );
      await Promise.all(
        works.map((work) => {
          if (work === null) return undefined;
          count(work.type === 'refusal' ? `refused ${work.code}` : 'command');
          return journal.write(work);
        }),
      );
    },
  });
  onClose(() => commands.stop(), 'commands');
  const trim = setInterval(() => {
    for (const producer of PRODUCERS) {
      trimCommands(bus, producer, COMMANDS_KEPT).catch((error: unknown) => {
        log.warn({ err: error, producer }, 'command stream not trimmed');
      });
    }
  }, 60_000);
  onClose(() => clearInterval(trim), 'trim');
  const heartbeat = startHeartbeat({
    ...{ service: 'order-gateway', everyMs: 1_000, log, counts: () => metrics.counts() },
    publish: (beat) => putHeartbeat(bus, beat),
  });
  onClose(() => heartbeat.stop(), 'heartbeat');
  return { account };
});
