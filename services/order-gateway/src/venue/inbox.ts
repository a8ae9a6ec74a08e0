import type { Fill, OrderReport } from '@ballast/domain';
import { liveTrades } from '../journal/book.ts';
import type { Journal } from '../journal/journal.ts';
import type { FillChannel } from '../journal/work.ts';
import { createForeignReporter, foreignOrderDetail, type ForeignTools } from './foreign.ts';
import type { Router } from './routing.ts';

export type Inbox = {
  fill(fill: Fill, channel: FillChannel): Promise<void>;
  report(report: OrderReport): Promise<void>;
};

/**
 * The one door for what the venue says, whichever channel it comes by. What Ballast did not do is
 * never adopted: a fill is booked apart and freezes its instrument, an order is shown and left
 * alone.
 */
export function createInbox(journal: Journal, route: Router, tools: ForeignTools): Inbox {
  const reportForeign = createForeignReporter(journal, tools);
  return {
    async fill(fill, channel) {
      const tradeId = await route(fill.clientOrderId);
      if (tradeId === null) {
        const { executionId, instrument } = fill;
        tools.log.warn({ executionId, instrument }, 'a fill without an order of Ballast');
        return journal.write({ type: 'foreignFill', fill, channel, at: tools.now() });
      }
      const input = { type: 'fill', at: tools.now(), fill } as const;
      return journal.write({ type: 'input', tradeId, input, channel });
    },
    async report(report) {
      const tradeId = await route(report.clientOrderId);
      if (tradeId === null) {
        const open = report.status === 'working' || report.status === 'partiallyFilled';
        if (!open) return undefined;
        const detail = foreignOrderDetail(report.venueOrderId);
        const { instrument } = report;
        return reportForeign({ detail, instrument, evidence: report });
      }
      const input = { type: 'report', at: tools.now(), report } as const;
      return journal.write({ type: 'input', tradeId, input });
    },
  };
}

/** Our orders that should be in a listing of open orders. */
export function expectedOpen(journal: Journal) {
  return liveTrades(journal.book).flatMap((trade) =>
    Object.values(trade.orders)
      .filter(({ phase }) => phase.status === 'working' || phase.status === 'cancelling')
      .map((order) => ({ tradeId: trade.id, clientOrderId: order.request.clientOrderId })),
  );
}
