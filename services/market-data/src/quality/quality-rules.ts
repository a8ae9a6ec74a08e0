/** What data can break. Stable: stored, counted and shown. Beside these stand the feeds' faults. */
export const QUALITY_RULES = [
  'CROSSED_QUOTE',
  'PRICE_NOT_POSITIVE',
  'QUANTITY_NOT_POSITIVE',
  'HIGH_BELOW_LOW',
  'OUTSIDE_HIGH_LOW',
  'SPIKE_OTHER_SOURCE',
  'SPIKE_OWN_TRADES',
  'PRICE_STUCK',
  'TRADES_STUCK',
  'CLOCK_SKEW',
  'SEQUENCE_GAP',
  'TRADE_REPEATED',
  'TIME_BACKWARDS',
  'TIME_AHEAD',
] as const;
export type QualityRule = (typeof QUALITY_RULES)[number];
