import { type CommandOf, invariant, type TradePlan, type TradeId } from '@ballast/domain';
import { assess, openTrade, step } from '@ballast/order-core';
import { gatherFacts } from './gather-facts.ts';
import { type ChangeCommand, judgeChange } from './judge-change.ts';
import { settle, thaw } from './position-commands.ts';
import type { StageContext } from './stage-context.ts';
import type { Stage } from './stage.ts';
import type { CommandRefusalCode, Work } from './work.ts';

export type CommandWork = Extract<Work, { type: 'command' }>;
/** What a command may look at and do in its transaction. */
export type CommandScope = {
  readonly stage: Pick<
    Stage,
    | (
        | 'trade'
        | 'liveTrades'
        | 'knownIncidents'
        | 'take'
        | 'refuse'
        | 'note'
        | 'brake'
        | 'moveBrake'
      )
    | ('unattributed' | 'positionOf' | 'positions' | 'ledger' | 'fills' | 'resolved' | 'thaw')
  >;
  readonly context: StageContext;
  /** Epoch ms of the transaction. */
  readonly now: number;
};

/** One command of an operator or a strategy: to be carried out, or refused with its reason. */
export function carryOut(work: CommandWork, scope: CommandScope): void {
  const { command, entryId } = work;
  const { id, type, producer, actor, body } = command;
  const tradeId = 'tradeId' in body ? (body.tradeId ?? null) : null;
  scope.stage.note('command', tradeId, { id, type, producer, actor, entryId });
  switch (command.type) {
    case 'openTrade':
      return open(command.body.tradeId, command.body.plan, work, scope);
    case 'closeTrade':
    case 'moveStop':
    case 'scaleOut':
    case 'cancelEntry':
      return change(command, work, scope);
    case 'closeAll':
      return closeAll(`${actor}: ${command.body.reason}`, scope);
    case 'engageBrake':
    case 'releaseBrake':
      return moveBrake(command, work, scope);
    case 'settleUnattributed':
      return unlessRefused(settle(command, scope), work, scope);
    case 'thawInstrument':
      return unlessRefused(thaw(command, scope), work, scope);
    case 'setStrategySwitch':
    case 'setSystemSetting':
    case 'setStrategyParameters':
    case 'setOperatorPassword':
    case 'startBackfill':
    case 'startImport':
    case 'pauseJob':
    case 'resumeJob':
    case 'cancelJob':
    case 'addInstruments':
    case 'removeInstruments':
    case 'setWatchlist':
    case 'startBacktest':
    case 'startSweep':
    case 'cancelBacktest':
    case 'compareBacktests':
      return invariant(false, `command ${type} is not the gateway's`);
    default:
      return command satisfies never;
  }
}

function open(id: TradeId, plan: TradePlan, work: CommandWork, scope: CommandScope): void {
  const { stage, context, now: at } = scope;
  if (stage.trade(id) !== null) return refuse(work, 'COMMAND_REPEATED', scope);
  const instrument = context.instruments.get(plan.instrument) ?? null;
  if (instrument === null) return refuse(work, 'INSTRUMENT_UNKNOWN', scope);
  const known = {
    open: stage.liveTrades(),
    incidents: stage.knownIncidents(),
    unattributed: stage.unattributed.allOpen(),
    ledger: stage.ledger(),
  };
  const facts = { ...context, brake: stage.brake.fact(context.brake) };
  const verdicts = assess(plan, gatherFacts(instrument, at, facts, known));
  const { account, capabilities } = context;
  const parts = { id, account, plan, instrument, capabilities, verdicts, at };
  return stage.take(id, at, openTrade(parts));
}

function change(command: ChangeCommand, work: CommandWork, scope: CommandScope): void {
  const { stage, context, now } = scope;
  const { tradeId } = command.body;
  const trade = stage.trade(tradeId);
  const quote = trade === null ? null : (context.quotes.get(trade.plan.instrument) ?? null);
  const judged = judgeChange(command, trade, quote, now);
  if ('refused' in judged) return refuse(work, judged.refused, scope, judged.detail);
  invariant(trade !== null, `${command.type} of trade ${tradeId}, which does not exist`);
  return stage.take(tradeId, now, step(trade, judged.input));
}

/** Every trade that has not ended, entries that wait included, in the one commit. */
function closeAll(reason: string, { stage, now: at }: CommandScope): void {
  const trades = stage.liveTrades();
  stage.note('closeAll', null, { reason, tradeIds: trades.map(({ id }) => id) });
  for (const trade of trades) {
    stage.take(trade.id, at, step(trade, { type: 'closeRequested', at, reason }));
  }
}

/** The operator's kill switch, and its way back. */
function moveBrake(
  command: CommandOf<'engageBrake' | 'releaseBrake'>,
  work: CommandWork,
  scope: CommandScope,
): void {
  const { now, context, stage } = scope;
  const { actor, body } = command;
  const { reason } = body;
  // The database refuses a release that its own clock finds too early, and with it the commit.
  const refusal =
    command.type === 'engageBrake'
      ? stage.moveBrake({ type: 'engage', at: now, reason, actor })
      : stage.moveBrake({ type: 'release', at: Math.min(now, context.storeNow), reason, actor });
  if (refusal === null) return;
  const { code, detail, until } = refusal;
  const end = until === null ? '' : `, until ${new Date(until).toISOString()}`;
  refuse(work, code, scope, `${detail}${end}`);
}

function unlessRefused(
  refusal: ReturnType<typeof settle>,
  work: CommandWork,
  scope: CommandScope,
): void {
  if (refusal !== null) refuse(work, refusal.code, scope, refusal.detail);
}

function refuse(
  { command, entryId, at }: CommandWork,
  code: CommandRefusalCode,
  { stage }: CommandScope,
  why?: string,
): void {
  const { producer, id: commandId, type } = command;
  const detail = why === undefined ? type : `${type}: ${why}`;
  stage.refuse({ type: 'refusal', producer, entryId, commandId, code, detail, at });
}
