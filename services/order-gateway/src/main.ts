import { bybitBroker } from '@ballast/brokers';
import { beatOnBus, openBus } from '@ballast/bus';
import { openDatabase } from '@ballast/db';
import { loadConfig, runService } from '@ballast/observability';
import { SYSTEM_CLOCK } from './clock.ts';
import { serveCommands } from './commands/serve.ts';
import { CONFIG } from './config.ts';
import { newId } from './ids.ts';
import { followPrices } from './market-prices.ts';
import { publishPortfolio } from './portfolio/publish.ts';
import { postgresStore } from './store/postgres-store.ts';
import { startTrading } from './trading.ts';

const now = SYSTEM_CLOCK.now;
const config = loadConfig(CONFIG);

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
  const { quotes, stop } = await followPrices(bus, redisUrl, log);
  onClose(stop, 'prices');

  const broker = bybitBroker({
    account,
    key: config.BALLAST_BYBIT_API_KEY,
    secret: config.BALLAST_BYBIT_API_SECRET,
    restUrl: config.BALLAST_BYBIT_REST_URL,
    privateWsUrl: config.BALLAST_BYBIT_PRIVATE_WS_URL,
    coin: config.BALLAST_ACCOUNT_CURRENCY,
    now,
    onBadRow(code, detail) {
      count(code);
      log.error({ code, detail }, 'a row of the venue cannot be read');
    },
  });
  const sweepEveryMs = config.BALLAST_SWEEP_EVERY_MS;
  const { journal, watch, behind } = await startTrading(context, {
    ...{ store: postgresStore(db, account), broker, quotes, sweepEveryMs },
    ...{ clock: SYSTEM_CLOCK, newId, count },
  });

  const portfolio = publishPortfolio({
    ...{ bus, account, watch, journal, behind, quotes, now, log },
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
  const heartbeat = beatOnBus(bus, 'order-gateway', { log, counts: metrics.counts });
  onClose(() => heartbeat.stop(), 'heartbeat');
  return { account };
});
