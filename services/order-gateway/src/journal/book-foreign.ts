import type { Fill, TradeId } from '@ballast/domain';
import { flat, isNews, movedBy } from '@ballast/order-core';
import type { StageContext } from './stage-context.ts';
import type { Stage } from './stage.ts';
import { termsOf, UNATTRIBUTED, unattributedIncident } from './staged-unattributed.ts';
import type { Work } from './work.ts';

type Scope = {
  readonly stage: Pick<
    Stage,
    | ('add' | 'unattributed' | 'trade' | 'ownerOf' | 'positionOf')
    | ('positions' | 'fills' | 'events' | 'knownIncidents' | 'openIncident')
  >;
  readonly context: Pick<StageContext, 'account' | 'instruments' | 'newId'>;
  /** Epoch ms of the transaction. */
  readonly now: number;
};

/**
 * What Ballast did not do is a fact of the account all the same: it is booked apart from every
 * trade, so that the ledger stays equal to the venue, and freezes its instrument.
 */
export function bookForeign(work: Extract<Work, { type: 'foreignFill' }>, scope: Scope): void {
  const { stage, context } = scope;
  const { fill: told, channel } = work;
  const at = Math.max(work.at, scope.now);
  const owner = stage.ownerOf(told);
  if (owner !== undefined) {
    const record = stage.unattributed.get(owner);
    if (record === null) return ofTrade(work, owner, at, stage);
    const { instrument } = record;
    if (instrument !== told.instrument) {
      return tellMismatch(told, owner, `booked in ${instrument}`, at, stage);
    }
  }
  const { account, instruments, newId } = context;
  const described = instruments.get(told.instrument) ?? termsOf(told);
  const { multiplier, baseCurrency, quoteCurrency } = described;
  const terms = { multiplier, baseCurrency, quoteCurrency };
  const booked = stage.unattributed.book(told, owner, at, { account, newId, terms });
  if (booked === null) return;
  const { before, after, fill, revised } = booked;
  const { id: tradeId, instrument } = after;
  const held = stage.positionOf(instrument) ?? flat(quoteCurrency);
  stage.positions.set(instrument, movedBy(held, before.position, after.position));
  stage.fills.push({ tradeId, fill, channel, at });
  const { clientOrderId, executionId, revision } = fill;
  const type = revised ? 'fillRevised' : 'fillBooked';
  stage.events.push({ tradeId, at, event: { type, clientOrderId, executionId, revision } });
  if (after.status !== 'unattributed') return;
  const open = stage.knownIncidents();
  if (open.some((one) => one.kind === UNATTRIBUTED && one.tradeId === tradeId)) return;
  stage.openIncident(unattributedIncident(booked, at));
}

/**
 * The operator has said that it reduced this trade: then news of it is the trade's. Of any other
 * the venue now says that it is not of our order, which is told once.
 */
function ofTrade(
  { fill: told, channel }: Pick<Extract<Work, { type: 'foreignFill' }>, 'fill' | 'channel'>,
  owner: TradeId,
  at: number,
  stage: Scope['stage'],
): void {
  const fills = stage.trade(owner)?.fills ?? [];
  const booked = fills.find(({ executionId }) => executionId === told.executionId);
  if (booked !== undefined && !isNews(told, booked)) return;
  if (booked?.byHand === true) {
    const input = { type: 'fill', at, fill: told } as const;
    return stage.add({ type: 'input', tradeId: owner, input, channel });
  }
  return tellMismatch(told, owner, `booked in trade ${owner}, now without its order`, at, stage);
}

/** Told once; what it did to the venue's position shows when ledger and venue are compared. */
function tellMismatch(
  told: Fill,
  owner: TradeId,
  mismatch: string,
  at: number,
  stage: Scope['stage'],
): void {
  const detail = `execution ${told.executionId}: ${mismatch}`;
  const kind = 'FILL_MISMATCH';
  if (stage.knownIncidents().some((one) => one.kind === kind && one.detail === detail)) return;
  const { instrument } = told;
  stage.openIncident({ kind, instrument, tradeId: owner, detail, evidence: told, at });
}
