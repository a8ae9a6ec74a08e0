import { type CommandEntry, signPayload } from '@ballast/bus';
import { COMMAND_BYTES_MAX } from '@ballast/domain';
import { expect, test } from 'vitest';
import { configurationVerdict } from './configuration-command.ts';

const NOW = 1_760_000_000_000;
const keys = { dashboard: 'key of the dashboard', cli: 'key of the command line' };
const context = { keys, account: 'paper', mode: 'paper', now: NOW } as const;
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
  body: { strategy: 'momentum', buy: true, reason: 'try it' },
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

test.each([switchCommand, passwordCommand])('takes a $type', (command) => {
  expect(configurationVerdict(entryOf(command), context)).toMatchObject({
    kind: 'own',
    command: { type: command.type, body: command.body },
  });
});

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

function entryOf(command: unknown, key = keys.dashboard): CommandEntry {
  const payload = JSON.stringify(command);
  return { producer: 'dashboard', entryId: '1-1', payload, signature: signPayload(payload, key) };
}
