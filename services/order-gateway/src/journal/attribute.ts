import { invariant, type PositionRefusal, type TradeId } from '@ballast/domain';
import { flat, movedBy, settleToTrade, type Trade, type Unattributed } from '@ballast/order-core';
import type { Book } from './book.ts';
import type { CommandScope } from './carry-out.ts';
import type { StagedFill } from './stage.ts';
import type { Work } from './work.ts';

type Asked = {
  readonly records: readonly Unattributed[];
  readonly tradeId: TradeId;
  readonly explanation: string;
};

/**
 * What these records hold has reduced the trade, says the operator: their fills become the trade's
 * in this one commit, in which the account's quantity and cash stay what they were.
 */
export function attribute(
  { records, tradeId, explanation }: Asked,
  scope: CommandScope,
): { readonly code: PositionRefusal; readonly detail: string } | null {
  const { stage, now } = scope;
  const trade = stage.trade(tradeId);
  if (trade === null) return { code: 'TRADE_UNKNOWN', detail: `no trade ${tradeId}` };
  const settled = settleToTrade(records, trade, `${explanation} (trade ${tradeId})`, now);
  if ('refused' in settled) return settled.refused;
  const { result } = settled;
  const fills = records.flatMap((record) => record.fills.map((fill) => fill.executionId));
  stage.fills.push(...fills.map((executionId) => nextRevision(executionId, trade, scope)));
  move(records, trade, result.trade, stage);
  for (const record of settled.records) {
    stage.unattributed.records.set(record.id, record);
    const { status, explanation: said } = record;
    stage.note('unattributedSettled', record.id, { status, explanation: said, left: '0', tradeId });
  }
  stage.take(tradeId, now, result);
  return null;
}

/** Executions that are booked apart and that a command of these works may give to a trade. */
export function movableIn({ unattributed }: Book, works: readonly Work[]): string[] {
  const named = works.flatMap((work) => {
    if (work.type !== 'command' || work.command.type !== 'settleUnattributed') return [];
    const { tradeId, instrument } = work.command.body;
    return tradeId === undefined ? [] : [instrument];
  });
  return [...unattributed.values()]
    .filter(({ instrument }) => named.includes(instrument))
    .flatMap(({ fills }) => fills.map(({ executionId }) => executionId));
}

/** A row of the ledger is never changed: the same execution is booked once more, in the trade. */
function nextRevision(
  executionId: string,
  { id: tradeId }: Trade,
  { stage, context, now: at }: CommandScope,
): StagedFill {
  const staged = stage.fills.findLast(({ fill }) => fill.executionId === executionId);
  const booked = staged ?? context.apart.get(executionId);
  invariant(booked !== undefined, `execution ${executionId} is in a record and not in the ledger`);
  const { fill, channel } = booked;
  return { tradeId, fill: { ...fill, revision: fill.revision + 1 }, channel, at };
}

/** The account's position by what the records lose and the trade gets. */
function move(
  records: readonly Unattributed[],
  before: Trade,
  after: Trade,
  stage: CommandScope['stage'],
): void {
  const { id: instrument, quoteCurrency } = before.instrument;
  const none = flat(quoteCurrency);
  const held = stage.positionOf(instrument) ?? none;
  const left = records.reduce((sum, { position }) => movedBy(sum, position, none), held);
  stage.positions.set(instrument, movedBy(left, before.position, after.position));
}
