import { DAY_MS } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { asked, at, facts, NOW, SWITCH_ROW } from './facts.fixture.ts';
import { GATE_CHECKS } from './judge.ts';
import { gateConfiguration } from './limits.ts';

const HOUR_MS = 3_600_000;

describe('switch', () => {
  test('on passes, off and never set refuse', () => {
    expect(asked('switch', {})).toBe('passes');
    const off = { buySwitch: at({ id: SWITCH_ROW, buy: false }) };
    expect(asked('switch', off)).toEqual(['buy switch off', 'buy switch on']);
    expect(asked('switch', { buySwitch: at(null) })).toEqual([
      'the buy switch of momentum was never set',
      'buy switch on',
    ]);
  });
  test('unknown refuses', () => {
    expect(asked('switch', { buySwitch: 'unknown' })).toEqual([
      'buy switch unknown',
      'buy switch known',
    ]);
  });
});

describe('soak', () => {
  const watched = (watchedSince: number | null, waiver: string | null = null) => ({
    soak: at({ watchedSince, waiver }),
  });
  test('long enough passes, to the millisecond; a kept reason too', () => {
    expect(asked('soak', watched(NOW - 14 * DAY_MS))).toBe('passes');
    expect(asked('soak', watched(NOW - 14 * DAY_MS + 1))).toEqual([
      'watched for 13.9 days',
      'watched for 14 days, or a reason to do without',
    ]);
    expect(asked('soak', watched(null))).toEqual([
      'never watched',
      'watched for 14 days, or a reason to do without',
    ]);
    expect(asked('soak', watched(null, 'proven elsewhere'))).toBe('passes');
    expect(asked('soak', watched(null), { soakMs: 0 })).toBe('passes');
  });
  test('unknown passes and is told', () => {
    expect(asked('soak', { soak: 'unknown' })).toBe('not asked');
  });
});

describe('regime', () => {
  const bulls = { longRegimes: ['bull', 'strong-bull'], shortRegimes: ['strong-bear'] };
  test('each direction has its own', () => {
    expect(asked('regime', { regime: at('bull') }, bulls)).toBe('passes');
    expect(asked('regime', { regime: at('neutral') }, bulls)).toEqual([
      'regime neutral',
      'long in bull, strong-bull',
    ]);
    const short = { direction: 'short', regime: at('bull' as const) } as const;
    expect(asked('regime', short, bulls)).toEqual(['regime bull', 'short in strong-bear']);
    expect(asked('regime', { ...short, regime: at('strong-bear') }, bulls)).toBe('passes');
  });
  test('unknown, and what is too old to be known, refuse; no matter where all are allowed', () => {
    const refusal = ['regime unknown', 'regime known'];
    expect(asked('regime', { regime: 'unknown' }, bulls)).toEqual(refusal);
    expect(asked('regime', { regime: at('bull', 9 * HOUR_MS) }, bulls)).toBe('passes');
    expect(asked('regime', { regime: at('bull', 9 * HOUR_MS + 1) }, bulls)).toEqual(refusal);
    expect(asked('regime', { regime: 'unknown' })).toBe('passes');
  });
});

describe('cooldown', () => {
  const asks = (agoMs: number) => ({ lastAsk: at({ strategy: NOW - agoMs, any: NOW - agoMs }) });
  test("a strategy's own last ask in the instrument", () => {
    expect(asked('cooldown', {})).toBe('passes');
    expect(asked('cooldown', asks(900_000))).toBe('passes');
    expect(asked('cooldown', asks(899_999))).toEqual([
      'momentum asked 899999 ms ago',
      'cooldown of 900000 ms between asks of one strategy in the instrument',
    ]);
  });
  test('unknown refuses', () => {
    expect(asked('cooldown', { lastAsk: 'unknown' })).toContain('last ask of the strategy unknown');
  });
});

describe('position cap', () => {
  const open = (inAccount: number, inInstrument: string | null = null) => ({
    openTrades: at({ inAccount, inInstrument }),
  });
  test('one in the instrument, and as many as are allowed in the account', () => {
    expect(asked('position-cap', open(9))).toBe('passes');
    expect(asked('position-cap', open(10))).toEqual([
      '10 open trades',
      'fewer than 10 open trades',
    ]);
    expect(asked('position-cap', open(1, 'T'))).toEqual([
      'trade T has not ended',
      'no unfinished trade in the instrument',
    ]);
  });
  test('unknown refuses', () => {
    expect(asked('position-cap', { openTrades: 'unknown' })).toContain('open trades unknown');
  });
});

describe('exposure', () => {
  const held = (change: object) => ({
    exposure: at({ account: 0, strategy: 0, sector: 0, ...change }),
  });
  test('room is left in the account, for the strategy and in the sector', () => {
    expect(asked('exposure', held({ account: 0.99, strategy: 0.49, sector: 0.29 }))).toBe('passes');
    expect(asked('exposure', held({ account: 1 }))).toEqual([
      'the account holds 100 % of equity',
      'the account holds less than 100 % of equity',
    ]);
    expect(asked('exposure', held({ strategy: 0.5 }))).toContain(
      'the strategy holds 50 % of equity',
    );
    expect(asked('exposure', held({ sector: 0.31 }))).toContain('the sector holds 31 % of equity');
    expect(asked('exposure', held({ account: NaN }))).toContain(
      'the account holds NaN % of equity',
    );
  });
  test('unknown passes and is told', () => {
    expect(asked('exposure', { exposure: 'unknown' })).toBe('not asked');
  });
});

describe('brake', () => {
  test('anything but released refuses', () => {
    expect(asked('brake', {})).toBe('passes');
    expect(asked('brake', { brake: at('engaged') })).toEqual(['brake engaged', 'brake released']);
    expect(asked('brake', { brake: at('unreadable') })).toContain('brake unreadable');
  });
  test('unknown refuses', () => {
    expect(asked('brake', { brake: 'unknown' })).toContain('brake unknown');
  });
});

describe('duplicate', () => {
  const asks = (agoMs: number) => ({ lastAsk: at({ strategy: null, any: NOW - agoMs }) });
  test('an ask of anybody whose answer may be out', () => {
    expect(asked('duplicate', asks(14_000))).toBe('passes');
    expect(asked('duplicate', asks(13_999))).toEqual([
      'a trade was asked for 13999 ms ago',
      'no ask in the instrument within 14000 ms',
    ]);
  });
  test('unknown refuses', () => {
    const unknown = GATE_CHECKS.at(-1)?.check(
      { ...facts, lastAsk: 'unknown' },
      gateConfiguration().limits,
    );
    expect(unknown).toMatchObject({ kind: 'missing', input: 'last ask in the instrument unknown' });
    expect(GATE_CHECKS.at(-1)?.withoutFacts).toBe('refuses');
  });
});
