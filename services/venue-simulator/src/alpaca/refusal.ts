import type { Refusal, RefusalCode } from '@ballast/sim-core';

/** Codes of the venue's error bodies that this front end speaks. */
export const CODE = {
  body: 40_010_000,
  validation: 40_010_001,
  unauthorized: 40_110_000,
  forbidden: 40_310_000,
  notFound: 40_410_000,
  unprocessable: 42_210_000,
  rateLimited: 42_910_000,
  server: 50_010_000,
} as const;

/** A request that the venue answers with an error body instead of a result. */
export class AlpacaRefusal extends Error {
  readonly status: number;
  readonly code: number;
  /** Further fields of the body, as the venue adds them to some refusals. */
  readonly details: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: number,
    message: string,
    details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'AlpacaRefusal';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export const invalid = (message: string): AlpacaRefusal =>
  new AlpacaRefusal(422, CODE.validation, message);

export const unprocessable = (message: string): AlpacaRefusal =>
  new AlpacaRefusal(422, CODE.unprocessable, message);

export const forbidden = (
  message: string,
  details: Readonly<Record<string, string>> = {},
): AlpacaRefusal => new AlpacaRefusal(403, CODE.forbidden, message, details);

export const notFound = (message: string): AlpacaRefusal =>
  new AlpacaRefusal(404, CODE.notFound, message);

export const DUPLICATE_CLIENT_ID = 'client_order_id must be unique';

const SUB_PENNY = 'sub-penny increment does not fulfill minimum pricing criteria';

const REFUSAL: Readonly<Record<RefusalCode, (told: string) => AlpacaRefusal>> = {
  UNKNOWN_INSTRUMENT: (told) => unprocessable(`asset not found: ${told}`),
  LINK_ID_MALFORMED: (told) => invalid(`client_order_id is invalid: ${told}`),
  DUPLICATE_LINK_ID: () => invalid(DUPLICATE_CLIENT_ID),
  PRICE_MISSING: () => invalid('limit orders require limit price'),
  OFF_TICK: (told) => unprocessable(`invalid price. ${SUB_PENNY}: ${told}`),
  OFF_LOT: (told) => forbidden(`asset is not fractionable: ${told}`),
  BELOW_MIN_QUANTITY: () => invalid('qty must be > 0'),
  ABOVE_MAX_QUANTITY: (told) => invalid(`qty is too large: ${told}`),
  BELOW_MIN_NOTIONAL: (told) => forbidden(`cost basis is below the minimum: ${told}`),
  TRIGGER_WRONG_SIDE: (told) => unprocessable(`stop price is on the wrong side: ${told}`),
  NO_POSITION_TO_REDUCE: (told) => forbidden(told),
  INSUFFICIENT_BALANCE: (told) => forbidden(`insufficient buying power: ${told}`),
  NO_MARKET: (told) => unprocessable(`asset is not tradable: ${told}`),
  TOO_MANY_WAITING: (told) => forbidden(`too many open orders: ${told}`),
  TOO_MANY_ORDERS: (told) => forbidden(`too many open orders: ${told}`),
  ORDER_NOT_FOUND: () => unprocessable('order is not open'),
  NOTHING_TO_AMEND: () => invalid('no replacement parameters changed'),
  QUANTITY_BELOW_FILLED: () => unprocessable('qty must be above the filled quantity'),
};

/** The venue's status, code and words for a refusal of the matcher. */
export function refusalFor({ code, message }: Refusal): AlpacaRefusal {
  return REFUSAL[code](message);
}
