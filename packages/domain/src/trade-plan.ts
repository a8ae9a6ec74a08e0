import { z } from 'zod';
import {
  formatPrice,
  formatQuantity,
  parsePrice,
  parseQuantity,
  type Price,
  type Quantity,
} from './amounts.ts';
import { formatScaled, parseScaled } from './decimal.ts';
import { InvalidInput } from './errors.ts';
import { type OrderKind, TIMES_IN_FORCE } from './execution.ts';
import { parseUuid, type SignalId } from './ids.ts';
import { type InstrumentId, parseInstrumentId } from './instrument.ts';

const ONE = 10n ** 18n;

export type TradeDirection = 'long' | 'short';

/** How the position is entered. Stops trade at market once their trigger is met. */
export type EntryPlan = OrderKind;

/** Part of the planned quantity (scale 18, all parts sum to 1) that leaves at `price`. */
export type ScaledTarget = { readonly price: Price; readonly fraction: bigint };

/** How far behind the best price a trailing stop stays; `percent` and `multiple` at scale 18. */
export type TrailingDistance =
  | { readonly by: 'amount'; readonly amount: Price }
  | { readonly by: 'percent'; readonly percent: bigint }
  /** `atr` is the average true range that the planner saw, in quote currency. */
  | { readonly by: 'atr'; readonly multiple: bigint; readonly atr: Price };

/**
 * How profit is taken: all at one price, in parts with the stop moved to the entry price after the
 * first if asked for, or by a stop that follows the market.
 */
export type TakeProfit =
  | { readonly style: 'single'; readonly target: Price }
  | {
      readonly style: 'scaled';
      readonly targets: readonly ScaledTarget[];
      readonly breakEvenAfterFirst: boolean;
    }
  | { readonly style: 'trailing'; readonly distance: TrailingDistance };

export const TARGETS_MAX = 3;

export type TradeOrigin =
  | { readonly kind: 'ticket' }
  | { readonly kind: 'signal'; readonly signalId: SignalId; readonly strategy: string };

/**
 * What the operator or a strategy wants: one entry, one stop, and how profit is taken.
 * `entryExpiresAt` (epoch ms): what has not been entered by then is not wanted any more.
 */
export type TradePlan = {
  readonly instrument: InstrumentId;
  readonly direction: TradeDirection;
  readonly entry: EntryPlan;
  readonly entryExpiresAt: number | null;
  readonly stop: Price;
  readonly takeProfit: TakeProfit;
  readonly quantity: Quantity;
  readonly origin: TradeOrigin;
};

/**
 * Turns a parser that throws InvalidInput into a zod codec's transform with that reason
 * code in the message.
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
const positiveText = parsed((text) => {
  const value = parseScaled(text);
  if (value <= 0n) throw new InvalidInput('NOT_POSITIVE', `must be above 0: ${text}`);
  return value;
});

const entryWire = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('market') }),
  z.strictObject({
    type: z.literal('limit'),
    price: priceText,
    timeInForce: z.enum(TIMES_IN_FORCE).default('gtc'),
    postOnly: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal('stop'), triggerPrice: priceText }),
  z.strictObject({ type: z.literal('stopLimit'), triggerPrice: priceText, price: priceText }),
]);

const takeProfitWire = z.discriminatedUnion('style', [
  z.strictObject({ style: z.literal('single'), target: priceText }),
  z.strictObject({
    style: z.literal('scaled'),
    targets: z
      .array(z.strictObject({ price: priceText, fraction: positiveText }))
      .min(2)
      .max(TARGETS_MAX)
      .refine((targets) => targets.reduce((sum, { fraction }) => sum + fraction, 0n) === ONE, {
        message: 'FRACTIONS_NOT_ONE: the fractions of the targets must sum to 1',
      }),
    breakEvenAfterFirst: z.boolean(),
  }),
  z.strictObject({
    style: z.literal('trailing'),
    distance: z.discriminatedUnion('by', [
      z.strictObject({ by: z.literal('amount'), amount: priceText }),
      z.strictObject({ by: z.literal('percent'), percent: positiveText }),
      z.strictObject({ by: z.literal('atr'), multiple: positiveText, atr: priceText }),
    ]),
  }),
]);

export const tradePlanWire = z.strictObject({
  instrument: instrumentIdText,
  direction: z.enum(['long', 'short']),
  entry: entryWire,
  entryExpiresAt: z.int().positive().nullable().default(null),
  stop: priceText,
  takeProfit: takeProfitWire,
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
    entry: entryToWire(plan.entry),
    entryExpiresAt: plan.entryExpiresAt,
    stop: formatPrice(plan.stop),
    takeProfit: takeProfitToWire(plan.takeProfit),
    quantity: formatQuantity(plan.quantity),
    origin: plan.origin,
  };
}

function entryToWire(entry: EntryPlan): TradePlanWire['entry'] {
  switch (entry.type) {
    case 'market':
      return entry;
    case 'limit':
      return { ...entry, price: formatPrice(entry.price) };
    case 'stop':
      return { ...entry, triggerPrice: formatPrice(entry.triggerPrice) };
    case 'stopLimit': {
      const { type, triggerPrice, price } = entry;
      return { type, triggerPrice: formatPrice(triggerPrice), price: formatPrice(price) };
    }
    default:
      return entry satisfies never;
  }
}

function takeProfitToWire(plan: TakeProfit): TradePlanWire['takeProfit'] {
  switch (plan.style) {
    case 'single':
      return { style: plan.style, target: formatPrice(plan.target) };
    case 'scaled':
      return {
        ...plan,
        targets: plan.targets.map(({ price, fraction }) => {
          return { price: formatPrice(price), fraction: formatScaled(fraction) };
        }),
      };
    case 'trailing':
      return { style: plan.style, distance: distanceToWire(plan.distance) };
    default:
      return plan satisfies never;
  }
}

function distanceToWire(distance: TrailingDistance) {
  switch (distance.by) {
    case 'amount':
      return { by: distance.by, amount: formatPrice(distance.amount) };
    case 'percent':
      return { by: distance.by, percent: formatScaled(distance.percent) };
    case 'atr': {
      const { by, multiple, atr } = distance;
      return { by, multiple: formatScaled(multiple), atr: formatPrice(atr) };
    }
    default:
      return distance satisfies never;
  }
}

/** The plan's targets, nearest first as planned; none when a stop trails instead. */
export function targetsOf({ takeProfit }: Pick<TradePlan, 'takeProfit'>): readonly ScaledTarget[] {
  switch (takeProfit.style) {
    case 'single':
      return [{ price: takeProfit.target, fraction: ONE }];
    case 'scaled':
      return takeProfit.targets;
    case 'trailing':
      return [];
    default:
      return takeProfit satisfies never;
  }
}
