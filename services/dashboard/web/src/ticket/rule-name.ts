/**
 * What a rule looks at. Its code says what is wrong when it denies ("BRAKE_ENGAGED"), which beside
 * a tick would read as the opposite of the truth.
 */
const NAMES: Readonly<Record<string, string>> = {
  BRAKE_ENGAGED: 'Brake',
  INSTRUMENT_FROZEN: 'Ledger = venue',
  INSTRUMENT_BUSY: 'Other open trades',
  QUOTE_STALE: 'Quote age',
  LEVELS_ON_WRONG_SIDE: 'Order of levels',
  PRICE_OFF_TICK: 'Tick size',
  PRICE_OUT_OF_BAND: 'Price band',
  QUANTITY_OFF_LOT: 'Lot size',
  QUANTITY_OUT_OF_RANGE: 'Quantity range',
  NOTIONAL_TOO_SMALL: 'Smallest notional',
  RISK_PER_TRADE: 'Risk per trade',
  POSITION_SHARE: 'Share of equity',
  BUYING_POWER: 'Buying power',
  INSTRUMENT_UNKNOWN: 'Instrument known',
  NO_PRICE: 'Price known',
};

/** A rule this build does not know is shown by its code. */
export const ruleName = (code: string): string => NAMES[code] ?? code;
