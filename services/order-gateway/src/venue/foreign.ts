import { FOREIGN_ORDER } from '@ballast/db';
import type { InstrumentId, OrderReport } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Journal } from '../journal/journal.ts';

/** How an incident names a foreign order. */
export const foreignOrderDetail = (venueOrderId: string): string => `order ${venueOrderId}`;

export type ForeignTools = { readonly now: () => number; readonly log: Logger };

/** An open order of the venue that Ballast did not make. */
type Foreign = {
  readonly detail: string;
  readonly instrument: InstrumentId;
  readonly evidence: OrderReport;
};

/**
 * Opens one incident for each foreign order while it is open: one that a listing missed is an
 * incident again when it comes back. Nothing here ever cancels it.
 */
export function createForeignReporter(
  journal: Pick<Journal, 'book' | 'write'>,
  tools: ForeignTools,
): (foreign: Foreign) => Promise<void> {
  const underWay = new Set<string>();
  const kind = FOREIGN_ORDER;

  const isOpen = (detail: string): boolean =>
    [...journal.book.incidents.values()].some(
      (incident) => incident.kind === kind && incident.detail === detail,
    );

  return async (foreign) => {
    const { detail, instrument } = foreign;
    if (underWay.has(detail) || isOpen(detail)) return;
    underWay.add(detail);
    try {
      tools.log.warn({ kind, detail, instrument }, 'the venue has an order of somebody else');
      const incident = { ...foreign, kind, tradeId: null, at: tools.now() };
      await journal.write({ type: 'openIncident', incident });
    } finally {
      underWay.delete(detail);
    }
  };
}
