import { REJECTED_WHILE_CLOSED } from '@ballast/domain';
import { BrokerError } from '../broker-error.ts';

/**
 * The number is taken: by an order that this one does not match, by one that has ended, or passed
 * over by a later one.
 */
const SPENT_ID = new Set([103, 104, 105]);

/**
 * Codes that say of the request they name that it was not carried out; no ranges, since warnings
 * stand among them (131: a flag "will be ignored"; 134: a change failed, the order stays).
 * https://interactivebrokers.github.io/tws-api/message_codes.html Whatever is not listed decides
 * nothing, because a refused stop closes its trade.
 */
const REFUSALS = new Set([
  ...SPENT_ID,
  // Not transmitted: id, completeness, price range and step, time in force, exchange, account.
  ...[106, 107, 109, 110, 111, 113, 116, 132, 133],
  // Cancels: not found, or not in a state for it.
  ...[135, 136, 161, 10_147, 10_148],
  // Fields, a halted security, size, percentage constraint.
  ...[145, 146, 154, 160, 163],
  // No such security, rejected, not allowed for this account.
  ...[200, 201, 203],
  // Above a limit for price, size or value of the Precautionary Settings (Presets) in TWS.
  ...[382, 383, 451],
  // Kind or size of order, contract and permission.
  ...[387, 388, 412, 434, 460],
  // Could not be read, or did not pass validation; a fraction of a share.
  ...[320, 321, 10_243],
]);

/** Too many messages in a second: turned away before the order book. */
const OVER_RATE = 100;
/** Of every kind of refusal, also of an order that was shown before. */
export const ORDER_REJECTED = 201;
/** The venue confirms that the order was cancelled. */
export const CANCELLED = 202;

export type FaultMeaning = 'refused' | 'notSent' | 'cancelled' | 'undecided';

export function meaningOf(code: number): FaultMeaning {
  if (code === OVER_RATE) return 'notSent';
  if (code === CANCELLED) return 'cancelled';
  return REFUSALS.has(code) ? 'refused' : 'undecided';
}

export function isSpentId(error: unknown): boolean {
  return (
    error instanceof BrokerError && [...SPENT_ID].some((code) => error.code === codeName(code))
  );
}

export function errorOfCode(code: number, text: string): BrokerError {
  const meaning = meaningOf(code);
  if (isForClosed(code, text))
    return new BrokerError('rejected', REJECTED_WHILE_CLOSED, shown(text));
  const kind =
    meaning === 'notSent' ? 'notSent' : meaning === 'undecided' ? 'unknownOutcome' : 'rejected';
  return new BrokerError(kind, codeName(code), shown(text));
}

/** The venue's reason for an order's end, as it is kept. */
export function reasonOf(code: number, text: string): string {
  return isForClosed(code, text) ? `${REJECTED_WHILE_CLOSED}: ${text}` : text;
}

/**
 * An order that cannot wait for the opening, for example one at market, is refused while the
 * exchange is closed; the code is that of every refusal.
 */
function isForClosed(code: number, text: string): boolean {
  return code === ORDER_REJECTED && /\bexchange is closed\b/i.test(text);
}

const codeName = (code: number): string => `IBKR_${code}`;

export function notSent(code: string, message: string): BrokerError {
  return new BrokerError('notSent', code, message);
}

export function unclear(code: string, message: string): BrokerError {
  return new BrokerError('unknownOutcome', code, message);
}

/** The venue's text fit to be stored, without the numbers of accounts. */
export function shown(text: string): string {
  const plain = text
    .replaceAll(/\b(?:DU|DF|DI|U|F|I)\d{4,}\b/g, '…')
    .replaceAll(/[\p{Cc}]+/gu, ' ')
    .trim();
  return plain.slice(0, 200).toWellFormed();
}
