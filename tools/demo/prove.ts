import type { Broker } from '@ballast/brokers';
import {
  audit,
  commands,
  fills,
  openDatabase,
  orders,
  positions,
  verifyAuditChain,
} from '@ballast/db';
import { formatPrice, formatQuantity, formatScaled } from '@ballast/domain';
import { z } from 'zod';
import { DemoError } from './demo-error.ts';

const HOUR_MS = 3_600_000;

const requestLog = z.object({
  requests: z.array(z.object({ method: z.string(), path: z.string() }).loose()),
});

/** What the demo claims, checked against the database and the venue after the trade has ended. */
export async function prove(parts: {
  databaseUrl: string;
  account: string;
  broker: Broker;
  controlUrl: string;
  tradeId: string;
}) {
  const db = openDatabase(parts.databaseUrl);
  try {
    const [booked, calls, placed, holdings, ordered] = await Promise.all([
      db.select().from(fills),
      db.select().from(audit),
      db.select().from(commands),
      db.select().from(positions),
      db.select().from(orders),
    ]);
    const executions = await parts.broker.executionsSince(Date.now() - HOUR_MS);
    const key = (id: string, price: string, quantity: string) => `${id} ${price} ${quantity}`;
    const ledger = booked.map((fill) =>
      key(fill.executionId, formatScaled(fill.price), formatScaled(fill.quantity)),
    );
    const venue = executions.map((fill) =>
      key(fill.executionId, formatPrice(fill.price), formatQuantity(fill.quantity)),
    );
    same('LEDGER_NOT_VENUE', ledger, venue);
    const held = await parts.broker.positions();
    expect(
      'NOT_FLAT',
      held.every(({ quantity }) => quantity === 0n),
      'the venue holds a position',
    );
    expect(
      'NOT_FLAT',
      holdings.every(({ quantity }) => quantity === 0n),
      'the ledger holds one',
    );
    const open = await parts.broker.openOrders();
    expect('ORDERS_LEFT', open.length === 0, `${open.length} orders are open at the venue`);
    const requests = calls.filter(({ kind }) => kind === 'brokerRequest');
    same(
      'CALL_WITHOUT_ANSWER',
      requests.map(({ callId }) => callId ?? ''),
      calls.filter(({ kind }) => kind === 'brokerResponse').map(({ callId }) => callId ?? ''),
    );
    await sameAsVenueLog(
      parts.controlUrl,
      requests.map(({ data }) => z.object({ call: z.string() }).parse(data).call),
    );
    const chain = await verifyAuditChain(db, parts.account);
    expect('AUDIT_BROKEN', chain.brokenAt === null, `audit chain breaks at ${chain.brokenAt}`);
    const ids = ordered.map(({ clientOrderId }) => clientOrderId);
    expect('ORDER_TWICE', new Set(ids).size === ids.length, 'a client order id occurs twice');
    return {
      orders: ordered
        .filter(({ tradeId }) => tradeId === parts.tradeId)
        .map(({ role, clientOrderId, venueOrderId, status }) => ({
          role,
          clientOrderId,
          venueOrderId,
          status,
        })),
      fills: booked.map((fill) => ({
        executionId: fill.executionId,
        clientOrderId: fill.clientOrderId,
        side: fill.side,
        price: formatScaled(fill.price),
        quantity: formatScaled(fill.quantity),
        fee: formatScaled(fill.fee),
        channel: fill.channel,
      })),
      audit: { rows: chain.rows, brokerCalls: requests.length, chainIntact: true },
      commandToVenueAckMs: ackDelay(calls, placed[0]?.issuedAt ?? 0),
    };
  } finally {
    await db.close();
  }
}

/** Orders placed and cancelled: as many requests in the venue's own log as calls in ours. */
async function sameAsVenueLog(controlUrl: string, audited: readonly string[]): Promise<void> {
  const response = await fetch(`${controlUrl}/control/requests`);
  const { requests } = requestLog.parse(await response.json());
  for (const [call, path] of [
    ['submit', '/v5/order/create'],
    ['cancel', '/v5/order/cancel'],
  ]) {
    const ours = audited.filter((name) => name === call).length;
    const venues = requests.filter((request) => request.path === path).length;
    expect('AUDIT_NOT_CALLS', ours === venues, `${call}: ${ours} audited, ${venues} at the venue`);
  }
}

/** From the command's issue to the entry's acknowledgement, ms. */
function ackDelay(rows: readonly (typeof audit.$inferSelect)[], issuedAt: number): number {
  const shape = z.object({ call: z.literal('submit') });
  const acks = rows.filter(
    ({ kind, data }) => kind === 'brokerResponse' && shape.safeParse(data).success,
  );
  return Math.min(...acks.map(({ at }) => at)) - issuedAt;
}

function same(code: string, ours: readonly string[], theirs: readonly string[]): void {
  const left = ours.toSorted().join('\n');
  const right = theirs.toSorted().join('\n');
  expect(code, left === right, `ours:\n${left}\nthe other side:\n${right}`);
}

function expect(code: string, holds: boolean, message: string): void {
  if (!holds) throw new DemoError(code, message);
}
