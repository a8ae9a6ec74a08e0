import { type CommandEntry, signPayload } from '@ballast/bus';
import { COMMAND_BYTES_MAX } from '@ballast/domain';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { configurationVerdict } from './configuration-command.ts';

const NOW = 1_760_000_000_000;
const keys = { dashboard: 'key of the dashboard', cli: 'key of the command line' };
const schemas = {
  'sma-cross': z.strictObject({ fastPeriod: z.int().min(2).max(200).default(10) }),
};
const context = { keys, account: 'paper', mode: 'paper', now: NOW, schemas } as const;
const HASH = `$argon2id$v=19$m=19456,t=2,p=1$${'c2FsdA'.repeat(3)}$${'dGFn'.repeat(8)}`;

const switchCommand = {
  version: 1,
  id: '01890000-0000-7000-8000-000000000001',
  producer: 'dashboard',
  actor: 'operator',
  account: 'paper',
  mode: 'paper',
  issuedAt: NOW - 100,
  expiresAt: NOW + 5_000,
  nonce: '0123456789abcdef0123456789abcdef',
  type: 'setStrategySwitch',
  body: { strategy: 'momentum', switch: 'buy', on: true, reason: 'try it' },
};
const passwordCommand = {
  ...switchCommand,
  type: 'setOperatorPassword',
  body: { passwordHash: HASH },
};
const closeCommand = {
  ...switchCommand,
  type: 'closeTrade',
  body: { tradeId: '01890000-0000-7000-8000-000000000002', reason: 'enough' },
};

const settingCommand = {
  ...switchCommand,
  type: 'setSystemSetting',
  body: { key: 'strategy.soak_days', value: 21, reason: 'longer' },
};
const parametersCommand = {
  ...switchCommand,
  type: 'setStrategyParameters',
  body: { strategy: 'sma-cross', parameters: { fastPeriod: 12 }, reason: 'slower' },
};

test.each([switchCommand, settingCommand, parametersCommand, passwordCommand])(
  'takes a $type',
  (command) => {
    expect(configurationVerdict(entryOf(command), context)).toMatchObject({
      kind: 'own',
      command: { type: command.type, body: command.body },
    });
  },
);

test('leaves to the gateway what is unreadable, wrongly signed or not its own', () => {
  const unreadable = { kind: 'left', why: 'unreadable' };
  expect(configurationVerdict({ ...entryOf(switchCommand), signature: '' }, context)).toEqual(
    unreadable,
  );
  expect(configurationVerdict(entryOf(switchCommand, keys.cli), context)).toEqual(unreadable);
  expect(configurationVerdict(entryOf({ ...switchCommand, extra: 1 }), context)).toEqual(
    unreadable,
  );
  expect(configurationVerdict(entryOf('not an object'), context)).toEqual(unreadable);
  const noText = { ...switchCommand.body, reason: 'a\0b' };
  expect(configurationVerdict(entryOf({ ...switchCommand, body: noText }), context)).toEqual(
    unreadable,
  );
  const large = entryOf('x'.repeat(COMMAND_BYTES_MAX));
  expect(configurationVerdict(large, context)).toEqual(unreadable);
  const other = { kind: 'left', why: 'other-owner' };
  expect(configurationVerdict(entryOf(closeCommand), context)).toEqual(other);
  expect(
    configurationVerdict({ ...entryOf(switchCommand), producer: 'strategy-worker' }, context),
  ).toEqual(other);
});

test.each([
  [{ expiresAt: NOW }, 'COMMAND_EXPIRED'],
  [{ issuedAt: NOW + 3_000 }, 'COMMAND_FROM_THE_FUTURE'],
  [{ issuedAt: NOW - 100, expiresAt: NOW + 60_000 }, 'LIFETIME_TOO_LONG'],
  [{ account: 'other' }, 'ACCOUNT_MISMATCH'],
  [{ mode: 'live' }, 'MODE_MISMATCH'],
  [{ producer: 'cli' }, 'PRODUCER_MISMATCH'],
  [{ producer: 'strategy-worker' }, 'PRODUCER_MISMATCH'],
  [{ body: { ...switchCommand.body, strategy: 'martingale' } }, 'COMMAND_MALFORMED'],
])('refuses its own command with %o as %s', (change, code) => {
  const verdict = configurationVerdict(entryOf({ ...switchCommand, ...change }), context);
  expect(verdict).toMatchObject({ kind: 'refused', code });
});

test.each([
  ['plain text of a password, long enough'],
  [HASH.replace('argon2id', 'argon2i')],
  [HASH.replace('m=19456', 'm=8')],
  [HASH.replace('m=19456', 'm=9999999')],
  [HASH.replace('t=2', 't=1')],
  [HASH.replace('p=1', 'p=4')],
])(
  'refuses a password hash that the dashboard could not or should not check: %s',
  (passwordHash) => {
    const verdict = configurationVerdict(
      entryOf({ ...passwordCommand, body: { passwordHash } }),
      context,
    );
    expect(verdict).toMatchObject({ kind: 'refused', code: 'COMMAND_MALFORMED' });
  },
);

const setting = (change: object) => ({
  ...settingCommand,
  body: { ...settingCommand.body, ...change },
});
const parameters = (change: object) => ({
  ...parametersCommand,
  body: { ...parametersCommand.body, ...change },
});

test.each([
  [setting({ key: 'strategy.luck' }), 'SETTING_UNKNOWN', 'there are: strategy.soak_days, gate.'],
  [setting({ key: 'toString' }), 'SETTING_UNKNOWN', 'no setting "toString"'],
  [
    setting({ value: 366 }),
    'SETTING_INVALID',
    'strategy.soak_days is a whole number from 0 to 365 (days), not 366',
  ],
  [setting({ value: 1.5 }), 'SETTING_INVALID', 'not 1.5'],
  [setting({ value: '14' }), 'SETTING_INVALID', 'not "14"'],
  [setting({ from: NOW - 1 }), 'EFFECTIVE_IN_THE_PAST', '2025-10-09T08:53:19.999Z'],
  [parameters({ from: NOW - 1 }), 'EFFECTIVE_IN_THE_PAST', '2025-10-09T08:53:19.999Z'],
  [parameters({ parameters: { fastPeriod: 1 } }), 'PARAMETERS_INVALID', 'at fastPeriod'],
  [parameters({ parameters: { fastPerod: 12 } }), 'PARAMETERS_INVALID', '"fastPerod"'],
  [parameters({ strategy: 'martingale' }), 'COMMAND_MALFORMED', 'no strategy named "martingale"'],
])('refuses %o as %s and says why', (command, code, detail) => {
  const verdict = configurationVerdict(entryOf(command), context);
  expect(verdict).toMatchObject({ kind: 'refused', code, detail: expect.stringContaining(detail) });
});

test.each([
  setting({ from: NOW }),
  setting({ from: NOW + 86_400_000 }),
  parameters({ from: NOW }),
  parameters({ parameters: {} }),
  // Its schema is not known here.
  parameters({ strategy: 'momentum', parameters: { anything: true } }),
])('takes %o', (command) => {
  expect(configurationVerdict(entryOf(command), context)).toMatchObject({ kind: 'own' });
});

test.each([
  { switch: 'hold' },
  { switch: 'sell', override: true },
  { switch: 'buy', on: false, override: true },
  { reason: '' },
])('leaves a switch with %o to the gateway, as unreadable', (change) => {
  const body = { ...switchCommand.body, ...change };
  expect(configurationVerdict(entryOf({ ...switchCommand, body }), context)).toEqual({
    kind: 'left',
    why: 'unreadable',
  });
});

function entryOf(command: unknown, key = keys.dashboard): CommandEntry {
  const payload = JSON.stringify(command);
  return { producer: 'dashboard', entryId: '1-1', payload, signature: signPayload(payload, key) };
}
