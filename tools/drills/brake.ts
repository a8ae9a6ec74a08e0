import { openBus } from '@ballast/bus';
import { brakeStates, type Database, incidents, pages, trades } from '@ballast/db';
import { createLogger } from '@ballast/observability';
import { asc, eq } from 'drizzle-orm';
import { queryOnce } from '../stores/query-once.ts';
import { Claims, type Drill } from './drill.ts';
import { closeGate, type Gate, type GateAt } from './gate.ts';
import { createOperator } from './operator.ts';
import { tally } from './tally.ts';
import { BTC, ETH, startTrading, type Trading } from './trading.ts';
import { until } from './until.ts';
import { idsOf } from './venue-hands.ts';

/** The first request of the flatten for a trade, before it leaves. */
const flattening = (tradeId: string): GateAt => {
  const about = `NEW.data->'request'->>'clientOrderId' LIKE '${idsOf(tradeId)}%'`;
  const call = `NEW.data->>'call' IN ('cancel', 'submit')`;
  return { table: 'audit', when: `NEW.kind = 'brokerRequest' AND ${call} AND ${about}` };
};
const STOP_NOT_SENT = {
  table: 'audit',
  when: `NEW.kind = 'brokerRequest' AND NEW.data->'request'->>'role' = 'stop'`,
};
/** USDT: below what one position may be of the 100,000 that the account begins with. */
const SHORT_NOTIONAL = 14_000;
/** Times the price: what that short then loses is more than a quarter of the equity. */
const RUN_AWAY = 3.2;
const QUARTER = 25n * 10n ** 16n;

/**
 * The brake engages with a trade open, the gateway dies in the middle of the flatten, and nobody
 * gets it off again.
 */
export const brake: Drill = async ({ drawdown }, say) => {
  const trading = await startTrading();
  const claims = new Claims(say);
  try {
    const held = await trading.openProtected({ instrument: BTC, quantity: '0.05' });
    const gate = await beforeFlatten(trading, held.tradeId, drawdown);
    try {
      await gate.reached();
      await trading.killGateway();
    } finally {
      await gate.open();
    }
    const positions = await trading.broker.positions();
    const isHeld = positions.some(({ quantity }) => quantity !== 0n);
    claims.claim('the gateway died in the middle of the flatten', isHeld, positions.length);
    if (drawdown) {
      const lost = (await newestBrake(trading.db))?.drawdown ?? 0n;
      claims.claim('a quarter was lost', lost >= QUARTER, String(lost));
    }
    await trading.gatewayReady();
    const row = await newestBrake(trading.db);
    claims.claim('engaged after the restart', row?.state !== 'released', row?.state);
    claims.claim('engaged by the right cause', byCause(row, drawdown), row?.reason);
    const told = await pagesOf(trading.db);
    claims.claim('one page of the engaging is stored', told.length === 1, told);
    await refusesAll(trading, claims, 'while it flattens');
    await until('every venue is proven flat', async () => {
      const { state, verifiedFlatAt } = (await newestBrake(trading.db)) ?? {};
      return state === 'engaged' && verifiedFlatAt !== null;
    });
    claims.claim('the trade was closed', (await trading.ledger.ended(held.tradeId)) !== '');
    await holdsThroughRestart(trading, claims);
    await databaseRefuses(trading, claims);
    await refusesAll(trading, claims, 'while it cools');
    const after = await tally(trading);
    const whole = after.duplicates + after.lost + after.faults.length === 0;
    claims.claim('venue flat, ledger equals it, audit whole', whole, after);
    return { ok: claims.ok, claims: claims.held, failures: claims.failures, ...after };
  } finally {
    await trading.stop();
  }
};

/** Sets off the brake, with a gate before the first request for the trade that it flattens. */
async function beforeFlatten(trading: Trading, tradeId: string, drawdown: boolean): Promise<Gate> {
  if (drawdown) return loseAQuarter(trading, tradeId);
  const gate = await closeGate(trading.db, flattening(tradeId));
  await trading.operator.ask({ type: 'engageBrake', body: { reason: 'drill' } });
  return gate;
}

/**
 * The gateway dies with a short filled whose stop was not sent, and the market runs away before the
 * next one starts.
 */
async function loseAQuarter(trading: Trading, tradeId: string): Promise<Gate> {
  const before = await trading.venue.price('ETHUSDT');
  const quantity = (Math.floor((SHORT_NOTIONAL / before) * 10) / 10).toFixed(1);
  await until('the peak of the equity is known', async () => {
    const row = await newestBrake(trading.db);
    return row !== null && row.peak !== null;
  });
  const unprotected = await closeGate(trading.db, STOP_NOT_SENT);
  try {
    await trading.open({ instrument: ETH, direction: 'short', quantity });
    await unprotected.reached();
    await trading.killGateway();
    await trading.venue.move('ETHUSDT', before * RUN_AWAY);
  } finally {
    await unprotected.open();
  }
  return closeGate(trading.db, flattening(tradeId));
}

type BrakeRow = (typeof brakeStates)['$inferSelect'];

async function newestBrake(db: Database): Promise<BrakeRow | null> {
  const rows = await db.select().from(brakeStates).orderBy(asc(brakeStates.seq));
  return rows.at(-1) ?? null;
}

async function pagesOf(db: Database): Promise<string[]> {
  const rows = await db
    .select({ detail: incidents.detail })
    .from(pages)
    .innerJoin(incidents, eq(incidents.id, pages.incidentId))
    .where(eq(incidents.kind, 'BRAKE_ENGAGED'));
  return rows.map(({ detail }) => detail);
}

function byCause(row: BrakeRow | null, drawdown: boolean): boolean {
  return drawdown ? (row?.drawdown ?? 0n) > 0n : row?.reason.includes('drill') === true;
}

/** Every command that would lift it or take new risk, by every producer. */
async function refusesAll(trading: Trading, claims: Claims, when: string): Promise<void> {
  const { ledger, platform } = trading;
  const release = { type: 'releaseBrake', body: { reason: 'drill' } } as const;
  const log = createLogger('drill', 'silent');
  for (const producer of ['dashboard', 'cli', 'strategy-worker'] as const) {
    const bus = openBus(platform.redisUrl(producer), 'drill', log);
    try {
      const operator = createOperator(bus, platform.secret(`command-key-${producer}`), producer);
      const code = await ledger.refused(await operator.ask(release));
      const expected = /^(BRAKE_NOT_FLAT|BRAKE_COOLING|NOT_PERMITTED)$/;
      claims.claim(`release by ${producer} refused ${when}`, expected.test(code), code);
    } finally {
      await bus.close();
    }
  }
  await trading.takesRisk();
  const { tradeId } = await trading.open({ quantity: when.includes('cools') ? '0.2' : '0.1' });
  const why = await ledger.ended(tradeId);
  claims.claim(`entry denied ${when}`, why.includes('BRAKE_ENGAGED'), why);
}

/** Also when the next gateway is told of a cooling period of a second. */
async function holdsThroughRestart(trading: Trading, claims: Claims): Promise<void> {
  const before = await newestBrake(trading.db);
  const gateway = trading.environment['order-gateway'];
  if (gateway !== undefined) gateway['BALLAST_BRAKE_COOLING_MS'] = '1000';
  await trading.killGateway();
  await trading.gatewayReady();
  const after = await newestBrake(trading.db);
  const same = after?.state === 'engaged' && after.coolingUntil === before?.coolingUntil;
  claims.claim('a restart with another cooling period changes nothing', same, after?.coolingUntil);
}

/** By hand, as the gateway's own role and as the owner of the database. */
async function databaseRefuses({ platform, db }: Trading, claims: Claims): Promise<void> {
  const lift = `INSERT INTO brake_states (id, account, state, reason, actor, at, progress)
    SELECT gen_random_uuid(), account, 'released', 'by hand', 'nobody', at, '[]'
    FROM brake_states ORDER BY seq DESC LIMIT 1`;
  const liftLater = lift.replace(`'nobody', at,`, `'nobody', cooling_until,`);
  const change = `UPDATE brake_states SET cooling_until = 1`;
  const forget = `DELETE FROM brake_states`;
  const gateway = platform.databaseUrl('order-gateway');
  const attempts = [
    ['a release written by the gateway role', gateway, lift],
    ['a release written by the owner', platform.ownerUrl, lift],
    ['a release that the gateway role dates after the cooling', gateway, liftLater],
    ['a change of the cooling period', gateway, change],
    ['a deletion', gateway, forget],
    ['a release written by the dashboard role', platform.databaseUrl('dashboard'), lift],
  ] as const;
  for (const [name, url, statement] of attempts) {
    const said = await queryOnce(url, statement).then(
      () => null,
      (error: unknown) => String(error),
    );
    claims.claim(`${name} is refused by the database`, said !== null, 'it was carried out');
  }
  const open = await db.select().from(trades).where(eq(trades.status, 'open'));
  claims.claim('no trade is open', open.length === 0, open.length);
}
