import { type audit, commands, openDatabase, orders } from '@ballast/db';
import { formatScaled } from '@ballast/domain';
import { z } from 'zod';
import { proveAudit } from '../proof/audit-proof.ts';
import { proveLedger } from '../proof/ledger-proof.ts';
import { proveVenueLog } from '../proof/venue-log-proof.ts';
import type { WatchedBroker } from './watched-broker.ts';

/** What the demo claims, checked against the database and the venue after the trade has ended. */
export async function prove(parts: {
  databaseUrl: string;
  account: string;
  broker: WatchedBroker;
  venueUrl: string;
  tradeId: string;
}) {
  const db = openDatabase(parts.databaseUrl);
  try {
    const booked = await proveLedger(db, parts.broker, Date.now());
    const audited = await proveAudit(db, parts.account);
    await proveVenueLog(db, parts.venueUrl, parts.broker.calls);
    const [placed, ordered] = await Promise.all([
      db.select().from(commands),
      db.select().from(orders),
    ]);
    return {
      orders: ordered
        .filter(({ tradeId }) => tradeId === parts.tradeId)
        .map(({ role, clientOrderId, venueOrderId, status }) => {
          return { role, clientOrderId, venueOrderId, status };
        }),
      fills: booked.map((fill) => ({
        executionId: fill.executionId,
        clientOrderId: fill.clientOrderId,
        side: fill.side,
        price: formatScaled(fill.price),
        quantity: formatScaled(fill.quantity),
        fee: formatScaled(fill.fee),
        channel: fill.channel,
      })),
      audit: { rows: audited.rows, brokerCalls: audited.calls, chainIntact: true },
      commandToVenueAckMs: ackDelay(audited.responses, placed[0]?.issuedAt ?? 0),
    };
  } finally {
    await db.close();
  }
}

/** From the command's issue to the entry's acknowledgement, ms. */
function ackDelay(responses: readonly (typeof audit.$inferSelect)[], issuedAt: number): number {
  const submit = z.object({ call: z.literal('submit') });
  const acks = responses.filter(({ data }) => submit.safeParse(data).success);
  return Math.min(...acks.map(({ at }) => at)) - issuedAt;
}
