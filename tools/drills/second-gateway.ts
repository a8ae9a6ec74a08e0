import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit, gatewayFences, tradeEvents } from '@ballast/db';
import { asc } from 'drizzle-orm';
import { inheritedEnvironment } from '../launcher/service-environment.ts';
import { ServiceProcess } from '../launcher/service-process.ts';
import { SERVICES } from '../launcher/services.ts';
import { Claims, type Drill } from './drill.ts';
import { tally } from './tally.ts';
import { BTC, ETH, SOL, startTrading, type Trading } from './trading.ts';
import { until } from './until.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const READY_WITHIN_MS = 30_000;

/**
 * A second gateway is started on an account that already has one, with trades under way: from the
 * moment it holds the fence exactly one writes, and the other ends and says why.
 */
export const secondGateway: Drill = async (_options, say) => {
  const trading = await startTrading(['venue-simulator', 'market-data']);
  const claims = new Claims(say);
  const started: ServiceProcess[] = [];
  try {
    const first = await startGateway(trading, 'gateway-1', started);
    const held = await trading.openProtected({ instrument: ETH });
    const before = await epochInForce(trading);
    const starting = startGateway(trading, 'gateway-2', started);
    const flying = [];
    for (const wish of [
      { instrument: BTC, quantity: '0.05' },
      { instrument: SOL, quantity: '9' },
    ]) {
      flying.push(await trading.open(wish));
    }
    await starting;
    const exit = await first.exited;
    const log = readFileSync(logOf(trading, 'gateway-1'), 'utf8');
    claims.claim('the loser ends', exit.code !== 0 && exit.code !== null, exit);
    claims.claim('the loser says FENCED', log.includes('FENCED'), log.slice(-400));
    const after = await epochInForce(trading);
    claims.claim('the second holds the fence', after > before, { before, after });
    await trading.takesRisk();
    await trading.operator.ask({ type: 'closeAll', body: { reason: 'drill' } });
    const how = await trading.ledger.ended(held.tradeId);
    claims.claim('the second ends a trade of the first', how === 'CLOSE', how);
    for (const { tradeId, commandId } of flying) await answered(trading, tradeId, commandId);
    const next = await trading.openProtected({ instrument: ETH, quantity: '0.7' });
    await trading.pass(next, 'target');
    const again = await trading.ledger.ended(next.tradeId);
    claims.claim('the second opens and ends a trade', again === 'TARGET', again);
    const mixed = await writesAfterTakeOver(trading);
    claims.claim('no write of the loser after it lost the fence', mixed === 0, mixed);
    const counts = await tallyWithout(trading);
    const whole = counts.duplicates + counts.lost + counts.faults.length === 0;
    claims.claim('each order once at the venue, ledger equals it', whole, counts);
    return { ok: claims.ok, claims: claims.held, failures: claims.failures, ...counts };
  } finally {
    for (const gateway of started) await gateway.stop();
    await trading.stop();
  }
};

async function startGateway(
  trading: Trading,
  name: string,
  started: ServiceProcess[],
): Promise<ServiceProcess> {
  const definition = SERVICES.find((service) => service.name === 'order-gateway');
  if (definition === undefined) throw new Error('the launcher knows no order-gateway');
  const { platform, dataDir } = trading;
  const env = {
    ...inheritedEnvironment(dataDir),
    ...definition.environment({
      options: { dataDir, port: 0, feed: 'simulator', seed: 7 },
      secrets: { get: (secret) => platform.secret(secret) },
      databaseUrl: (role) => platform.databaseUrl(role),
      redisUrl: (user) => platform.redisUrl(user),
      portOf: (service) => platform.portOf(service),
      toldBy: (service, what) => platform.toldBy(service, what),
      previous: undefined,
    }),
    ...trading.environment['order-gateway'],
  };
  const main = join(CHECKOUT, definition.main);
  const logFile = logOf(trading, name);
  const gateway = new ServiceProcess({ name, main, cwd: CHECKOUT, env, logFile });
  started.push(gateway);
  await gateway.ready(new AbortController().signal, READY_WITHIN_MS);
  return gateway;
}

const logOf = ({ dataDir }: Trading, name: string): string => join(dataDir, 'logs', `${name}.log`);

async function epochInForce({ db }: Trading): Promise<number> {
  const [row] = await db.select().from(gatewayFences);
  return row?.epoch ?? 0;
}

/** Each plan is taken by one of them, or refused with a reason: none is lost in between. */
async function answered({ ledger }: Trading, tradeId: string, commandId: string): Promise<void> {
  await until(`${tradeId} is over or was refused`, async () => {
    if ((await ledger.refusal(commandId)) !== null) return true;
    return (await ledger.trade(tradeId))?.endedAt != null;
  });
}

/** Rows whose epoch is below that of a row before them. */
async function writesAfterTakeOver({ db }: Trading): Promise<number> {
  const chains = [
    await db.select().from(audit).orderBy(asc(audit.seq)),
    await db.select().from(tradeEvents).orderBy(asc(tradeEvents.seq)),
  ];
  return chains.reduce((sum, rows) => sum + fallsIn(rows.map(({ epoch }) => epoch)), 0);
}

function fallsIn(epochs: readonly number[]): number {
  return epochs.filter((epoch, index) => epoch < (epochs[index - 1] ?? 0)).length;
}

/** The launcher keeps no gateway up here: nobody has to be waited for. */
function tallyWithout(trading: Trading) {
  return tally({ ...trading, gatewayReady: async () => undefined });
}
