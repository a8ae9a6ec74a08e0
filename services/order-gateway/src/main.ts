import { beatOnBus, openBus } from '@ballast/bus';
import { openDatabase } from '@ballast/db';
import { runService } from '@ballast/observability';
import { SYSTEM_CLOCK } from './clock.ts';
import { serveCommands } from './commands/serve.ts';
import { gatewayConfig } from './config.ts';
import { newId } from './ids.ts';
import { followPrices } from './market-prices.ts';
import { openBroker } from './open-broker.ts';
import { openPager } from './pager/open-pager.ts';
import { publishPortfolio } from './portfolio/publish.ts';
import { createPriceWatch } from './price-watch.ts';
import { postgresStore } from './store/postgres-store.ts';
import { startTrading } from './trading.ts';
import { createOddities } from './venue/oddities.ts';

const now = SYSTEM_CLOCK.now;
const config = gatewayConfig();

runService('order-gateway', async (context) => {
  const { log, metrics, onClose, fail } = context;
  const account = config.BALLAST_ACCOUNT;
  const redisUrl = config.BALLAST_REDIS_URL;
  const events = metrics.counter('ballast_order_gateway_events_total', 'What happened, by kind', [
    'kind',
  ]);
  const count = (kind: string): void => events.inc({ kind });
  const onError = (error: Error): void => log.error({ err: error }, 'idle database connection');

  const db = openDatabase(config.BALLAST_DATABASE_URL, { onError });
  onClose(() => db.close(), 'database');
  const bus = openBus(redisUrl, 'order-gateway', log);
  onClose(() => bus.close(), 'bus');
  const { quotes, onQuote, stop } = await followPrices(bus, redisUrl, config.BALLAST_BROKER, log);
  onClose(stop, 'prices');

  const oddities = createOddities(config.BALLAST_BROKER, SYSTEM_CLOCK);
  const { broker, quietWindow } = openBroker(config, {
    db,
    now,
    onBadRow(code, detail, raw) {
      count(code);
      oddities.note(code, detail, raw);
      log.error({ code, detail }, 'a row of the venue cannot be read');
    },
  });
  const conditions = () => ({ quietWindow: quietWindow() });
  const sweepEveryMs = config.BALLAST_SWEEP_EVERY_MS;
  const { journal, watch, brake, behind } = await startTrading(context, {
    ...{ store: postgresStore(db, account), broker, quotes, sweepEveryMs },
    ...{ clock: SYSTEM_CLOCK, newId, count, odd: oddities.note },
    brakeCoolingMs: config.BALLAST_BRAKE_COOLING_MS,
    conditions,
  });

  oddities.start(journal);
  onClose(() => oddities.stop(), 'oddities');
  const pager = openPager({
    ...{ url: config.BALLAST_PAGE_URL, account, mode: config.BALLAST_MODE },
    ...{ db, journal, clock: SYSTEM_CLOCK, log },
  });
  onClose(() => pager.stop(), 'pager');
  const priceWatch = createPriceWatch(journal, SYSTEM_CLOCK);
  onQuote((quote) => priceWatch.heed(quote));
  const portfolio = publishPortfolio({
    ...{ bus, account, watch, journal, brake, behind, quotes, now, log },
    conditions: () => ({ ...conditions(), capabilities: broker.capabilities }),
  });
  onClose(() => portfolio.stop(), 'portfolio');
  const keys = {
    dashboard: config.BALLAST_COMMAND_KEY_DASHBOARD,
    'strategy-worker': config.BALLAST_COMMAND_KEY_STRATEGY_WORKER,
    cli: config.BALLAST_COMMAND_KEY_CLI,
  };
  const intake = { keys, account, mode: config.BALLAST_MODE, now };
  const commands = serveCommands({
    ...{ bus, redisUrl, journal, count, log, onFail: fail, context: intake },
  });
  onClose(() => commands.stop(), 'commands');
  const failing = () => journal.failing;
  const heartbeat = beatOnBus(bus, 'order-gateway', { log, counts: metrics.counts, failing });
  onClose(() => heartbeat.stop(), 'heartbeat');
  return { account };
});
