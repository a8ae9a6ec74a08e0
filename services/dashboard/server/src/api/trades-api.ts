import { listTrades, loadInstruments, loadTradeRecord } from '@ballast/db';
import {
  type CommandId,
  formatQuantity,
  instrumentIdText,
  parsed,
  parsePrice,
  parseUuid,
  priceText,
  quantityText,
  tradePlanToWire,
  tradePlanWire,
  type TradeId,
} from '@ballast/domain';
import { sizeByRisk } from '@ballast/order-core';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { buildTimeline } from '../timeline/build-timeline.ts';
import type { Dashboard } from './dashboard.ts';
import { previewPlan } from './preview.ts';
import { operatorProcedure, readProcedure, router } from './trpc.ts';

const TRADES_MAX = 200;

export const commandIdText = parsed(parseUuid<CommandId>);
const tradeIdText = parsed(parseUuid<TradeId>);
/** Why the operator does it: stored with the command, never empty. */
export const reasonText = z.string().trim().min(1).max(500);

export function tradesApi(dashboard: Dashboard) {
  const { db, account, live, now, desk } = dashboard;
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

    preview: readProcedure
      .input(z.strictObject({ plan: tradePlanWire }))
      .query(async ({ input }) => {
        const [stored, view] = await Promise.all([
          dashboard.riskFacts(input.plan.instrument),
          live.account.read(),
        ]);
        const quote = live.market.quote(input.plan.instrument);
        const facts = { ...stored, quote, now: now() };
        return previewPlan(facts, input.plan, view.portfolio?.openRisk ?? null);
      }),

    /** The largest quantity, rounded down to the lot, that loses at most `riskAmount` at the stop. */
    size: readProcedure
      .input(
        z.strictObject({
          instrument: instrumentIdText,
          direction: z.enum(['long', 'short']).default('long'),
          entryPrice: priceText.optional(),
          stop: priceText,
          riskAmount: quantityText,
        }),
      )
      .query(async ({ input }) => {
        const known = await loadInstruments(db);
        const instrument = known.find((candidate) => candidate.id === input.instrument);
        if (instrument === undefined) {
          throw new TRPCError({
            code: 'NOT_FOUND',
            message: `unknown instrument ${input.instrument}`,
          });
        }
        const quote = live.market.quote(instrument.id);
        const side = input.direction === 'long' ? quote?.ask : quote?.bid;
        const entryPrice = input.entryPrice ?? (side === undefined ? null : parsePrice(side));
        if (entryPrice === null) return { quantity: null, reason: 'no price yet' };
        if (entryPrice === input.stop)
          return { quantity: null, reason: 'the stop is at the entry' };
        const risk = { amount: input.riskAmount, currency: instrument.quoteCurrency };
        const quantity = sizeByRisk(instrument, entryPrice, input.stop, risk);
        return { quantity: formatQuantity(quantity), reason: null };
      }),

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

    close: operatorProcedure
      .input(z.strictObject({ commandId: commandIdText, tradeId: tradeIdText, reason: reasonText }))
      .mutation(({ ctx, input }) =>
        desk.send(ctx.session, input.commandId, {
          type: 'closeTrade',
          body: { tradeId: input.tradeId, reason: input.reason },
        }),
      ),
  });
}
