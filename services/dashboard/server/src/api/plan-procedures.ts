import { loadInstruments } from '@ballast/db';
import {
  formatQuantity,
  type InstrumentId,
  instrumentIdText,
  parsePrice,
  priceText,
  quantityText,
  tradePlanWire,
} from '@ballast/domain';
import { coverageSpanMs, sizeByRisk } from '@ballast/order-core';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Dashboard } from './dashboard.ts';
import { LIMITS, previewFacts } from './preview-facts.ts';
import { previewPlan } from './preview.ts';
import { readProcedure } from './trpc.ts';

/** Questions about a trade that does not exist yet. */
export function planProcedures(dashboard: Dashboard) {
  const { db, live, now } = dashboard;
  return {
    previewCommand: readProcedure
      .input(z.strictObject({ plan: tradePlanWire }))
      .query(async ({ input }) => {
        const question = {
          ...{ now: now(), recentWithinMs: LIMITS.duplicateWithinMs },
          gapsWithinMs: coverageSpanMs(LIMITS),
        };
        const [stored, view] = await Promise.all([
          dashboard.riskFacts(input.plan.instrument, question),
          live.account.read(),
        ]);
        const quoteOf = (id: InstrumentId) => live.market.quote(id);
        const { portfolio } = view;
        const facts = previewFacts({ stored, portfolio, quoteOf, now: now() });
        return previewPlan(facts, input.plan, view.portfolio?.openRisk ?? null);
      }),

    /**
     * The largest quantity, rounded down to the lot, that loses at most `riskAmount` at the stop.
     */
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
  };
}
