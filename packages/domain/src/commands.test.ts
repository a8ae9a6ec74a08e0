import { describe, expect, test } from 'vitest';
import {
  COMMAND_BYTES_MAX,
  COMMAND_CLOCK_SKEW_MS,
  COMMAND_LIFETIME_MAX_MS,
  COMMAND_OWNER,
  type CommandRefusal,
  commandRefusal,
  type CommandType,
  parseCommand,
  PERMITTED,
  type Producer,
  PRODUCERS,
} from './commands.ts';

const NOW = 1_700_000_000_000;
const ID = '01936c1e-0000-7000-8000-000000000001';
const plan = {
  instrument: 'bybit.linear:BTCUSDT',
  direction: 'long',
  entry: { type: 'limit', price: '100' },
  stop: '90',
  takeProfit: { style: 'single', target: '110' },
  quantity: '1',
  origin: { kind: 'ticket' },
};
const signalled = {
  ...plan,
  origin: { kind: 'signal', signalId: ID, strategy: 'momentum' },
};
const stretch = {
  jobId: ID,
  instrument: 'bybit.linear:BTCUSDT',
  timeframe: '1m',
  reason: 'a hole',
};
const trial = {
  ...{ strategy: 'sma-cross', instruments: ['bybit.linear:BTCUSDT'], timeframe: '1h' },
  ...{ from: 0, to: NOW, parameters: { fastPeriod: 9 }, gates: { longRegimes: ['bull'] } },
};
const BODIES: Record<CommandType, object> = {
  openTrade: { tradeId: ID, plan },
  closeTrade: { tradeId: ID, reason: 'enough' },
  moveStop: { tradeId: ID, level: 'breakEven', reason: 'half way' },
  scaleOut: { tradeId: ID, fraction: '0.5', reason: 'half off' },
  cancelEntry: { tradeId: ID, reason: 'too late' },
  closeAll: { reason: 'leaving' },
  engageBrake: { reason: 'stop' },
  releaseBrake: { reason: 'go on' },
  settleUnattributed: { instrument: 'bybit.linear:BTCUSDT', reason: 'bought by hand' },
  thawInstrument: { instrument: 'bybit.linear:BTCUSDT', reason: 'known' },
  setStrategySwitch: { strategy: 'momentum', switch: 'buy', on: false, reason: 'quiet' },
  setSystemSetting: { key: 'strategy.soak_days', value: 21, from: NOW, reason: 'longer' },
  setStrategyParameters: {
    ...{ strategy: 'momentum', parameters: { fastPeriod: 9, short: true } },
    reason: 'faster',
  },
  setOperatorPassword: { passwordHash: 'x'.repeat(60) },
  startBackfill: { ...stretch, from: 1, to: 2 },
  startImport: { ...stretch, file: 'btc-2024.csv' },
  pauseJob: { jobId: ID, reason: 'later' },
  resumeJob: { jobId: ID, reason: 'now' },
  cancelJob: { jobId: ID, reason: 'wrong one' },
  addInstruments: { instruments: ['bybit.linear:ETHUSDT'], reason: 'new' },
  removeInstruments: { instruments: ['bybit.linear:ETHUSDT'], reason: 'dull' },
  setWatchlist: { name: 'Majors', instruments: ['bybit.linear:ETHUSDT'], reason: 'mine' },
  startBacktest: trial,
  startSweep: {
    ...{ ...trial, vary: ['fastPeriod=4..20/4'] },
    walkForward: { windows: 8, train: 3, mode: 'rolling' },
  },
  cancelBacktest: { id: ID, reason: 'wrong one' },
  compareBacktests: { ids: [ID, ID] },
};
const TYPES: CommandType[] = [
  'openTrade',
  'closeTrade',
  'moveStop',
  'scaleOut',
  'cancelEntry',
  'closeAll',
  'engageBrake',
  'releaseBrake',
  'setStrategySwitch',
  'setSystemSetting',
  'setStrategyParameters',
  'setOperatorPassword',
  'startBackfill',
  'startImport',
  'pauseJob',
  'resumeJob',
  'cancelJob',
  'addInstruments',
  'removeInstruments',
  'setWatchlist',
  'startBacktest',
  'startSweep',
  'cancelBacktest',
  'compareBacktests',
];

const header = {
  version: 1,
  id: ID,
  producer: 'dashboard',
  actor: 'operator',
  account: 'main',
  mode: 'paper',
  issuedAt: NOW,
  expiresAt: NOW + 5_000,
  nonce: '0123456789abcdef'.repeat(2),
};
const commandText = (type: CommandType, change: object = {}): string =>
  JSON.stringify({ ...header, type, body: BODIES[type], ...change });

const context = { producer: 'dashboard', account: 'main', mode: 'paper', now: NOW } as const;
function refusalOf(
  type: CommandType,
  change: object = {},
  at: Partial<Parameters<typeof commandRefusal>[1]> = {},
): CommandRefusal | null {
  return commandRefusal(parseCommand(commandText(type, change)), { ...context, ...at });
}

describe('text', () => {
  test.each(TYPES)('%s is read and has one owner', (type) => {
    expect(parseCommand(commandText(type))).toMatchObject({ type, id: ID });
    expect(['order-gateway', 'supervisor', 'market-data', 'backtester']).toContain(
      COMMAND_OWNER[type],
    );
  });

  test('amounts are exact after reading', () => {
    const command = parseCommand(commandText('openTrade'));
    if (command.type !== 'openTrade') throw new Error('openTrade');
    expect(command.body.plan.stop).toBe(90n * 10n ** 18n);
  });

  test.each([
    ['not JSON', '{'],
    ['JSON of another kind', '[]'],
    ['nothing', ''],
    ['null', 'null'],
    ['an unknown field', commandText('closeTrade', { priority: 1 })],
    [
      'an unknown field in the body',
      commandText('closeTrade', { body: { ...BODIES.closeTrade, force: true } }),
    ],
    ['an unknown type', commandText('closeTrade', { type: 'withdraw' })],
    ['the body of another type', commandText('closeTrade', { body: BODIES.openTrade })],
    ['another version', commandText('closeTrade', { version: 2 })],
    ['a producer nobody knows', commandText('closeTrade', { producer: 'agent' })],
    ['a time that is not whole', commandText('closeTrade', { issuedAt: 1.5 })],
    ['a nonce in capitals', commandText('closeTrade', { nonce: 'A'.repeat(32) })],
    ['a short nonce', commandText('closeTrade', { nonce: 'a'.repeat(31) })],
    ['a NUL', commandText('closeTrade', { body: { tradeId: ID, reason: 'a\0b' } })],
    ['half a character', commandText('closeTrade', { body: { tradeId: ID, reason: 'a\ud800' } })],
    ['an empty reason', commandText('closeTrade', { body: { tradeId: ID, reason: '' } })],
    [
      'an override of what is no soak',
      commandText('setStrategySwitch', {
        body: { ...BODIES.setStrategySwitch, override: true },
      }),
    ],
    [
      'parameters that are no values',
      commandText('setStrategyParameters', {
        body: { ...BODIES.setStrategyParameters, parameters: { fastPeriod: [9] } },
      }),
    ],
    [
      'a number for an amount',
      commandText('openTrade', { body: { tradeId: ID, plan: { ...plan, stop: 90 } } }),
    ],
    [
      'an exponent',
      commandText('openTrade', { body: { tradeId: ID, plan: { ...plan, quantity: '1e3' } } }),
    ],
  ])('%s is malformed', (_, text) => {
    expect(() => parseCommand(text)).toThrow(
      expect.objectContaining({ code: 'COMMAND_MALFORMED' }),
    );
  });

  test('the fault is named by its path', () => {
    const text = commandText('openTrade', { body: { tradeId: ID, plan: { ...plan, stop: '0' } } });
    expect(() => parseCommand(text)).toThrow(/body\.plan\.stop: PRICE_NOT_POSITIVE/);
  });

  test('a text at the limit is read, and one above it is not even looked at', () => {
    const good = commandText('closeTrade');
    expect(parseCommand(good.padEnd(COMMAND_BYTES_MAX)).id).toBe(ID);
    expect(() => parseCommand(good.padEnd(COMMAND_BYTES_MAX + 1))).toThrow(
      expect.objectContaining({ code: 'COMMAND_TOO_LARGE' }),
    );
  });
});

describe('refusals', () => {
  test.each<[string, CommandRefusal | null, object, Partial<Parameters<typeof commandRefusal>[1]>]>(
    [
      ['a plain command', null, {}, {}],
      ['signed by another producer', 'PRODUCER_MISMATCH', {}, { producer: 'cli' }],
      ['as long-lived as allowed', null, { expiresAt: NOW + COMMAND_LIFETIME_MAX_MS }, {}],
      ['a ms longer', 'LIFETIME_TOO_LONG', { expiresAt: NOW + COMMAND_LIFETIME_MAX_MS + 1 }, {}],
      ['from a clock as far ahead as allowed', null, {}, { now: NOW - COMMAND_CLOCK_SKEW_MS }],
      ['a ms further', 'COMMAND_FROM_THE_FUTURE', {}, { now: NOW - COMMAND_CLOCK_SKEW_MS - 1 }],
      ['in its last ms', null, {}, { now: NOW + 4_999 }],
      ['expired', 'COMMAND_EXPIRED', {}, { now: NOW + 5_000 }],
      ['expired before it was issued', 'COMMAND_EXPIRED', { expiresAt: NOW - 1 }, {}],
      ['for another account', 'ACCOUNT_MISMATCH', { account: 'other' }, {}],
      ['for live on paper', 'MODE_MISMATCH', { mode: 'live' }, {}],
      ['for paper on live', 'MODE_MISMATCH', {}, { mode: 'live' }],
    ],
  )('%s: %s', (_, refusal, change, at) => {
    expect(refusalOf('closeTrade', change, at)).toBe(refusal);
  });

  const allowed = PRODUCERS.flatMap((producer) =>
    TYPES.map((type) => [producer, type, PERMITTED[producer].includes(type)] as const),
  );
  test.each(allowed)('%s asks for %s: %s', (producer, type, permitted) => {
    const body = type === 'openTrade' ? { tradeId: ID, plan: signalled } : BODIES[type];
    const refusal = refusalOf(type, { producer, body }, { producer });
    expect(refusal).toBe(permitted ? null : 'NOT_PERMITTED');
  });

  test('who may do what is written down once more', () => {
    const brake: CommandType[] = ['engageBrake', 'releaseBrake'];
    const changes = ['closeTrade', 'moveStop', 'scaleOut', 'cancelEntry', 'closeAll'];
    const position: CommandType[] = ['settleUnattributed', 'thawInstrument'];
    const data: CommandType[] = [
      'startBackfill',
      'startImport',
      'pauseJob',
      'resumeJob',
      'cancelJob',
      'addInstruments',
      'removeInstruments',
      'setWatchlist',
    ];
    const configuration: CommandType[] = [
      'setStrategySwitch',
      'setSystemSetting',
      'setStrategyParameters',
      'setOperatorPassword',
    ];
    const backtests = ['startBacktest', 'startSweep', 'cancelBacktest', 'compareBacktests'];
    const asked = [...changes, ...brake, ...position, ...data, ...configuration, ...backtests];
    const written: Record<Producer, string[]> = {
      dashboard: ['openTrade', ...asked],
      'strategy-worker': ['openTrade', 'closeTrade'],
      cli: asked,
    };
    expect(PERMITTED).toEqual(written);
  });

  test("a strategy trades its own signals only, never an operator's ticket", () => {
    const producer = 'strategy-worker';
    expect(refusalOf('openTrade', { producer }, { producer })).toBe('NOT_PERMITTED');
  });
});
