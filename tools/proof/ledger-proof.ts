import type { Broker } from '@ballast/brokers';
import { type Database, fills, positions } from '@ballast/db';
import { formatPrice, formatQuantity, formatScaled } from '@ballast/domain';
import { confirm, confirmSame } from './confirm.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * The ledger holds each execution of the venue once and nothing else, both sides are flat, and
 * nothing rests at the venue.
 * @returns the booked fills @throws ProofError LEDGER_NOT_VENUE, NOT_FLAT, ORDERS_LEFT
 */
export async function proveLedger(
  db: Database,
  broker: Pick<Broker, 'executionsSince' | 'positions' | 'openOrders'>,
  now: number,
) {
  const [booked, holdings, executions, held, open] = await Promise.all([
    db.select().from(fills),
    db.select().from(positions),
    broker.executionsSince(now - DAY_MS),
    broker.positions(),
    broker.openOrders(),
  ]);
  confirmSame(
    'LEDGER_NOT_VENUE',
    booked.map(
      (fill) => `${fill.executionId} ${formatScaled(fill.price)} ${formatScaled(fill.quantity)}`,
    ),
    executions.map(
      (fill) => `${fill.executionId} ${formatPrice(fill.price)} ${formatQuantity(fill.quantity)}`,
    ),
  );
  confirm(
    'NOT_FLAT',
    held.every(({ quantity }) => quantity === 0n),
    'the venue holds a position',
  );
  confirm(
    'NOT_FLAT',
    holdings.every(({ quantity }) => quantity === 0n),
    'the ledger holds a position',
  );
  confirm('ORDERS_LEFT', open.length === 0, `${open.length} orders are open at the venue`);
  return booked;
}
