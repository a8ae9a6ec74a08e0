import type { Fill, InstrumentId, OrderReport } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { liveTrades } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import type { FillChannel } from '../journal/work.ts';
import type { Router } from './routing.ts';

/** Orders and executions that were reported as foreign already; the oldest are forgotten first. */
const FOREIGN_REMEMBERED = 10_000;

export type Inbox = {
  fill(fill: Fill, channel: FillChannel): Promise<void>;
  report(report: OrderReport): Promise<void>;
};

/**
 * The one door for what the venue says, whichever channel it comes by. What Ballast did not do is
 * never adopted: it becomes an incident, and the sweep's comparison of positions freezes the
 * instrument.
 */
export function createInbox(
  journal: Journal,
  route: Router,
  tools: {
    now: () => number;
    log: Logger;
    /** Whether this was ever an incident, resolved or not, whichever process reported it. */
    known: (kind: string, detail: string) => Promise<boolean>;
  },
): Inbox {
  const foreign = new Set<string>();

  async function reportForeign(key: string, kind: string, instrument: InstrumentId, what: unknown) {
    if (foreign.has(key)) return;
    foreign.add(key);
    if (await tools.known(kind, key)) return;
    if (foreign.size > FOREIGN_REMEMBERED) {
      for (const oldest of [...foreign].slice(0, FOREIGN_REMEMBERED / 2)) foreign.delete(oldest);
    }
    tools.log.warn({ kind, key, instrument }, 'the venue reports what Ballast did not do');
    const incident = {
      kind,
      instrument,
      tradeId: null,
      detail: key,
      evidence: what,
      at: tools.now(),
    };
    await journal.write({ type: 'openIncident', incident });
  }

  return {
    async fill(fill, channel) {
      const tradeId = await route(fill.clientOrderId);
      if (tradeId === null) {
        const key = `execution ${fill.executionId}`;
        return reportForeign(key, 'FOREIGN_FILL', fill.instrument, fill);
      }
      const input = { type: 'fill', at: tools.now(), fill } as const;
      return journal.write({ type: 'input', tradeId, input, channel });
    },
    async report(report) {
      const tradeId = await route(report.clientOrderId);
      if (tradeId === null) {
        const open = report.status === 'working' || report.status === 'partiallyFilled';
        const key = foreignOrderDetail(report.venueOrderId);
        if (!open) return undefined;
        return reportForeign(key, 'FOREIGN_ORDER', report.instrument, report);
      }
      const input = { type: 'report', at: tools.now(), report } as const;
      return journal.write({ type: 'input', tradeId, input });
    },
  };
}

/** How an incident names a foreign order. */
export const foreignOrderDetail = (venueOrderId: string): string => `order ${venueOrderId}`;

/** Our orders that should be in a listing of open orders. */
export function expectedOpen(journal: Journal) {
  return liveTrades(journal.book).flatMap((trade) =>
    Object.values(trade.orders)
      .filter(({ phase }) => phase.status === 'working' || phase.status === 'cancelling')
      .map((order) => ({ tradeId: trade.id, clientOrderId: order.request.clientOrderId })),
  );
}
