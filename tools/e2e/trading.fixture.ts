import { latestQuotes, openBus } from '@ballast/bus';
import { commandRefusals } from '@ballast/db';
import { type CommandWire, formatPrice, parsePrice, type Price } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { type Asked, commandOf, createOperator } from '../drills/operator.ts';
import { ETH, startTrading as startPlatform, type Trade } from '../drills/trading.ts';
import { until } from '../drills/until.ts';
import { idsOf, type Role } from '../drills/venue-hands.ts';
import { ACCOUNT } from '../launcher/services.ts';
import { proveAudit } from '../proof/audit-proof.ts';
import { proveLedger } from '../proof/ledger-proof.ts';

export { newId } from '../drills/operator.ts';

/** Stores, simulated venue, feed and gateway, as real processes, with hands on everything. */
export async function startTrading() {
  const trading = await startPlatform();
  const { platform, db, bus, broker, venue, operator, ledger } = trading;

  async function sendAsWorker(wire: CommandWire): Promise<void> {
    const log = createLogger('e2e', 'error');
    const worker = openBus(platform.redisUrl('strategy-worker'), 'e2e worker', log);
    const key = platform.secret('command-key-strategy-worker');
    await createOperator(worker, key).send(wire);
    await worker.close();
  }

  const price = async (factor: bigint): Promise<string> => {
    const last = parsePrice((await latestQuotes(bus)).get(ETH)?.last ?? '');
    const tick = 10n ** 16n;
    return formatPrice((((last * factor) / 1_000n / tick) * tick) as Price);
  };

  const kit = {
    ...{ platform, db, broker, sendAsWorker, price, instrument: ETH, venueUrl: venue.url },
    ...{ send: operator.send, sendRaw: operator.sendRaw },
    command: (body: Asked, change: object = {}): CommandWire =>
      ({ ...commandOf(body), ...change }) as CommandWire,
    ...{ fault: venue.fault, venueDoes: venue.act },
    /** Waits until both exits rest at the venue, then takes the market past one of them. */
    async reach(trade: Trade, exit: 'stop' | 'target') {
      await kit.orderIs(trade.tradeId, 'stop', 'working');
      await kit.orderIs(trade.tradeId, 'target', 'working');
      await kit.pass(trade, exit);
    },
    pass: trading.pass,
    open: () => trading.open(),
    close: (tradeId: string) =>
      operator.ask({ type: 'closeTrade', body: { tradeId, reason: 'test' } }),
    takesRisk: trading.takesRisk,
    killGateway: trading.killGateway,
    /** The gateway's transaction has begun and cannot go on. */
    async gatewayWaitsForLock(): Promise<void> {
      const waiting = sql`SELECT 1 FROM pg_stat_activity
        WHERE usename = 'ballast_order_gateway' AND wait_event_type = 'Lock'
          AND query LIKE '%gateway_fences%' AND query_start < now() - interval '50 ms'`;
      await until('the gateway waits for a lock', async () => {
        return ((await db.execute(waiting)).rowCount ?? 0) > 0;
      });
    },
    ...{ order: ledger.order, orderIs: ledger.orderIs, status: ledger.trade },
    ...{ ended: ledger.ended, refusal: ledger.refusal },
    async refusals(): Promise<string[]> {
      return (await db.select().from(commandRefusals)).map(({ code }) => code);
    },
    /** The venue has seen a create request for this trade's role. */
    createSeen: (tradeId: string, role: Role) => venue.seen('create', idsOf(tradeId, role)),
    /** One venue order for each client order id; ledger = venue; both flat; audit whole. */
    async truth(): Promise<void> {
      await trading.gatewayReady();
      const { orders } = await venue.account();
      const ids = orders.map(({ orderLinkId }) => orderLinkId);
      expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
      await proveLedger(db, broker, Date.now());
      await proveAudit(db, ACCOUNT);
    },
    stop: trading.stop,
  };
  return kit;
}

export type Trading = Awaited<ReturnType<typeof startTrading>>;
