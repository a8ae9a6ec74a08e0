import { z } from 'zod';
import { BACKTEST_BODIES } from './backtest-commands.ts';
import { CONFIGURATION_BODIES } from './configuration-commands.ts';
import { DATA_BODIES } from './data-commands.ts';
import { InvalidInput } from './errors.ts';
import { type CommandId, parseUuid, type TradeId } from './ids.ts';
import { parseInstrumentId } from './instrument.ts';
import { CHANGE_BODIES } from './trade-changes.ts';
import { parsed, tradePlanWire } from './trade-plan.ts';

/** Who may put commands on the bus; each has a stream and a signing key of its own. */
export const PRODUCERS = ['dashboard', 'strategy-worker', 'cli'] as const;
export type Producer = (typeof PRODUCERS)[number];

export type TradingMode = 'paper' | 'live';

const tradeIdText = parsed(parseUuid<TradeId>);
const reason = z.string().min(1).max(500);
const instrument = parsed(parseInstrumentId);

const bodies = {
  openTrade: z.strictObject({ tradeId: tradeIdText, plan: tradePlanWire }),
  closeTrade: z.strictObject({ tradeId: tradeIdText, reason }),
  ...CHANGE_BODIES,
  ...CONFIGURATION_BODIES,
  engageBrake: z.strictObject({ reason }),
  releaseBrake: z.strictObject({ reason }),
  /**
   * Fills that Ballast did not make are explained: they have reduced the trade that is named, else
   * what is left of them is the operator's.
   */
  settleUnattributed: z.strictObject({ instrument, reason, tradeId: tradeIdText.optional() }),
  /** The freeze of a drift is lifted, as long as its numbers stay what they are. */
  thawInstrument: z.strictObject({ instrument, reason }),
  setOperatorPassword: z.strictObject({ passwordHash: z.string().min(20).max(300) }),
  ...DATA_BODIES,
  ...BACKTEST_BODIES,
} as const;

export type CommandType = keyof typeof bodies;

const header = {
  version: z.literal(1),
  id: parsed(parseUuid<CommandId>),
  producer: z.enum(PRODUCERS),
  actor: z.string().min(1).max(64),
  account: z.string().min(1).max(64),
  mode: z.enum(['paper', 'live']),
  issuedAt: z.int().positive(),
  expiresAt: z.int().positive(),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
};

/** A command as it stands in the signed text. Times epoch ms. `body` is decimal text throughout. */
export const commandWire = z.discriminatedUnion('type', [
  z.strictObject({ ...header, type: z.literal('openTrade'), body: bodies.openTrade }),
  z.strictObject({ ...header, type: z.literal('closeTrade'), body: bodies.closeTrade }),
  z.strictObject({ ...header, type: z.literal('moveStop'), body: bodies.moveStop }),
  z.strictObject({ ...header, type: z.literal('scaleOut'), body: bodies.scaleOut }),
  z.strictObject({ ...header, type: z.literal('cancelEntry'), body: bodies.cancelEntry }),
  z.strictObject({ ...header, type: z.literal('closeAll'), body: bodies.closeAll }),
  z.strictObject({ ...header, type: z.literal('engageBrake'), body: bodies.engageBrake }),
  z.strictObject({ ...header, type: z.literal('releaseBrake'), body: bodies.releaseBrake }),
  z.strictObject({
    ...header,
    type: z.literal('settleUnattributed'),
    body: bodies.settleUnattributed,
  }),
  z.strictObject({ ...header, type: z.literal('thawInstrument'), body: bodies.thawInstrument }),
  z.strictObject({
    ...header,
    type: z.literal('setStrategySwitch'),
    body: bodies.setStrategySwitch,
  }),
  z.strictObject({ ...header, type: z.literal('setSystemSetting'), body: bodies.setSystemSetting }),
  z.strictObject({
    ...header,
    type: z.literal('setStrategyParameters'),
    body: bodies.setStrategyParameters,
  }),
  z.strictObject({
    ...header,
    type: z.literal('setOperatorPassword'),
    body: bodies.setOperatorPassword,
  }),
  z.strictObject({
    ...header,
    type: z.literal('startBackfill'),
    body: bodies.startBackfill,
  }),
  z.strictObject({
    ...header,
    type: z.literal('startImport'),
    body: bodies.startImport,
  }),
  z.strictObject({
    ...header,
    type: z.literal('pauseJob'),
    body: bodies.pauseJob,
  }),
  z.strictObject({
    ...header,
    type: z.literal('resumeJob'),
    body: bodies.resumeJob,
  }),
  z.strictObject({
    ...header,
    type: z.literal('cancelJob'),
    body: bodies.cancelJob,
  }),
  z.strictObject({
    ...header,
    type: z.literal('addInstruments'),
    body: bodies.addInstruments,
  }),
  z.strictObject({
    ...header,
    type: z.literal('removeInstruments'),
    body: bodies.removeInstruments,
  }),
  z.strictObject({
    ...header,
    type: z.literal('setWatchlist'),
    body: bodies.setWatchlist,
  }),
  z.strictObject({ ...header, type: z.literal('startBacktest'), body: bodies.startBacktest }),
  z.strictObject({ ...header, type: z.literal('startSweep'), body: bodies.startSweep }),
  z.strictObject({ ...header, type: z.literal('cancelBacktest'), body: bodies.cancelBacktest }),
  z.strictObject({ ...header, type: z.literal('compareBacktests'), body: bodies.compareBacktests }),
]);
export type Command = z.output<typeof commandWire>;
export type CommandWire = z.input<typeof commandWire>;
export type CommandOf<T extends CommandType> = Extract<Command, { type: T }>;

/** The service that carries a command out; every other consumer leaves it alone. */
export const COMMAND_OWNER: Record<
  CommandType,
  'order-gateway' | 'supervisor' | 'market-data' | 'backtester'
> = {
  openTrade: 'order-gateway',
  closeTrade: 'order-gateway',
  moveStop: 'order-gateway',
  scaleOut: 'order-gateway',
  cancelEntry: 'order-gateway',
  closeAll: 'order-gateway',
  engageBrake: 'order-gateway',
  releaseBrake: 'order-gateway',
  settleUnattributed: 'order-gateway',
  thawInstrument: 'order-gateway',
  setStrategySwitch: 'supervisor',
  setSystemSetting: 'supervisor',
  setStrategyParameters: 'supervisor',
  setOperatorPassword: 'supervisor',
  startBackfill: 'market-data',
  startImport: 'market-data',
  pauseJob: 'market-data',
  resumeJob: 'market-data',
  cancelJob: 'market-data',
  addInstruments: 'market-data',
  removeInstruments: 'market-data',
  setWatchlist: 'market-data',
  startBacktest: 'backtester',
  startSweep: 'backtester',
  cancelBacktest: 'backtester',
  compareBacktests: 'backtester',
};

const CHANGES: readonly CommandType[] = [
  'closeTrade',
  'moveStop',
  'scaleOut',
  'cancelEntry',
  'closeAll',
];

const BRAKE: readonly CommandType[] = ['engageBrake', 'releaseBrake'];
const DATA: readonly CommandType[] = [
  'startBackfill',
  'startImport',
  'pauseJob',
  'resumeJob',
  'cancelJob',
  'addInstruments',
  'removeInstruments',
  'setWatchlist',
];
const BACKTESTS: readonly CommandType[] = [
  'startBacktest',
  'startSweep',
  'cancelBacktest',
  'compareBacktests',
];
const CONFIGURATION: readonly CommandType[] = [
  'setStrategySwitch',
  'setSystemSetting',
  'setStrategyParameters',
  'setOperatorPassword',
];
const POSITION: readonly CommandType[] = ['settleUnattributed', 'thawInstrument'];

/** What each producer may ask for; anything else is refused with NOT_PERMITTED. */
export const PERMITTED: Record<Producer, readonly CommandType[]> = {
  dashboard: [
    ...(['openTrade', ...CHANGES, ...BRAKE, ...POSITION] as const),
    ...[...DATA, ...CONFIGURATION, ...BACKTESTS],
  ],
  'strategy-worker': ['openTrade', 'closeTrade'],
  cli: [...CHANGES, ...BRAKE, ...POSITION, ...DATA, ...CONFIGURATION, ...BACKTESTS],
};

/** Characters of the operator's password: checked where it is typed and where it is hashed. */
export const PASSWORD_LENGTH_MIN = 10;
export const PASSWORD_LENGTH_MAX = 200;

export const COMMAND_BYTES_MAX = 8_192;
/** A command may live this long at most; a longer `expiresAt` is refused. */
export const COMMAND_LIFETIME_MAX_MS = 10_000;
/** Tolerated difference between the producer's clock and ours. */
export const COMMAND_CLOCK_SKEW_MS = 2_000;

/** Why a command was not taken. Stable: shown, counted, stored. */
const COMMAND_REFUSALS = [
  'COMMAND_TOO_LARGE',
  'COMMAND_MALFORMED',
  'SIGNATURE_WRONG',
  'PRODUCER_MISMATCH',
  'COMMAND_EXPIRED',
  'COMMAND_FROM_THE_FUTURE',
  'LIFETIME_TOO_LONG',
  'NONCE_REPEATED',
  'COMMAND_REPEATED',
  'NOT_PERMITTED',
  'ACCOUNT_MISMATCH',
  'MODE_MISMATCH',
] as const;
export type CommandRefusal = (typeof COMMAND_REFUSALS)[number];

/** Why a command about the account's positions did nothing. Stable: shown, counted, stored. */
export type PositionRefusal =
  | 'NOTHING_UNATTRIBUTED'
  /** Ledger and venue differ, or have not been compared since the last fill. */
  | 'NOT_RECONCILED'
  /** What was done by hand has not reduced the trade that was named, or not in its own terms. */
  | 'NOT_A_REDUCTION'
  /** More was done by hand than the trade holds. */
  | 'QUANTITY_ABOVE_OPEN'
  | 'TRADE_UNKNOWN'
  | 'TRADE_ENDED'
  | 'NOT_FROZEN';

/** Escapes of NUL and of half characters: Postgres keeps neither, so no commit would pass. */
const UNSTORABLE = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** @throws InvalidInput COMMAND_TOO_LARGE or COMMAND_MALFORMED with the path of the first fault. */
export function parseCommand(text: string): Command {
  if (text.length > COMMAND_BYTES_MAX) {
    throw new InvalidInput('COMMAND_TOO_LARGE', `command of ${text.length} characters`);
  }
  if (UNSTORABLE.test(text)) {
    throw new InvalidInput('COMMAND_MALFORMED', 'text holds what is no character');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InvalidInput('COMMAND_MALFORMED', 'command is not JSON');
  }
  const result = commandWire.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new InvalidInput(
    'COMMAND_MALFORMED',
    `command field ${issue?.path.join('.') ?? '?'}: ${issue?.message ?? 'not valid'}`,
  );
}

/**
 * The checks of a command that need no storage: who signed, time window, permission, account, mode.
 * Order matters: nothing that the signature does not cover is believed before the signature is.
 */
export function commandRefusal(
  command: Command,
  context: { producer: Producer; account: string; mode: TradingMode; now: number },
): CommandRefusal | null {
  if (command.producer !== context.producer) return 'PRODUCER_MISMATCH';
  if (command.expiresAt - command.issuedAt > COMMAND_LIFETIME_MAX_MS) return 'LIFETIME_TOO_LONG';
  if (command.issuedAt > context.now + COMMAND_CLOCK_SKEW_MS) return 'COMMAND_FROM_THE_FUTURE';
  if (command.expiresAt <= context.now) return 'COMMAND_EXPIRED';
  if (!PERMITTED[command.producer].includes(command.type)) return 'NOT_PERMITTED';
  if (command.account !== context.account) return 'ACCOUNT_MISMATCH';
  if (command.mode !== context.mode) return 'MODE_MISMATCH';
  if (
    command.producer === 'strategy-worker' &&
    command.type === 'openTrade' &&
    command.body.plan.origin.kind !== 'signal'
  ) {
    return 'NOT_PERMITTED';
  }
  return null;
}
