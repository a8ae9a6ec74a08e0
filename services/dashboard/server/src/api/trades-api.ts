import { listTrades, loadTradeRecord } from '@ballast/db';
import { tradePlanToWire, tradePlanWire } from '@ballast/domain';
import { z } from 'zod';
import { buildTimeline } from '../timeline/build-timeline.ts';
import { changeProcedures } from './change-procedures.ts';
import { commandIdText, tradeIdText } from './command-inputs.ts';
import type { Dashboard } from './dashboard.ts';
import { planProcedures } from './plan-procedures.ts';
import { operatorProcedure, readProcedure, router } from './trpc.ts';

const TRADES_MAX = 200;

export function tradesApi(dashboard: Dashboard) {
  const { db, account, desk } = dashboard;
  return router({
    list: readProcedure
      .input(
        z.strictObject({
          limit: z.int().min(1).max(TRADES_MAX),
          open: z.boolean().default(false),
        }),
      )
      .query(({ input }) => listTrades(db, account, input)),

    /** Null while no such trade is stored: its command may still be under way. */
    detail: readProcedure
      .input(z.strictObject({ tradeId: tradeIdText }))
      .query(async ({ input }) => {
        const record = await loadTradeRecord(db, account, input.tradeId);
        if (record === null) return null;
        const { trade, orders } = record;
        return { trade, orders, timeline: buildTimeline(record) };
      }),

    ...planProcedures(dashboard),

    open: operatorProcedure
      .input(
        z.strictObject({ commandId: commandIdText, tradeId: tradeIdText, plan: tradePlanWire }),
      )
      .mutation(({ ctx, input }) =>
        desk.send(ctx.session, input.commandId, {
          type: 'openTrade',
          body: {
            tradeId: input.tradeId,
            plan: tradePlanToWire({ ...input.plan, origin: { kind: 'ticket' } }),
          },
        }),
      ),

    ...changeProcedures(dashboard),
  });
}
