import { z } from 'zod';
import {
  formatPrice,
  formatQuantity,
  parsePrice,
  parseQuantity,
  type Price,
  type Quantity,
} from './amounts.ts';
import { InvalidInput } from './errors.ts';
import { parseUuid, type SignalId } from './ids.ts';
import { type InstrumentId, parseInstrumentId } from './instrument.ts';

export type TradeDirection = 'long' | 'short';

export type EntryPlan =
  | { readonly type: 'market' }
  | { readonly type: 'limit'; readonly price: Price };

export type TradeOrigin =
  | { readonly kind: 'ticket' }
  | { readonly kind: 'signal'; readonly signalId: SignalId; readonly strategy: string };

/** What the operator or a strategy wants: one entry, one stop, one target. */
export type TradePlan = {
  readonly instrument: InstrumentId;
  readonly direction: TradeDirection;
  readonly entry: EntryPlan;
  readonly stop: Price;
  readonly target: Price;
  readonly quantity: Quantity;
  readonly origin: TradeOrigin;
};

/**
 * Turns a parser that throws InvalidInput into a zod codec's transform with that reason code in the
 * message.
 */
export function parsed<T>(parse: (text: string) => T) {
  return z
    .string()
    .max(128)
    .transform((text, context): T => {
      try {
        return parse(text);
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        context.addIssue({ code: 'custom', message: `${error.code}: ${error.message}` });
        return z.NEVER;
      }
    });
}

export const priceText = parsed(parsePrice);
export const quantityText = parsed(parseQuantity);
export const instrumentIdText = parsed(parseInstrumentId);

export const tradePlanWire = z.strictObject({
  instrument: instrumentIdText,
  direction: z.enum(['long', 'short']),
  entry: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('market') }),
    z.strictObject({ type: z.literal('limit'), price: priceText }),
  ]),
  stop: priceText,
  target: priceText,
  quantity: quantityText,
  origin: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('ticket') }),
    z.strictObject({
      kind: z.literal('signal'),
      signalId: parsed(parseUuid<SignalId>),
      strategy: z.string().min(1).max(64),
    }),
  ]),
});

/** Plan as JSON-ready decimal text: what `tradePlanWire` reads. */
export type TradePlanWire = z.input<typeof tradePlanWire>;

export function tradePlanToWire(plan: TradePlan): TradePlanWire {
  return {
    instrument: plan.instrument,
    direction: plan.direction,
    entry:
      plan.entry.type === 'market'
        ? { type: 'market' }
        : { type: 'limit', price: formatPrice(plan.entry.price) },
    stop: formatPrice(plan.stop),
    target: formatPrice(plan.target),
    quantity: formatQuantity(plan.quantity),
    origin: plan.origin,
  };
}
