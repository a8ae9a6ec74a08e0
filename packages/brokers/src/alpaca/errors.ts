import { InvalidInput } from '@ballast/domain';
import { BrokerError, type BrokerErrorKind } from '../broker-error.ts';
import { field, WireError } from './fields.ts';

/** The message that tells a repeated id from other faults: they share their code. */
const DUPLICATE_ID = 'client_order_id must be unique';
const DUPLICATE_CODE = 'CLIENT_ORDER_ID_REPEATED';
/**
 * https://docs.alpaca.markets/docs/user-protection: refused for as long as an order of the other
 * side is open in the symbol, such as the rest of an entry whose first fills are to be protected.
 */
const OPPOSITE_ORDER = 'potential wash trade detected';
/**
 * What is left of the position another order holds still, such as one that is being cancelled, or
 * one made by hand (https://alpaca.markets/learn/issues-placing-an-order). Closing at market would
 * be refused just so.
 */
const QUANTITY_HELD = 'insufficient qty available';
const HELD_CODE = 'QUANTITY_HELD';
/** The venue's codes are an HTTP status and five digits more. */
const NOT_FOUND = /^ALPACA_404\d{5}$/;

/** Statuses, and beginnings of codes, that are the venue's final no. */
const REFUSALS = new Set([400, 403, 404, 422]);

/** No TCP connection was made, so nothing was sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** Causes of causes that are looked into for a network code. */
const CAUSES_MAX = 4;

export function isDuplicate(error: unknown): boolean {
  return error instanceof BrokerError && error.code === DUPLICATE_CODE;
}

/** Less of the position is free than the order asks for. */
export function isHeld(error: unknown): error is BrokerError {
  return error instanceof BrokerError && error.code === HELD_CODE;
}

/** The venue itself says that there is none; a proxy's 404 is no such word. */
export function isNotFound(error: unknown): boolean {
  return error instanceof BrokerError && NOT_FOUND.test(error.code);
}

/** An answer that cannot be read proves nothing, so its outcome stays unknown. */
export function malformed(message: string): BrokerError {
  return new BrokerError('unknownOutcome', 'ANSWER_MALFORMED', shown(message));
}

/** @throws BrokerError ANSWER_MALFORMED when `reading` meets what the venue does not document */
export function readAnswer<T>(reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    if (!(error instanceof WireError) && !(error instanceof InvalidInput)) throw error;
    throw malformed(error.message);
  }
}

/**
 * The SDK's errors hold the whole response, which may quote the request with its keys: only a
 * code and a short text are taken over, nothing else may reach a log.
 */
export function errorOfThrown(thrown: unknown): BrokerError {
  if (thrown instanceof BrokerError) return thrown;
  const status = field(thrown, 'status');
  if (typeof status === 'number') return errorOfAnswer(status, thrown);
  const code = networkCodeOf(thrown);
  if (NOT_CONNECTED.has(code))
    return new BrokerError('notSent', code, 'no connection to the venue');
  const known = /^[A-Z][A-Z_]{1,39}$/.test(code);
  const name = known ? code : 'NO_ANSWER';
  return new BrokerError('unknownOutcome', name, 'the venue gave no usable answer');
}

/**
 * A refusal counts as the venue's own only with a code of the venue in its body: the same status
 * from a proxy decides nothing.
 */
function errorOfAnswer(status: number, thrown: unknown): BrokerError {
  const own = field(thrown, 'code');
  const said = field(thrown, 'message');
  const message = typeof said === 'string' ? shown(said) : '';
  const isOwn = typeof own === 'number' && Number.isSafeInteger(own) && own > 0;
  const code = isOwn ? `ALPACA_${own}` : `HTTP_${status}`;
  if (status === 422 && isOwn && message.includes(DUPLICATE_ID)) {
    return new BrokerError('unknownOutcome', DUPLICATE_CODE, 'the id is there already');
  }
  if (isOwn && message.includes(OPPOSITE_ORDER)) {
    return new BrokerError('notSent', 'OPPOSITE_ORDER_OPEN', message);
  }
  if (isOwn && message.includes(QUANTITY_HELD)) {
    return new BrokerError('notSent', HELD_CODE, message);
  }
  return new BrokerError(kindOf(status, isOwn ? own : null), code, message);
}

function kindOf(status: number, code: number | null): BrokerErrorKind {
  // Limits and keys: turned away before the order book.
  if (status === 429 || status === 401) return 'notSent';
  const family = code === null ? null : Math.floor(code / 100_000);
  if (status === 403 && (family === null || family === 401)) return 'notSent';
  const own = family !== null && REFUSALS.has(status) && REFUSALS.has(family);
  return own ? 'rejected' : 'unknownOutcome';
}

/** The deepest code in a chain of causes, '' when there is none. */
function networkCodeOf(thrown: unknown): string {
  let [code, inner] = ['', thrown];
  for (let depth = 0; depth < CAUSES_MAX && inner !== undefined; depth += 1) {
    const found = field(inner, 'code');
    if (typeof found === 'string') code = found;
    inner = field(inner, 'cause');
  }
  return code;
}

/** The venue's text without keys, which it may quote, and fit to be stored. */
export function shown(said: string): string {
  const plain = said.replaceAll(/[A-Za-z0-9]{16,}/g, '…').replaceAll('\0', '');
  return plain.slice(0, 200).toWellFormed();
}
