import { BrokerError, type BrokerErrorKind } from '../broker-error.ts';

/**
 * What each return code of the venue means for the order that it answers.
 * https://bybit-exchange.github.io/docs/v5/error A code that is not listed decides nothing: only a
 * refusal that we know to be one may end an order, because a refused stop closes its trade.
 */
const KIND_OF_CODE: readonly (readonly [BrokerErrorKind, readonly CodeRange[]])[] = [
  [
    'unknownOutcome',
    [
      // Service faults and time-outs: nobody knows.
      ...one(10000, 10016, 10019, 170001, 170007, 170032, 170146, 170147),
      // The id or the request is there already: an earlier attempt arrived.
      ...one(10014, 110030, 110072, 170141),
      // The order is just being worked on, the venue asks to try later.
      ...one(110079),
    ],
  ],
  [
    'notSent',
    [
      // Clock, rate limits and load: turned away before the order book.
      ...one(-1, 429, 10002, 10006, 10018, 10429, 20003, 170005, 170222),
      // The contract is being settled, or is not traded just now: for every order, and for a while.
      ...one(110063, 110066),
      // Key, signature, permission, account mode, address, country and bans.
      ...one(-2015, 10003, 10004, 10005, 10007, 10008, 10009, 10010, 10024, 10027, 10028),
      ...one(33004, 100028),
    ],
  ],
  [
    'rejected',
    [
      // Parameters, and a symbol that this key may not trade.
      ...one(10001, 10029),
      // Price bounds, and no new positions in the time before a delivery.
      ...one(30208, 30209, 30228),
      // The derivatives' order book, with its risk limit, then the spot market's.
      [110001, 110121],
      ...one(3400139),
      [170105, 170230],
      // Spot: margin, quantity, number of orders, and symbols that the account may not trade.
      ...one(170010, 170011, 170031, 170033, 170034, 170036, 170037, 170241, 170341, 170344),
      ...one(170348, 170355, 170358, 170359, 170709, 170810),
    ],
  ],
];

type CodeRange = readonly [first: number, last: number];

function one(...codes: readonly number[]): CodeRange[] {
  return codes.map((code) => [code, code]);
}

function kindOf(retCode: number): BrokerErrorKind {
  const found = KIND_OF_CODE.find(([, ranges]) =>
    ranges.some(([first, last]) => first <= retCode && retCode <= last),
  );
  return found?.[0] ?? 'unknownOutcome';
}

/** No TCP connection was made, so nothing was sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

const WRONG_TIME = 10002;

export function errorOfCode(retCode: number, retMsg: string): BrokerError {
  const clocks = retCode === WRONG_TIME ? clocksApart(retMsg) : null;
  return new BrokerError(kindOf(retCode), `BYBIT_${retCode}`, clocks ?? shown(retMsg));
}

/** What the operator has to know of a refused time; null when the text does not hold two times. */
function clocksApart(retMsg: string): string | null {
  const time = (name: string) => new RegExp(`${name}_timestamp\\[(\\d{13})\\]`).exec(retMsg)?.[1];
  const [ours, theirs] = [time('req'), time('server')];
  if (ours === undefined || theirs === undefined) return null;
  const aheadMs = Number(ours) - Number(theirs);
  const apart = `${(Math.abs(aheadMs) / 1_000).toFixed(1)} s ${aheadMs < 0 ? 'behind' : 'ahead of'}`;
  return `this machine's clock is ${apart} the venue's, which takes no request until it is set`;
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
