import { signPayload } from '@ballast/bus';
import type { CommandWire } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import { intake } from './intake.ts';

const NOW = 1_790_000_000_000;
const KEY = 'k'.repeat(64);
const OTHER_KEY = 'o'.repeat(64);
const context = {
  keys: { dashboard: KEY, 'strategy-worker': OTHER_KEY, cli: OTHER_KEY },
  account: 'paper',
  mode: 'paper' as const,
  now: () => NOW,
};

function wire(change: object = {}): CommandWire {
  return {
    version: 1,
    id: '01a1fbe2-eef0-7edc-b107-812367d86516',
    producer: 'dashboard',
    actor: 'operator',
    account: 'paper',
    mode: 'paper',
    issuedAt: NOW - 100,
    expiresAt: NOW + 8_000,
    nonce: 'a'.repeat(32),
    type: 'closeTrade',
    body: { tradeId: '01a1fbe2-eef0-7f8a-9aa3-0a92d8da2e5a', reason: 'test' },
    ...change,
  } as CommandWire;
}

function enter(payload: string, signature = signPayload(payload, KEY)) {
  return intake({ producer: 'dashboard', entryId: '1-1', payload, signature }, context);
}

const plan = {
  instrument: 'bybit.linear:BTCUSDT',
  direction: 'long',
  entry: { type: 'limit', price: '50000' },
  stop: '49000',
  takeProfit: { style: 'single', target: '51000' },
  quantity: '0.1',
  origin: { kind: 'ticket' },
};
const open = (change: object): object => {
  const tradeId = '01a1fbe2-eef0-7f8a-9aa3-0a92d8da2e5a';
  return { type: 'openTrade', body: { tradeId, plan: { ...plan, ...change } } };
};

describe('intake', () => {
  test('takes a command that is signed, fresh and permitted', () => {
    expect(enter(JSON.stringify(wire()))).toMatchObject({ type: 'command', entryId: '1-1' });
  });

  test('leaves it to the journal whether an expired command was taken before', () => {
    expect(enter(JSON.stringify(wire({ expiresAt: NOW })))).toMatchObject({ expired: true });
    expect(enter(JSON.stringify(wire()))).toMatchObject({ expired: false });
  });

  test('leaves the supervisor its own commands', () => {
    const body = { strategy: 'momentum', switch: 'buy', on: true, reason: 'soak is over' };
    expect(enter(JSON.stringify(wire({ type: 'setStrategySwitch', body })))).toBeNull();
  });

  test.each([
    ['COMMAND_FROM_THE_FUTURE', { issuedAt: NOW + 2_001, expiresAt: NOW + 5_000 }],
    ['LIFETIME_TOO_LONG', { issuedAt: NOW, expiresAt: NOW + 10_001 }],
    ['ACCOUNT_MISMATCH', { account: 'other' }],
    ['MODE_MISMATCH', { mode: 'live' }],
    ['PRODUCER_MISMATCH', { producer: 'cli' }],
    ['COMMAND_MALFORMED', { surplus: 1 }],
    ['COMMAND_MALFORMED', { nonce: 'short' }],
    ['COMMAND_MALFORMED', open({ quantity: 'NaN' })],
    ['COMMAND_MALFORMED', open({ quantity: '-1' })],
    ['COMMAND_MALFORMED', open({ stop: '0' })],
    ['COMMAND_MALFORMED', open({ takeProfit: { style: 'single', target: '1e3' } })],
    ['COMMAND_MALFORMED', open({ quantity: 1 })],
    ['COMMAND_MALFORMED', open({ instrument: 'BTC' })],
  ])('refuses with %s: %j', (code, change) => {
    expect(enter(JSON.stringify(wire(change)))).toMatchObject({ type: 'refusal', code });
  });

  test.each(['a\0b', 'a\ud800'])('refuses a text that cannot be stored: %j', (reason) => {
    const body = { tradeId: '01a1fbe2-eef0-7f8a-9aa3-0a92d8da2e5a', reason };
    const refused = enter(JSON.stringify(wire({ body })));
    expect(refused).toMatchObject({ code: 'COMMAND_MALFORMED', commandId: wire().id });
  });

  test('believes nothing of a text whose signature is wrong', () => {
    const payload = JSON.stringify(wire());
    for (const signature of [
      '',
      'zz',
      signPayload(payload, OTHER_KEY),
      signPayload(`${payload} `, KEY),
    ]) {
      expect(enter(payload, signature)).toMatchObject({ code: 'SIGNATURE_WRONG', commandId: null });
    }
  });

  test('a flipped bit anywhere in the text breaks the signature', () => {
    const payload = JSON.stringify(wire());
    const signature = signPayload(payload, KEY);
    for (let index = 0; index < payload.length; index += 1) {
      const flipped = String.fromCodePoint((payload.codePointAt(index) ?? 0) ^ 1);
      const changed = payload.slice(0, index) + flipped + payload.slice(index + 1);
      expect(enter(changed, signature)).toMatchObject({ code: 'SIGNATURE_WRONG' });
    }
  });

  test('refuses what is too large before reading it', () => {
    expect(enter('x'.repeat(8_193))).toMatchObject({ code: 'COMMAND_TOO_LARGE' });
  });

  test('names the command of a signed but malformed text, so that its sender learns of it', () => {
    const refused = enter(JSON.stringify(wire({ version: 2 })));
    expect(refused).toMatchObject({ code: 'COMMAND_MALFORMED', commandId: wire().id });
  });
});
