import type { RefusalCode } from '@ballast/sim-core';

/** Return codes of the venue's v5 API that this simulator speaks. */
export const CODE = {
  ok: 0,
  parameter: 10_001,
  timestamp: 10_002,
  unknownKey: 10_003,
  badSignature: 10_004,
  rateLimited: 10_006,
  serverError: 10_016,
  notFound: 404,
  unknownOperation: 10_404,
  repeatedRequestId: 20_006,
  expiredKey: 33_004,
  orderNotFound: 110_001,
} as const;

/** The venue's number and words for each refusal of the matcher. */
export const REFUSAL: Readonly<Record<RefusalCode, readonly [code: number, words: string]>> = {
  UNKNOWN_INSTRUMENT: [10_001, 'symbol invalid'],
  LINK_ID_MALFORMED: [10_001, 'orderLinkId invalid'],
  DUPLICATE_LINK_ID: [110_072, 'OrderLinkedID is duplicate'],
  PRICE_MISSING: [10_001, 'price is required'],
  OFF_TICK: [10_001, 'Price invalid'],
  OFF_LOT: [10_001, 'Qty invalid'],
  BELOW_MIN_QUANTITY: [10_001, 'The number of contracts below minimum allowed'],
  ABOVE_MAX_QUANTITY: [10_001, 'The number of contracts exceeds maximum limit allowed'],
  BELOW_MIN_NOTIONAL: [110_094, 'Order notional value below the lower limit'],
  TRIGGER_WRONG_SIDE: [110_092, 'trigger price on the wrong side of the current price'],
  NO_POSITION_TO_REDUCE: [110_017, 'current position is zero, cannot fix reduce-only order qty'],
  INSUFFICIENT_BALANCE: [110_007, 'ab not enough for new order'],
  NO_MARKET: [110_074, 'This contract is not live'],
  TOO_MANY_ORDERS: [110_020, 'Not allowed to have more than 500 active orders'],
  TOO_MANY_WAITING: [110_009, 'The number of stop orders exceeds the maximum allowable limit'],
  ORDER_NOT_FOUND: [110_001, 'order not exists or too late to cancel'],
  NOTHING_TO_AMEND: [10_001, 'order not modified'],
  QUANTITY_BELOW_FILLED: [10_001, 'quantity below the filled quantity'],
};

/** A request that the venue answers with a code instead of a result. */
export class VenueRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'VenueRefusal';
    this.code = code;
  }
}
