import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Bus, BusError, sendCommand } from '@ballast/bus';
import { saveAskingSignal, saveBlockedSignal, saveLaterBlock } from '@ballast/db';
import {
  type Bar,
  COMMAND_LIFETIME_MAX_MS,
  type CommandId,
  type CommandWire,
  type Gate,
  parseUuid,
  type Signal,
  type SignalId,
  type TradeId,
  type TradePlan,
  tradePlanToWire,
  type TradingMode,
  uuidV7,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { type JudgeContext, type Market, verdictOn } from './gates/verdict.ts';
import type { TrackOpinion } from './instrument-track.ts';

const SEND_ATTEMPTS = 3;
const SEND_RETRY_DELAY_MS = 250;

export type DecisionContext = JudgeContext & {
  readonly bus: Bus;
  readonly log: Logger;
  readonly mode: TradingMode;
  readonly commandKey: string;
  /** Epoch ms. */
  now(): number;
};

/**
 * `unsent`: stored as asking, but the command did not reach the bus, as far as we know. `repeated`:
 * decided earlier.
 */
export type Outcome =
  | { readonly kind: 'blocked'; readonly gate: Gate }
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
  input: Market & { readonly bar: Bar; readonly judged: TrackOpinion },
): Promise<Outcome> {
  const { db, log } = context;
  const signal = signalFrom(input.judged, input.bar, context.now());
  const verdict = await verdictOn(context, signal, input);
  const { notAsked } = verdict;
  if (verdict.kind === 'blocked') {
    const { gate, refusal } = verdict;
    const row = { signalId: signal.id, gate, ...refusal, blockedAt: signal.decidedAt };
    if (!(await saveBlockedSignal(db, signal, row))) return { kind: 'repeated' };
    const { id, strategy } = signal;
    log.info({ signal: id, strategy, gate, ...refusal, notAsked }, 'signal blocked');
    return { kind: 'blocked', gate };
  }
  const command = commandFor(context, signal, verdict.plan);
  const ask = { tradeId: command.body.tradeId, commandId: command.id };
  if (!(await saveAskingSignal(db, signal, ask))) return { kind: 'repeated' };
  const failed = await send(context, command);
  if (failed === null) {
    const { id, strategy } = signal;
    log.info({ signal: id, strategy, ...ask, notAsked }, 'trade asked for');
    return { kind: 'asked' };
  }
  if (!failed.mayHaveArrived) {
    const refusal = { gate: 'command', input: failed.code, threshold: 'on the stream' } as const;
    const by = { settingsId: null, regime: verdict.regime, blockedAt: context.now() };
    await saveLaterBlock(db, { signalId: signal.id, ...refusal, ...by });
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
