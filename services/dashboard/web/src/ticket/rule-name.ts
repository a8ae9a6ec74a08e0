import type { PlanPreview } from '@ballast/dashboard-server/api';

type RuleCode = PlanPreview['verdicts'][number]['rule'];

/**
 * What a rule looks at. Its code says what is wrong when it denies ("BRAKE_ENGAGED"), which beside
 * a tick would read as the opposite of the truth.
 */
const NAMES: Readonly<Record<string, string>> = {
  BRAKE_ENGAGED: 'Brake',
  INSTRUMENT_FROZEN: 'Ledger = venue',
  INSTRUMENT_BUSY: 'Other open trades',
  DUPLICATE_INTENT: 'Asked twice',
  MARKET_CLOSED: 'Market hours',
  VENUE_QUIET: "Venue's quiet times",
  COVERAGE_GAP: 'Data coverage',
  QUOTE_STALE: 'Quote age',
  SHORT_NOT_ALLOWED: 'Short selling',
  ENTRY_UNSUPPORTED: 'Entry type',
  ENTRY_EXPIRED: 'Entry expiry',
  LEVELS_ON_WRONG_SIDE: 'Order of levels',
  TRIGGER_ON_WRONG_SIDE: 'Trigger and market',
  PRICE_OFF_TICK: 'Tick size',
  PRICE_OUT_OF_BAND: 'Price band',
  QUANTITY_OFF_LOT: 'Lot size',
  QUANTITY_OUT_OF_RANGE: 'Quantity range',
  SLOT_TOO_SMALL: 'Parts of the exit',
  NOTIONAL_TOO_SMALL: 'Smallest notional',
  RISK_PER_TRADE: 'Risk per trade',
  POSITION_SHARE: 'Share of equity',
  INSTRUMENT_EXPOSURE: 'Instrument exposure',
  SECTOR_EXPOSURE: 'Sector exposure',
  STRATEGY_EXPOSURE: 'Strategy exposure',
  ACCOUNT_EXPOSURE: 'Account exposure',
  POSITION_COUNT: 'Number of open trades',
  DAILY_LOSS: 'Loss of the day',
  LOSS_STREAK: 'Losing streak',
  BUYING_POWER: 'Buying power',
  INSTRUMENT_UNKNOWN: 'Instrument known',
  NO_PRICE: 'Price known',
} satisfies Record<RuleCode, string>;

/** A rule this build does not know is shown by its code. */
export const ruleName = (code: string): string => NAMES[code] ?? code;
