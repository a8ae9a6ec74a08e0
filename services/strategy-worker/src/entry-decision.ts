import { randomBytes } from 'node:crypto';
import { saveAskingSignal, saveBlockedSignal, saveLaterBlock } from '@ballast/db';
import {
  type Bar,
  type CommandWire,
  type Gate,
  parseUuid,
  type Signal,
  type SignalId,
  type TradeId,
  type TradePlan,
  tradePlanToWire,
  uuidV7,
} from '@ballast/domain';
import { type JudgeContext, type Market, verdictOn } from './gates/verdict.ts';
import type { TrackWord } from './instrument-track.ts';
import { commandHead, send, type SendContext } from './send-command.ts';

export type DecisionContext = JudgeContext & SendContext;

/**
 * `unsent`: stored as asking, but the command did not reach the bus, as far as we know. `repeated`:
 * decided earlier. `idle`: a word to leave where nothing is held.
 */
export type Outcome =
  | { readonly kind: 'blocked'; readonly gate: Gate }
  | { readonly kind: 'asked' }
  | { readonly kind: 'unsent' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'idle' };

/**
 * One word for an entry all the way: signal, gates, and either a blocked signal or a command. A
 * signal that may ask is stored before its command is sent. One whose command leads to no trade, be
 * it after a crash in between, is blocked later (asked-signals.ts); the trade is not asked for
 * again, since its price is gone by then.
 */
export async function decideEntry(
  context: DecisionContext,
  input: Market & { readonly judged: TrackWord & { word: 'enter' } },
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

function signalFrom(judged: TrackWord & { word: 'enter' }, bar: Bar, now: number): Signal {
  return {
    id: parseUuid<SignalId>(uuidV7(now, randomBytes(10))),
    strategy: judged.strategy,
    instrument: bar.instrument,
    timeframe: bar.timeframe,
    barOpenTime: bar.openTime,
    decidedAt: now,
    word: 'enter',
    ...judged.opinion,
  };
}

type OpenTradeWire = Extract<CommandWire, { type: 'openTrade' }>;

function commandFor(context: DecisionContext, signal: Signal, plan: TradePlan): OpenTradeWire {
  const head = commandHead(context, signal.strategy);
  const tradeId = parseUuid<TradeId>(uuidV7(head.issuedAt, randomBytes(10)));
  return { ...head, type: 'openTrade', body: { tradeId, plan: tradePlanToWire(plan) } };
}
