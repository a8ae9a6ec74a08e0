import { describe, expect, test } from 'vitest';
import { BrokerError } from '../broker-error.ts';
import { errorOfThrown, isDuplicate, isNotFound } from './errors.ts';

const answer = (status: number, code?: unknown, message = 'why'): object => ({
  status,
  code,
  message,
});

describe('an answer that is a refusal', () => {
  test.each([
    [400, 40_010_000, 'rejected'],
    [403, 40_310_000, 'rejected'],
    [403, 40_310_100, 'rejected'],
    [404, 40_410_000, 'rejected'],
    [422, 40_010_001, 'rejected'],
    [422, 42_210_000, 'rejected'],
    [401, 40_110_000, 'notSent'],
    [403, 40_110_000, 'notSent'],
    [429, 42_910_000, 'notSent'],
    [500, 50_010_000, 'unknownOutcome'],
    // A refusal with the code of a fault decides nothing.
    [422, 50_010_000, 'unknownOutcome'],
    [500, 40_010_001, 'unknownOutcome'],
    [409, 40_910_000, 'unknownOutcome'],
    [408, 40_810_000, 'unknownOutcome'],
  ])('HTTP %i with code %i is %s', (status, code, kind) => {
    const error = errorOfThrown(answer(status, code));
    expect(error).toMatchObject({ kind, code: `ALPACA_${code}`, message: 'why' });
  });

  test.each([
    [401, 'notSent'],
    [403, 'notSent'],
    [429, 'notSent'],
    [400, 'unknownOutcome'],
    [404, 'unknownOutcome'],
    [422, 'unknownOutcome'],
    [502, 'unknownOutcome'],
    [504, 'unknownOutcome'],
  ])('HTTP %i without a code of the venue is %s', (status, kind) => {
    for (const code of [undefined, '40010001', 1.5, Number.NaN, {}]) {
      const error = errorOfThrown(answer(status, code));
      expect(error).toMatchObject({ kind, code: `HTTP_${status}` });
    }
  });

  test('only its words tell a repeated id from other faults of the same code', () => {
    const words = 'client_order_id must be unique';
    const repeated = errorOfThrown(answer(422, 40_010_001, words));
    expect(isDuplicate(repeated)).toBe(true);
    expect(repeated.kind).toBe('unknownOutcome');
    expect(isDuplicate(errorOfThrown(answer(422, 40_010_001, 'qty must be > 0')))).toBe(false);
    expect(isDuplicate(errorOfThrown(answer(422, undefined, words)))).toBe(false);
    expect(isDuplicate(errorOfThrown(answer(500, 50_010_000, words)))).toBe(false);
  });

  const wash = 'potential wash trade detected. use complex orders';
  const held = 'insufficient qty available for order (requested: 23, available: 0)';
  test.each([
    [403, 40_310_000, wash, 'OPPOSITE_ORDER_OPEN'],
    [422, 42_210_000, wash, 'OPPOSITE_ORDER_OPEN'],
    [403, 40_310_000, held, 'QUANTITY_HELD'],
  ])('refused (%i) for another open order: may be sent again', (status, code, words, name) => {
    const error = errorOfThrown(answer(status, code, words));
    expect(error).toMatchObject({ kind: 'notSent', code: name });
    expect(errorOfThrown(answer(status, undefined, words)).code).toBe(`HTTP_${status}`);
  });

  test('only a code of the venue says that there is none', () => {
    expect(isNotFound(errorOfThrown(answer(404, 40_410_000)))).toBe(true);
    expect(isNotFound(errorOfThrown(answer(404)))).toBe(false);
    expect(isNotFound(errorOfThrown(answer(404, 40_010_000)))).toBe(false);
  });

  test('a long text is cut, and what is left can be stored', () => {
    const { message } = errorOfThrown(answer(422, 42_210_000, `a\0b${'no '.repeat(65)}😀😀😀`));
    expect(message.length).toBeLessThanOrEqual(200);
    expect(message.isWellFormed()).toBe(true);
    expect(message).not.toContain('\0');
  });
});

describe('no answer', () => {
  const failed = (code: string): Error =>
    new Error('x', { cause: new TypeError('fetch failed', { cause: { code } }) });

  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
  ])('%s: no connection was made, so nothing was sent', (code) => {
    expect(errorOfThrown(failed(code))).toMatchObject({ kind: 'notSent', code });
  });

  test.each(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ETIMEDOUT', 'UND_ERR_BODY_TIMEOUT'])(
    '%s: it may have arrived',
    (code) => {
      expect(errorOfThrown(failed(code))).toMatchObject({ kind: 'unknownOutcome', code });
    },
  );

  test.each([
    [undefined],
    [null],
    ['text'],
    [7],
    [new Error('x')],
    [new SyntaxError('JSON')],
    [{ code: 'a b' }],
    [{ code: {} }],
    [{ status: '200' }],
  ])('nobody knows what became of %j', (thrown) => {
    expect(errorOfThrown(thrown)).toMatchObject({ kind: 'unknownOutcome', code: 'NO_ANSWER' });
  });

  test('a BrokerError stays what it is', () => {
    const error = new BrokerError('rejected', 'A', 'b');
    expect(errorOfThrown(error)).toBe(error);
  });
});
