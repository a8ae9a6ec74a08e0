import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bybitBroker } from '@ballast/brokers';
import {
  commandStream,
  latestQuotes,
  openBus,
  readState,
  sendCommand,
  signPayload,
} from '@ballast/bus';
import { commandRefusals, openDatabase, orders, trades } from '@ballast/db';
import {
  type CommandWire,
  formatPrice,
  parseInstrumentId,
  parsePrice,
  type Price,
  uuidV7,
} from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { and, eq, sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { z } from 'zod';
import { startPlatform } from '../launcher/platform.ts';
import { ACCOUNT, MODE, SERVICES } from '../launcher/services.ts';
import { proveAudit } from '../proof/audit-proof.ts';
import { proveLedger } from '../proof/ledger-proof.ts';
import { controlVenue } from '../proof/venue-control.ts';
import { venueAccount, venuePrice, venueRequests } from '../proof/venue-log.ts';

const NEEDED = new Set(['venue-simulator', 'market-data', 'order-gateway']);
const INSTRUMENT = parseInstrumentId('bybit.linear:ETHUSDT');
const WAIT_MS = 20_000;
export const newId = (): string => uuidV7(Date.now(), randomBytes(10));

/** Stores, simulated venue, feed and gateway, as real processes, with hands on everything. */
export async function startTrading() {
  const dataDir = mkdtempSync(join(tmpdir(), 'ballast-e2e-'));
  chmodSync(dataDir, 0o755);
  const platform = await startPlatform({
    dataDir,
    port: 4180,
    feed: 'simulator',
    seed: 7,
    log: () => undefined,
    services: SERVICES.filter(({ name }) => NEEDED.has(name)),
    environment: {
      'venue-simulator': { BALLAST_SIMULATOR_CONTROL: 'true' },
      'order-gateway': { BALLAST_SWEEP_EVERY_MS: '1000' },
    },
  });
  const log = createLogger('e2e', 'error');
  const bus = openBus(platform.redisUrl('dashboard'), 'e2e', log);
  const db = openDatabase(platform.ownerUrl);
  const venueUrl = `http://127.0.0.1:${platform.portOf('venue-simulator')}`;
  const broker = bybitBroker({
    category: 'linear',
    account: ACCOUNT,
    key: platform.secret('simulator-api-key'),
    secret: platform.secret('simulator-api-secret'),
    restUrl: venueUrl,
    privateWsUrl: `${venueUrl.replace('http', 'ws')}/v5/private`,
    coin: 'USDT',
    now: () => Date.now(),
    onBadRow: (code, detail) => {
      throw new Error(`${code}: ${detail}`);
    },
  });

  function command(body: Pick<CommandWire, 'type' | 'body'>, change: object = {}): CommandWire {
    const issuedAt = Date.now();
    const header = {
      version: 1,
      id: newId(),
      producer: 'dashboard',
      actor: 'operator',
      account: ACCOUNT,
      mode: MODE,
      issuedAt,
      expiresAt: issuedAt + 8_000,
      nonce: randomBytes(16).toString('hex'),
    };
    return { ...header, ...body, ...change } as CommandWire;
  }
  const send = (wire: CommandWire): Promise<string> =>
    sendCommand(bus, wire, platform.secret('command-key-dashboard'));

  /** The text goes onto the dashboard's stream as it is, with a right or a wrong signature. */
  async function sendRaw(payload: string, signature?: string): Promise<void> {
    const signed = signature ?? signPayload(payload, platform.secret('command-key-dashboard'));
    const stream = commandStream('dashboard');
    await bus.run('XADD raw', (redis) =>
      redis.xadd(stream, '*', 'payload', payload, 'signature', signed),
    );
  }

  async function sendAsWorker(wire: CommandWire): Promise<void> {
    const worker = openBus(platform.redisUrl('strategy-worker'), 'e2e worker', log);
    await sendCommand(worker, wire, platform.secret('command-key-strategy-worker'));
    await worker.close();
  }

  const price = async (factor: bigint): Promise<string> => {
    const last = parsePrice((await latestQuotes(bus)).get(INSTRUMENT)?.last ?? '');
    const tick = 10n ** 16n;
    return formatPrice((((last * factor) / 1_000n / tick) * tick) as Price);
  };

  /**
   * After a jump of the market the newest quote is behind for a moment: levels made on it would be
   * passed already.
   */
  async function quoteFollowsVenue(): Promise<void> {
    await expect
      .poll(
        async () => {
          const venue = Number(await venuePrice(venueUrl, 'ETHUSDT'));
          const quote = Number((await latestQuotes(bus)).get(INSTRUMENT)?.last);
          return Math.abs(venue - quote) / venue;
        },
        { timeout: WAIT_MS, interval: 30 },
      )
      .toBeLessThan(0.001);
  }

  const kit = {
    platform,
    db,
    broker,
    venueUrl,
    instrument: INSTRUMENT,
    send,
    sendRaw,
    sendAsWorker,
    command,
    price,
    fault: (fault: string, more: object = {}) =>
      controlVenue(venueUrl, '/control', { fault, ...more }),
    venueDoes: (action: string, more: object = {}) =>
      controlVenue(venueUrl, '/control', { action, ...more }),
    /** Waits until both exits rest at the venue, then takes the market past one of them. */
    async reach(trade: { tradeId: string; stop: string; target: string }, exit: 'stop' | 'target') {
      await kit.orderIs(trade.tradeId, 'stop', 'working');
      await kit.orderIs(trade.tradeId, 'target', 'working');
      await kit.pass(trade, exit);
    },
    pass(trade: { stop: string; target: string }, exit: 'stop' | 'target'): Promise<void> {
      const factor = exit === 'stop' ? 0.998 : 1.002;
      const price = (Number(trade[exit]) * factor).toFixed(2);
      return controlVenue(venueUrl, '/control/price', { symbol: 'ETHUSDT', price });
    },
    /** A long trade at market with levels one percent away from the venue's own price. */
    async open(): Promise<{ tradeId: string; stop: string; target: string; wire: CommandWire }> {
      await quoteFollowsVenue();
      const [stop, target] = [await price(990n), await price(1_010n)];
      const tradeId = newId();
      const plan = {
        instrument: INSTRUMENT,
        direction: 'long' as const,
        entry: { type: 'market' as const },
        stop,
        takeProfit: { style: 'single' as const, target },
        quantity: '1',
        origin: { kind: 'ticket' as const },
      };
      const wire = command({ type: 'openTrade', body: { tradeId, plan } });
      await send(wire);
      return { tradeId, stop, target, wire };
    },
    close: (tradeId: string) =>
      send(command({ type: 'closeTrade', body: { tradeId, reason: 'test' } })),
    /** The gateway takes new risk, by what it has published since this was asked. */
    async takesRisk(): Promise<void> {
      const asked = Date.now();
      const state = z.object({ asOf: z.number(), behind: z.string().nullable() });
      await expect
        .poll(
          async () => {
            const { asOf, behind } = state.parse(await readState(bus, 'portfolio'));
            return asOf > asked && behind === null;
          },
          { timeout: WAIT_MS, interval: 50 },
        )
        .toBe(true);
    },
    async killGateway(): Promise<void> {
      platform.service('order-gateway').kill('SIGKILL');
    },
    /** The gateway's transaction has begun and cannot go on. */
    async gatewayWaitsForLock(): Promise<void> {
      const waiting = sql`SELECT 1 FROM pg_stat_activity
        WHERE usename = 'ballast_order_gateway' AND wait_event_type = 'Lock'
          AND query LIKE '%gateway_fences%' AND query_start < now() - interval '50 ms'`;
      await expect
        .poll(async () => (await db.execute(waiting)).rowCount, { timeout: WAIT_MS, interval: 20 })
        .toBeGreaterThan(0);
    },
    async order(tradeId: string, role: string) {
      const rows = await db
        .select()
        .from(orders)
        .where(and(eq(orders.tradeId, tradeId), eq(orders.role, role)));
      return rows[0] ?? null;
    },
    /** Waits until the order of this role has one of the statuses. */
    async orderIs(tradeId: string, role: string, ...statuses: string[]) {
      await expect
        .poll(async () => (await kit.order(tradeId, role))?.status, {
          timeout: WAIT_MS,
          interval: 30,
        })
        .toSatisfy(
          (status: string | undefined) => status !== undefined && statuses.includes(status),
        );
    },
    async status(tradeId: string) {
      const rows = await db.select().from(trades).where(eq(trades.id, tradeId));
      return rows[0] ?? null;
    },
    async ended(tradeId: string): Promise<string | null> {
      await expect
        .poll(async () => (await kit.status(tradeId))?.status, { timeout: WAIT_MS, interval: 30 })
        .toBe('closed');
      return (await kit.status(tradeId))?.endReason ?? null;
    },
    async refusals(): Promise<string[]> {
      return (await db.select().from(commandRefusals)).map(({ code }) => code);
    },
    async refusal(commandId: string) {
      const rows = await db
        .select()
        .from(commandRefusals)
        .where(eq(commandRefusals.commandId, commandId));
      return rows[0]?.code ?? null;
    },
    /** The venue has seen a create request for this trade's role. */
    async createSeen(tradeId: string, letter: string): Promise<void> {
      const id = `${tradeId.replaceAll('-', '')}${letter}000`;
      await expect
        .poll(
          async () =>
            (await venueRequests(venueUrl)).some(
              ({ path, orderLinkId }) => path === '/v5/order/create' && orderLinkId === id,
            ),
          { timeout: WAIT_MS, interval: 10 },
        )
        .toBe(true);
    },
    /** One venue order for each client order id; ledger = venue; both flat; audit whole. */
    async truth(): Promise<void> {
      await platform.service('order-gateway').whenReady();
      const { orders: venueOrders } = await venueAccount(venueUrl);
      const ids = venueOrders.map(({ orderLinkId }) => orderLinkId);
      expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
      await proveLedger(db, broker, Date.now());
      await proveAudit(db, ACCOUNT);
    },
    async stop(): Promise<void> {
      await db.close();
      await bus.close();
      await platform.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return kit;
}

export type Trading = Awaited<ReturnType<typeof startTrading>>;
