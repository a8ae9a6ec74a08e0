import { randomBytes } from 'node:crypto';
import {
  regimeKnownAt,
  saveAskingSignal,
  saveBlockedSignal,
  strategySwitchesInForce,
  strategyTrades,
} from '@ballast/db';
import { type LeaveSignal, parseUuid, type SignalId, type TradeId, uuidV7 } from '@ballast/domain';
import { BITCOIN, leaveRefusal, regimeNamed } from '@ballast/strategies';
import type { DecisionContext, Outcome } from './entry-decision.ts';
import type { SaidLeave } from './instrument-track.ts';
import { commandHead, send } from './send-command.ts';

/**
 * A word to leave all the way: it closes the trade that its own strategy has opened in this
 * direction on an earlier bar, and none of anybody else. Where nothing is held it is no signal. The
 * signal is stored before its command is sent, and is one however often its bar is heard; a command
 * that is not taken is sent anew (leave-answers.ts).
 */
export async function decideLeave(
  context: DecisionContext,
  { bar, word }: SaidLeave,
): Promise<Outcome> {
  const { db, account, log } = context;
  const { strategy, opinion } = word;
  const { instrument, timeframe, openTime: barOpenTime } = bar;
  const held = await strategyTrades(db, account, { strategy, instrument });
  // The gate position-cap lets a strategy hold one at a time in an instrument.
  const trade = held.find(
    (one) => one.direction === opinion.direction && one.barOpenTime < barOpenTime,
  );
  if (trade === undefined) return { kind: 'idle' };
  const decidedAt = context.now();
  const id = parseUuid<SignalId>(uuidV7(decidedAt, randomBytes(10)));
  const of = { id, strategy, instrument, timeframe, barOpenTime, decidedAt };
  const signal: LeaveSignal = { ...of, word: 'leave', ...opinion };
  const refusal = await sellRefusal(context, strategy, decidedAt);
  if (refusal !== null) {
    const regime = await regimeBy(context, decidedAt);
    const row = { signalId: id, gate: 'switch', ...refusal, regime, blockedAt: decidedAt } as const;
    if (!(await saveBlockedSignal(db, signal, row))) return { kind: 'repeated' };
    log.info({ signal: id, strategy, trade: trade.id, ...refusal }, 'leave blocked');
    return { kind: 'blocked', gate: 'switch' };
  }
  const head = commandHead(context, strategy);
  const tradeId = parseUuid<TradeId>(trade.id);
  const ask = { tradeId, commandId: head.id };
  if (!(await saveAskingSignal(db, signal, ask))) return { kind: 'repeated' };
  const failed = await send(context, {
    ...head,
    ...{ type: 'closeTrade', body: { tradeId, reason: leaveReason(signal) } },
  });
  if (failed === null) {
    log.info({ signal: id, strategy, ...ask }, 'leave asked for');
    return { kind: 'asked' };
  }
  return { kind: 'unsent' };
}

/** What the trade keeps as the reason of its close. */
export function leaveReason({
  id,
  timeframe,
  barOpenTime,
}: Readonly<Record<'id' | 'timeframe', string>> & { readonly barOpenTime: number }): string {
  return `leaves on the ${timeframe} bar of ${new Date(barOpenTime).toISOString()}, signal ${id}`;
}

/** Why the strategy's sell switch, as it is in force then, lets nothing be left; or null. */
export async function sellRefusal(
  { db }: Pick<DecisionContext, 'db'>,
  strategy: string,
  at: number,
) {
  const switches = await strategySwitchesInForce(db, at);
  const row = switches.find((one) => one.strategy === strategy && one.switch === 'sell');
  return leaveRefusal(strategy, row ?? null);
}

async function regimeBy({ db }: DecisionContext, at: number) {
  const known = await regimeKnownAt(db, BITCOIN, at);
  return known === null ? null : regimeNamed(known.regime);
}
