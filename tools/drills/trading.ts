import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Broker, bybitBroker } from '@ballast/brokers';
import { type Bus, latestQuotes, openBus, readState } from '@ballast/bus';
import { type Database, openDatabase } from '@ballast/db';
import { type CommandWire, instrumentId, symbolOf } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { z } from 'zod';
import { EXIT } from '../launcher/launch-error.ts';
import { type Platform, startPlatform } from '../launcher/platform.ts';
import { ACCOUNT, SERVICES } from '../launcher/services.ts';
import { isRunning } from '../stores/process-identity.ts';
import { type LedgerView, ledgerView } from './ledger-view.ts';
import { commandOf, createOperator, newId, type Operator } from './operator.ts';
import { until } from './until.ts';
import { type VenueHands, venueHands } from './venue-hands.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const GATEWAY = 'order-gateway';
const NEEDED = ['venue-simulator', 'market-data', GATEWAY];
/** A gateway that is killed twenty times is not a gateway that fails. */
const RESTARTS = {
  firstPauseMs: 250,
  maxPauseMs: 250,
  steadyAfterMs: 60_000,
  recoveringAfterMs: 30_000,
};
export const SWEEP_EVERY_MS = 1_000;

export const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
export const ETH = instrumentId('bybit', 'linear', 'ETHUSDT');
export const SOL = instrumentId('bybit', 'linear', 'SOLUSDT');

export type Environment = Record<string, Record<string, string>>;
export type Trade = {
  readonly tradeId: string;
  readonly commandId: string;
  /** The command that asked for it. */
  readonly wire: CommandWire;
  readonly symbol: string;
  readonly stop: number;
  readonly target: number;
};
type Wish = { instrument?: string; direction?: 'long' | 'short'; quantity?: string };

/** Stores, simulated venue, feed and gateway, as real processes, with hands on everything. */
export type Trading = {
  readonly platform: Platform;
  readonly db: Database;
  readonly bus: Bus;
  /** An adapter of our own beside the gateway's. */
  readonly broker: Broker;
  readonly venue: VenueHands;
  readonly operator: Operator;
  readonly ledger: LedgerView;
  readonly dataDir: string;
  /** By service: what is changed here holds from its next start on. */
  readonly environment: Environment;
  /** The gateway takes new risk, by what it has published since this was asked. */
  takesRisk(): Promise<void>;
  /** A trade at market with levels one percent away from the venue's own price. */
  open(wish?: Wish): Promise<Trade>;
  /** The same, with stop and target at work. */
  openProtected(wish?: Wish): Promise<Trade>;
  /** Takes the market past an exit. */
  pass(trade: Trade, exit: 'stop' | 'target'): Promise<void>;
  /** kill -9; resolves when the process is gone. */
  killGateway(): Promise<void>;
  gatewayReady(): Promise<void>;
  stop(): Promise<void>;
};

/** @param services those beside the simulator and the feed that the launcher starts and keeps up */
export async function startTrading(
  services: readonly string[] = NEEDED,
  more: Environment = {},
): Promise<Trading> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ballast-drill-'));
  chmodSync(dataDir, 0o755);
  const environment: Environment = {
    ...more,
    'venue-simulator': { BALLAST_SIMULATOR_CONTROL: 'true', ...more['venue-simulator'] },
    [GATEWAY]: { BALLAST_SWEEP_EVERY_MS: String(SWEEP_EVERY_MS) },
  };
  const closers: (() => Promise<void> | void)[] = [
    () => rmSync(dataDir, { recursive: true, force: true }),
  ];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  const ending = new AbortController();
  let started = false;
  const deafen = onSignals(() => {
    ending.abort(new Error('told to end'));
    if (started) void stop().finally(() => process.exit(EXIT.failure));
  });
  // Last of all: until the folder is gone another signal would end us.
  closers.unshift(deafen);
  try {
    const platform = await startPlatform({
      signal: ending.signal,
      ...{ dataDir, environment, port: 4180, feed: 'simulator', seed: 7, log: () => undefined },
      services: SERVICES.filter(({ name }) => services.includes(name)),
      restartTiming: RESTARTS,
    });
    closers.push(() => platform.stop());
    const bus = openBus(platform.redisUrl('dashboard'), 'drill', createLogger('drill', 'silent'));
    closers.push(() => bus.close());
    const db = openDatabase(platform.ownerUrl, { max: 8 });
    closers.push(() => db.close());
    started = true;
    return { ...assemble(platform, db, bus), dataDir, environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * A drill that is told to end leaves nothing behind either. One key press comes from the terminal
 * and once more from each process above us: the next ones may not end the clearing up.
 * @returns what ends the listening
 */
function onSignals(act: () => void): () => void {
  let told = false;
  const listen = (): void => {
    if (told) return;
    told = true;
    act();
  };
  for (const signal of SIGNALS) process.on(signal, listen);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listen);
  };
}

function assemble(platform: Platform, db: Database, bus: Bus) {
  const venue = venueHands(`http://127.0.0.1:${platform.portOf('venue-simulator')}`);
  const operator = createOperator(bus, platform.secret('command-key-dashboard'));
  const ledger = ledgerView(db);
  const open = (wish: Wish = {}): Promise<Trade> => openTrade({ bus, venue, operator }, wish);
  return {
    ...{ platform, db, bus, venue, operator, ledger, open, broker: ownBroker(platform, venue) },
    takesRisk: () => takesRisk(bus),
    async openProtected(wish?: Wish) {
      await takesRisk(bus);
      const trade = await open(wish);
      await ledger.orderIs(trade.tradeId, 'stop', 'working');
      await ledger.orderIs(trade.tradeId, 'target', 'working');
      return trade;
    },
    async pass(trade: Trade, exit: 'stop' | 'target') {
      const away = Math.sign(trade[exit] - (trade.stop + trade.target) / 2) * 0.002;
      await venue.move(trade.symbol, trade[exit] * (1 + away));
    },
    async killGateway() {
      const service = platform.service(GATEWAY);
      const { identity } = service;
      service.kill('SIGKILL');
      if (identity === undefined) return;
      await until('the killed gateway is gone', async () => !(await isRunning(identity)));
    },
    gatewayReady: () => platform.service(GATEWAY).whenReady(),
  };
}

const published = z.object({ asOf: z.number(), behind: z.string().nullable() });

async function takesRisk(bus: Bus): Promise<void> {
  const askedAt = Date.now();
  await until('the gateway takes new risk', async () => {
    const { asOf, behind } = published.parse(await readState(bus, 'portfolio'));
    return asOf > askedAt && behind === null;
  });
}

/** No plan is like one before it: the gateway would take the second for a mistake. */
const asked = new Set<string>();
const A_TICK = 0.1;

async function openTrade(
  { bus, venue, operator }: { bus: Bus; venue: VenueHands; operator: Operator },
  { instrument = ETH, direction = 'long', quantity = '1' }: Wish,
): Promise<Trade> {
  const symbol = symbolOf(instrument);
  const last = await quoteFollowsVenue(bus, venue, instrument);
  const sign = direction === 'long' ? 1 : -1;
  const stop = onTick(last * (1 - 0.01 * sign));
  let target = onTick(last * (1 + 0.01 * sign));
  while (asked.has(`${instrument} ${stop} ${target}`)) target = onTick(target + A_TICK * sign);
  asked.add(`${instrument} ${stop} ${target}`);
  const tradeId = newId();
  const plan = {
    instrument,
    direction,
    entry: { type: 'market' as const },
    stop: String(stop),
    takeProfit: { style: 'single' as const, target: String(target) },
    quantity,
    origin: { kind: 'ticket' as const },
  };
  const wire = commandOf({ type: 'openTrade', body: { tradeId, plan } });
  await operator.send(wire);
  return { tradeId, commandId: wire.id, wire, symbol, stop, target };
}

/** A tenth is a whole number of ticks in each of the simulator's markets. */
const onTick = (price: number): number => Math.round(price * 10) / 10;

/**
 * After a jump of the market the newest quote is behind for a moment: levels made on it would be
 * passed already.
 */
function quoteFollowsVenue(bus: Bus, venue: VenueHands, instrument: string): Promise<number> {
  return until(`the quote of ${instrument} follows the venue`, async () => {
    const last = await venue.price(symbolOf(instrument));
    const quotes = await latestQuotes(bus);
    const quote = [...quotes].find(([id]) => id === instrument)?.[1];
    return Math.abs(last - Number(quote?.last)) / last < 0.001 && last;
  });
}

function ownBroker(platform: Platform, venue: VenueHands): Broker {
  return bybitBroker({
    account: ACCOUNT,
    category: 'linear',
    key: platform.secret('simulator-api-key'),
    secret: platform.secret('simulator-api-secret'),
    restUrl: venue.url,
    privateWsUrl: `${venue.url.replace('http', 'ws')}/v5/private`,
    coin: 'USDT',
    now: () => Date.now(),
    onBadRow: (code, detail) => {
      throw new Error(`${code}: ${detail}`);
    },
  });
}

/** Ends a store of this run without a chance to close anything. */
export function killStore(dataDir: string, store: 'redis' | 'postgres'): void {
  const file = { redis: 'redis/redis.pid', postgres: 'postgres/cluster/postmaster.pid' }[store];
  const pid = Number(readFileSync(join(dataDir, file), 'utf8').split('\n')[0]);
  process.kill(pid, 'SIGKILL');
}
