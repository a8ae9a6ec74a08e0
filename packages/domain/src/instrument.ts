import { z } from 'zod';
import { type Price, type Quantity, roundToStep } from './amounts.ts';
import { parseScaled, type Rounding } from './decimal.ts';
import { InvalidInput } from './errors.ts';

/** `<venue>.<market>:<symbol>`, for example `bybit.linear:BTCUSDT`. Unique over all venues. */
export type InstrumentId = string & { readonly __instrumentId: true };

const INSTRUMENT_ID = /^([a-z]+)\.([a-z]+):([A-Z0-9._-]{1,32})$/;

/** @throws InvalidInput INSTRUMENT_ID_MALFORMED */
export function parseInstrumentId(text: string): InstrumentId {
  if (!INSTRUMENT_ID.test(text)) {
    throw new InvalidInput('INSTRUMENT_ID_MALFORMED', `not <venue>.<market>:<SYMBOL>: "${text}"`);
  }
  return text as InstrumentId;
}

export function instrumentId(venue: string, market: string, symbol: string): InstrumentId {
  return parseInstrumentId(`${venue}.${market}:${symbol}`);
}

/** The venue's own spelling of the instrument; rows and wires have the id as plain text. */
export function symbolOf(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** Whose instruments there are, each with a stream of market data of its own. */
export const MARKET_VENUES = ['bybit', 'alpaca', 'ibkr'] as const;

export function venueOf(id: InstrumentId): string {
  return id.slice(0, id.indexOf('.'));
}

/** What the venue demands of orders in one instrument. Steps and limits at scale 18. */
export type Instrument = {
  readonly id: InstrumentId;
  readonly baseCurrency: string;
  readonly quoteCurrency: string;
  readonly tickSize: bigint;
  readonly lotSize: bigint;
  readonly minQuantity: Quantity;
  /** Largest order of any kind: a position of this size needs a stop, which trades at market. */
  readonly maxQuantity: Quantity;
  /** Smallest price × quantity of an order, quote currency. */
  readonly minNotional: bigint;
  /** Units of base that one contract stands for. */
  readonly multiplier: bigint;
  /** Line of business for the exposure limits ('crypto', 'technology'); null when unclassified. */
  readonly sector: string | null;
  readonly session: TradingSession;
};

/** `continuous` trades around the clock; `us-equity` in the regular hours of New York. */
export const TRADING_SESSIONS = ['continuous', 'us-equity'] as const;
export type TradingSession = (typeof TRADING_SESSIONS)[number];

const decimalText = z.string().transform((text, context) => {
  try {
    return parseScaled(text);
  } catch {
    context.addIssue({ code: 'custom', message: `not a plain decimal: ${text}` });
    return z.NEVER;
  }
});

/** Instrument as decimal strings, as on every wire and in Postgres. */
export const instrumentWire = z.object({
  id: z.string().transform(parseInstrumentId),
  baseCurrency: z.string().min(1),
  quoteCurrency: z.string().min(1),
  tickSize: decimalText,
  lotSize: decimalText,
  minQuantity: decimalText.transform((value) => value as Quantity),
  maxQuantity: decimalText.transform((value) => value as Quantity),
  minNotional: decimalText,
  multiplier: decimalText,
  sector: z.string().min(1).max(64).nullable().default(null),
  session: z.enum(TRADING_SESSIONS).default('us-equity'),
});

export function isOnTick(price: Price, instrument: Pick<Instrument, 'tickSize'>): boolean {
  return price % instrument.tickSize === 0n;
}

export function isOnLot(quantity: Quantity, instrument: Pick<Instrument, 'lotSize'>): boolean {
  return quantity % instrument.lotSize === 0n;
}

/**
 * The only way from a float level to an order's price: nearest tick on the named side.
 * @throws InvalidInput LEVEL_NOT_A_PRICE for NaN, zero and below, and what rounds down to zero
 */
export function snapToTick(
  level: number,
  instrument: Pick<Instrument, 'tickSize'>,
  rounding: Rounding,
): Price {
  const valid = Number.isFinite(level) && level > 0;
  const snapped = valid
    ? roundToStep(parseScaled(plainDecimal(level)), instrument.tickSize, rounding)
    : 0n;
  if (snapped <= 0n) throw new InvalidInput('LEVEL_NOT_A_PRICE', `not a price level: ${level}`);
  return snapped as Price;
}

export function roundToLot(
  quantity: Quantity,
  instrument: Pick<Instrument, 'lotSize'>,
  rounding: Rounding,
): Quantity {
  return roundToStep(quantity, instrument.lotSize, rounding) as Quantity;
}

/** Shortest decimal text of a float; one that needs an exponent or over 18 places is cut at 18. */
function plainDecimal(value: number): string {
  const text = String(value);
  const places = text.length - text.indexOf('.') - 1;
  return /e/i.test(text) || (text.includes('.') && places > 18) ? value.toFixed(18) : text;
}
