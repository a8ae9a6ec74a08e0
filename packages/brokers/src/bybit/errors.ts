import { BrokerError, type BrokerErrorKind } from '../broker-error.ts';

/**
 * Return codes that are not simply the venue's no. https://bybit-exchange.github.io/docs/v5/error A
 * repeated orderLinkId (110072, spot 170141) means that the order is there already;
 * 10000/10016/10019 are service faults after which nobody knows; rate limit and clock faults are
 * refused before the order book.
 */
const KIND_OF_CODE: Readonly<Record<number, BrokerErrorKind>> = {
  10000: 'unknownOutcome',
  10002: 'notSent',
  10006: 'notSent',
  10014: 'unknownOutcome',
  10016: 'unknownOutcome',
  10018: 'notSent',
  10019: 'unknownOutcome',
  10429: 'notSent',
  110072: 'unknownOutcome',
  170141: 'unknownOutcome',
};

/** No TCP connection was made, so nothing was sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

export function errorOfCode(retCode: number, retMsg: string): BrokerError {
  const kind = KIND_OF_CODE[retCode] ?? 'rejected';
  return new BrokerError(kind, `BYBIT_${retCode}`, shown(retMsg));
}

/** The venue's text without keys and signatures, which it quotes in some, and fit to be stored. */
function shown(retMsg: string): string {
  const plain = retMsg.replaceAll(/[A-Za-z0-9]{16,}/g, '…').replaceAll('\0', '');
  return plain.slice(0, 200).toWellFormed();
}

/**
 * The SDK rejects with axios errors (headers with the signature) or plain objects that hold key and
 * secret: only a code and a short text are taken over, nothing else may reach a log.
 */
export function errorOfThrown(thrown: unknown): BrokerError {
  if (thrown instanceof BrokerError) return thrown;
  const code = field(thrown, 'code');
  if (typeof code === 'number') {
    const kind = code === 403 || code === 429 ? 'notSent' : 'unknownOutcome';
    return new BrokerError(kind, `HTTP_${code}`, `HTTP status ${code}`);
  }
  if (typeof code === 'string' && NOT_CONNECTED.has(code)) {
    return new BrokerError('notSent', code, 'no connection to the venue');
  }
  const name = typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : 'NO_ANSWER';
  return new BrokerError('unknownOutcome', name, 'the venue gave no usable answer');
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
