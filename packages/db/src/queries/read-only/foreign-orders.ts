import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { incidents } from '../../tables/order-gateway.ts';

const ROWS_MAX = 500;

export const FOREIGN_ORDER = 'FOREIGN_ORDER';

/** An open order at the venue that Ballast did not make, as first seen; decimal text. */
export type ForeignOrder = {
  readonly incidentId: string;
  readonly instrument: string;
  readonly clientOrderId: string;
  readonly venueOrderId: string;
  readonly side: string;
  readonly quantity: string;
  readonly filledQuantityCum: string;
  readonly seenAt: number;
};

/** Those that the last sweep has seen, oldest first. Nothing of Ballast ever cancels them. */
export async function foreignOrders(db: Database, account: string): Promise<ForeignOrder[]> {
  const rows = await db
    .select()
    .from(incidents)
    .where(
      and(
        eq(incidents.account, account),
        eq(incidents.kind, FOREIGN_ORDER),
        isNull(incidents.resolvedAt),
      ),
    )
    .orderBy(asc(incidents.openedAt))
    .limit(ROWS_MAX);
  return rows.flatMap(({ id, instrument, evidence, openedAt }) => {
    // An order is in an instrument: a row without one is none.
    if (instrument === null) return [];
    const order = {
      ...{ incidentId: id, instrument, seenAt: openedAt },
      clientOrderId: textIn(evidence, 'clientOrderId'),
      venueOrderId: textIn(evidence, 'venueOrderId'),
      side: textIn(evidence, 'side'),
      quantity: textIn(evidence, 'quantity'),
      filledQuantityCum: textIn(evidence, 'filledQuantityCum'),
    };
    return [order];
  });
}

/** A field of the stored report; amounts stand there as "#" + decimal text. */
function textIn(evidence: unknown, name: string): string {
  const value: unknown =
    typeof evidence === 'object' && evidence !== null ? Reflect.get(evidence, name) : undefined;
  return typeof value === 'string' ? value.replace(/^#/, '') : '';
}
