import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { BrokerError } from '../broker-error.ts';
import { errorOfCode, errorOfThrown } from './errors.ts';

const KEY = 'canaryKey0123456789';
const SECRET = 'canarySecret0123456789abcdefghijkl';
const SIGNATURE = 'f00d'.repeat(16);

function expectNoSecretIn(error: BrokerError): void {
  const stack = error.stack ?? '';
  const shown = [
    error.message,
    String(error),
    stack,
    inspect(error, { depth: 9, showHidden: true }),
  ];
  const fields = JSON.stringify(error, Object.getOwnPropertyNames(error));
  for (const text of [...shown, JSON.stringify(error), fields]) {
    for (const secret of [KEY, SECRET, SIGNATURE]) expect(text).not.toContain(secret);
  }
}

describe('errorOfCode', () => {
  test.each([
    [10_000, 'unknownOutcome'],
    [10_014, 'unknownOutcome'],
    [10_016, 'unknownOutcome'],
    [10_019, 'unknownOutcome'],
    [110_072, 'unknownOutcome'],
    [170_141, 'unknownOutcome'],
    [10_002, 'notSent'],
    [10_006, 'notSent'],
    [10_018, 'notSent'],
    [10_429, 'notSent'],
    [10_001, 'rejected'],
    [110_001, 'rejected'],
    [110_007, 'rejected'],
    [110_093, 'rejected'],
    [110_099, 'rejected'],
    [170_131, 'rejected'],
    [110_030, 'unknownOutcome'],
    [110_079, 'unknownOutcome'],
    [170_146, 'unknownOutcome'],
    // Over the rate of the spot market: a stop that is refused would close its trade.
    [170_222, 'notSent'],
    // Settlement, and a pause of trading: a close would be refused just so.
    [110_063, 'notSent'],
    [110_066, 'notSent'],
    // Price limits, and too many conditional orders: said at once, not asked for until it is stale.
    [110_121, 'rejected'],
    [170_810, 'rejected'],
    [3_400_139, 'rejected'],
  ])('%i is %s', (code, kind) => {
    expect(errorOfCode(code, 'why')).toMatchObject({ kind, code: `BYBIT_${code}`, message: 'why' });
  });

  test.each([10_003, 10_004, 10_005, 10_007, 10_008, 10_009, 10_010, 10_024, 10_027, 33_004])(
    '%i, a fault of key, permission or address, says nothing about the order',
    (code) => expect(errorOfCode(code, '')).toMatchObject({ kind: 'notSent' }),
  );

  test.each([1, 10_017, 12_345, 110_000, 110_122, 170_104, 170_232, 999_999, Number.NaN])(
    '%d, which nobody knows, ends no order',
    (code) => expect(errorOfCode(code, '')).toMatchObject({ kind: 'unknownOutcome' }),
  );

  test('a text that quotes the signed request does not bring the key along', () => {
    const signed = `1790000000000${KEY}5000{"symbol":"BTCUSDT"}`;
    const said = `error sign! origin_string[${signed}] sign[${SIGNATURE}] secret ${SECRET}`;
    const error = errorOfCode(10_004, said);
    expect(error.message).toContain('error sign!');
    expectNoSecretIn(error);
  });

  test.each([
    [1_790_000_000_000, 1_790_000_030_250, '30.3 s behind'],
    [1_790_000_030_000, 1_790_000_000_000, '30.0 s ahead of'],
  ])('10002 says in one sentence how far the clocks are apart', (ours, theirs, apart) => {
    const told = `req_timestamp[${ours}],server_timestamp[${theirs}],recv_window[5000]`;
    const what = 'invalid request, please check your server timestamp or recv_window param.';
    expect(errorOfCode(10_002, `${what} ${told}`)).toMatchObject({
      kind: 'notSent',
      code: 'BYBIT_10002',
      message:
        `this machine's clock is ${apart} the venue's, ` + 'which takes no request until it is set',
    });
  });

  test('10002 without both times keeps the words of the venue', () => {
    expect(errorOfCode(10_002, 'auth request expired').message).toBe('auth request expired');
    expect(errorOfCode(10_001, 'req_timestamp[1],server_timestamp[2]').message).toContain('[1]');
  });

  test('a long text is cut, and what is left can be stored', () => {
    const { message } = errorOfCode(10_001, `a\0b${'no '.repeat(65)}😀😀😀`);
    expect(message.length).toBeLessThanOrEqual(200);
    expect(message.isWellFormed()).toBe(true);
    expect(message).not.toContain('\0');
  });
});

describe('errorOfThrown', () => {
  test.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])(
    '%s: no connection was made, so nothing was sent',
    (code) => {
      const error = errorOfThrown(Object.assign(new Error('x'), { code }));
      expect(error).toMatchObject({ kind: 'notSent', code });
    },
  );

  test.each(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT', 'ERR_BAD_RESPONSE'])(
    '%s: it may have arrived',
    (code) => {
      const error = errorOfThrown(Object.assign(new Error('x'), { code }));
      expect(error).toMatchObject({ kind: 'unknownOutcome', code });
    },
  );

  test.each([
    [403, 'notSent'],
    [429, 'notSent'],
    [307, 'unknownOutcome'],
    [500, 'unknownOutcome'],
    [502, 'unknownOutcome'],
    [504, 'unknownOutcome'],
  ])('HTTP %i is %s', (code, kind) => {
    expect(errorOfThrown({ code, message: 'x' })).toMatchObject({ kind, code: `HTTP_${code}` });
  });

  test.each([
    [undefined],
    [null],
    ['text'],
    [7],
    [new Error('x')],
    [{ code: 'a b' }],
    [{ code: {} }],
  ])('nobody knows what became of %j', (thrown) => {
    expect(errorOfThrown(thrown)).toMatchObject({ kind: 'unknownOutcome', code: 'NO_ANSWER' });
  });

  test('a BrokerError stays what it is', () => {
    const error = new BrokerError('rejected', 'A', 'b');
    expect(errorOfThrown(error)).toBe(error);
  });

  test.each([
    [
      'an error of the HTTP client',
      Object.assign(new Error(`failed with ${SIGNATURE}`), {
        code: 'ECONNRESET',
        config: { headers: { 'X-BAPI-API-KEY': KEY, 'X-BAPI-SIGN': SIGNATURE } },
        request: { _header: `X-BAPI-SIGN: ${SIGNATURE}` },
        cause: new Error(SECRET),
      }),
    ],
    [
      "the SDK's plain object",
      {
        code: 502,
        message: `Bad Gateway ${KEY}`,
        body: { echo: SIGNATURE },
        headers: { 'x-echo': KEY },
        requestOptions: { key: KEY, secret: SECRET },
      },
    ],
    ['a code made of a secret', { code: SECRET, requestOptions: { key: KEY } }],
    ['a bare text', `request with ${KEY} ${SECRET} ${SIGNATURE} failed`],
  ])('nothing secret gets out of %s', (_name, thrown) => {
    expectNoSecretIn(errorOfThrown(thrown));
  });
});
