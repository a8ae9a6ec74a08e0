import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, BusError, sendCommand } from '@ballast/bus';
import {
  type Database,
  lastAskedAt,
  loadGaps,
  newestBalance,
  saveAskingSignal,
  saveBlockedSignal,
  saveLaterBlock,
  switchesInForce,
  unfinishedTrade,
} from '@ballast/db';
import {
  type Bar,
  COMMAND_LIFETIME_MAX_MS,
  type CommandId,
  type CommandWire,
  type Instrument,
  parseUuid,
  type Quote,
  type Signal,
  type SignalId,
  TIMEFRAME_MS,
  type TradeId,
  type TradePlan,
  tradePlanToWire,
  type TradingMode,
  uuidV7,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Facts, Limits } from './gates/gate.ts';
import { judge } from './gates/judge.ts';
import type { TrackOpinion } from './instrument-track.ts';

const SEND_ATTEMPTS = 3;
const SEND_RETRY_DELAY_MS = 250;

export type DecisionContext = {
  readonly db: Database;
  readonly bus: Bus;
  readonly log: Logger;
  readonly account: string;
  readonly mode: TradingMode;
  readonly commandKey: string;
  readonly limits: Limits;
  /** Epoch ms. */
  now(): number;
};

/**
 * `unsent`: stored as asking, but the command did not reach the bus, as far as we know. `repeated`:
 * decided earlier.
 */
export type Outcome =
  | { readonly kind: 'blocked'; readonly gate: string }
  | { readonly kind: 'asked' }
  | { readonly kind: 'unsent' }
  | { readonly kind: 'repeated' };

/**
 * One opinion all the way: signal, gates, and either a blocked signal or a command. A signal that
 * may ask is stored before its command is sent. One whose command leads to no trade, be it after a
 * crash in between, is blocked later (asked-signals.ts); the trade is not asked for again, since
 * its price is gone by then.
 */
export async function decide(
  context: DecisionContext,
  input: {
    readonly bar: Bar;
    readonly judged: TrackOpinion;
    readonly instrument: Instrument;
    readonly quote: Quote | null;
  },
): Promise<Outcome> {
  const { db, log } = context;
  const signal = signalFrom(input.judged, input.bar, context.now());
  const facts = await gatherFacts(context, input, signal);
  const judgement = judge(facts);
  if (judgement.kind === 'blocked') {
    const { gate, refusal } = judgement;
    const stored = await saveBlockedSignal(db, signal, {
      signalId: signal.id,
      gate,
      ...refusal,
      blockedAt: signal.decidedAt,
    });
    if (!stored) return { kind: 'repeated' };
    log.info({ signal: signal.id, strategy: signal.strategy, gate, ...refusal }, 'signal blocked');
    return { kind: 'blocked', gate };
  }
  const command = commandFor(context, signal, judgement.plan);
  const ask = { tradeId: command.body.tradeId, commandId: command.id };
  if (!(await saveAskingSignal(db, signal, ask))) return { kind: 'repeated' };
  const failed = await send(context, command);
  if (failed === null) {
    log.info({ signal: signal.id, strategy: signal.strategy, ...ask }, 'trade asked for');
    return { kind: 'asked' };
  }
  if (!failed.mayHaveArrived) {
    const refusal = { gate: 'command', input: failed.code, threshold: 'on the stream' } as const;
    const blockedAt = context.now();
    await saveLaterBlock(db, { signalId: signal.id, ...refusal, settingsId: null, blockedAt });
  }
  return { kind: 'unsent' };
}

function signalFrom(judged: TrackOpinion, bar: Bar, now: number): Signal {
  return {
    id: parseUuid<SignalId>(uuidV7(now, randomBytes(10))),
    strategy: judged.strategy,
    instrument: bar.instrument,
    barOpenTime: bar.openTime,
    decidedAt: now,
    ...judged.opinion,
  };
}

async function gatherFacts(
  context: DecisionContext,
  input: { readonly instrument: Instrument; readonly quote: Quote | null },
  signal: Signal,
): Promise<Facts> {
  const { db, account, limits } = context;
  const { instrument, strategy } = signal;
  const seenMs = limits.coverageMinutes * TIMEFRAME_MS['1m'];
  const window = { from: signal.decidedAt - seenMs, to: signal.decidedAt };
  const [switches, gaps, unfinished, byStrategy, byAny, balance] = await Promise.all([
    switchesInForce(db, signal.decidedAt),
    loadGaps(db, { ...window, instrument, timeframe: '1m' }),
    unfinishedTrade(db, account, instrument),
    lastAskedAt(db, instrument, strategy),
    lastAskedAt(db, instrument, null),
    newestBalance(db, account),
  ]);
  return {
    signal,
    instrument: input.instrument,
    quote: input.quote,
    barCloseTime: signal.barOpenTime + TIMEFRAME_MS['1m'],
    buySwitch: switches.find((row) => row.strategy === strategy) ?? null,
    gaps: gaps.filter(({ endedAt }) => endedAt === null),
    unfinishedTrade: unfinished,
    lastAskedAt: { strategy: byStrategy, any: byAny },
    equity: balance?.equity ?? null,
    limits,
  };
}

type OpenTradeWire = Extract<CommandWire, { type: 'openTrade' }>;

function commandFor(context: DecisionContext, signal: Signal, plan: TradePlan): OpenTradeWire {
  const issuedAt = context.now();
  const id = (): string => uuidV7(issuedAt, randomBytes(10));
  return {
    version: 1,
    id: parseUuid<CommandId>(id()),
    producer: 'strategy-worker',
    actor: signal.strategy,
    account: context.account,
    mode: context.mode,
    issuedAt,
    expiresAt: issuedAt + COMMAND_LIFETIME_MAX_MS,
    nonce: randomBytes(16).toString('hex'),
    type: 'openTrade',
    body: { tradeId: parseUuid<TradeId>(id()), plan: tradePlanToWire(plan) },
  };
}

/** `mayHaveArrived`: the outcome of some attempt is unknown, so the gateway may still answer. */
type SendFailure = { readonly code: string; readonly mayHaveArrived: boolean };

/**
 * The same command on each attempt: the gateway takes an id once, so an unknown outcome may be
 * repeated. Null when it is on the stream.
 */
async function send(context: DecisionContext, command: OpenTradeWire): Promise<SendFailure | null> {
  let mayHaveArrived = false;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sendCommand(context.bus, command, context.commandKey);
      return null;
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      mayHaveArrived ||= error.code === 'BUS_OUTCOME_UNKNOWN';
      const mayRepeat = error.code === 'BUS_UNAVAILABLE' || error.code === 'BUS_OUTCOME_UNKNOWN';
      if (!mayRepeat || attempt === SEND_ATTEMPTS) {
        context.log.error({ err: error, command: command.id, attempt }, 'command was not sent');
        return { code: error.code, mayHaveArrived };
      }
      await delay(SEND_RETRY_DELAY_MS);
    }
  }
}
