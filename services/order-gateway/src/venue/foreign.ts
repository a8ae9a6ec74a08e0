import type { InstrumentId } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Journal } from '../journal/journal.ts';

/** Executions that were reported as foreign already; the oldest are forgotten first. */
const REMEMBERED_MAX = 10_000;

export const FOREIGN_ORDER = 'FOREIGN_ORDER';

/** How an incident names a foreign order. */
export const foreignOrderDetail = (venueOrderId: string): string => `order ${venueOrderId}`;

export type ForeignTools = {
  now: () => number;
  log: Logger;
  /** Whether this execution was ever an incident, resolved or not, whoever reported it. */
  known: (kind: string, detail: string) => Promise<boolean>;
};

/** One thing that the venue did and Ballast did not. */
type Foreign = {
  readonly kind: 'FOREIGN_FILL' | typeof FOREIGN_ORDER;
  readonly detail: string;
  readonly instrument: InstrumentId;
  readonly evidence: unknown;
};

/**
 * Opens one incident for each foreign execution, for good, and for each foreign order while it is
 * open: one that a listing missed is an incident again when it comes back.
 */
export function createForeignReporter(
  journal: Journal,
  tools: ForeignTools,
): (foreign: Foreign) => Promise<void> {
  const reported = new Set<string>();

  const isOpen = ({ kind, detail }: Foreign): boolean =>
    [...journal.book.incidents.values()].some(
      (incident) => incident.kind === kind && incident.detail === detail,
    );

  async function openOnce(foreign: Foreign): Promise<void> {
    const { kind, detail, instrument } = foreign;
    const known = kind === FOREIGN_ORDER ? isOpen(foreign) : await tools.known(kind, detail);
    if (known) return;
    tools.log.warn({ kind, detail, instrument }, 'the venue reports what Ballast did not do');
    const incident = { ...foreign, tradeId: null, at: tools.now() };
    await journal.write({ type: 'openIncident', incident });
  }

  return async (foreign) => {
    const { kind, detail } = foreign;
    if (reported.has(detail)) return;
    reported.add(detail);
    try {
      await openOnce(foreign);
    } catch (error) {
      // Not stored, so it is news again when it comes again.
      reported.delete(detail);
      throw error;
    }
    if (kind === FOREIGN_ORDER) reported.delete(detail);
    if (reported.size <= REMEMBERED_MAX) return;
    for (const oldest of [...reported].slice(0, REMEMBERED_MAX / 2)) reported.delete(oldest);
  };
}
