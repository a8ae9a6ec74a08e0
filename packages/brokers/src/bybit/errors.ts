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
  10016: 'unknownOutcome',
  10018: 'notSent',
  10019: 'unknownOutcome',
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
  return new BrokerError(
    KIND_OF_CODE[retCode] ?? 'rejected',
    `BYBIT_${retCode}`,
    retMsg.slice(0, 200),
  );
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
