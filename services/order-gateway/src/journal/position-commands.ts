import { DRIFT } from '@ballast/db';
import {
  absoluteQuantity,
  type CommandOf,
  formatQuantity,
  type InstrumentId,
  type PositionRefusal,
  ZERO_QUANTITY,
} from '@ballast/domain';
import { settleUnattributed, type Unattributed } from '@ballast/order-core';
import { attribute } from './attribute.ts';
import type { CommandScope } from './carry-out.ts';
import { UNATTRIBUTED } from './staged-unattributed.ts';

type Refused = { readonly code: PositionRefusal; readonly detail: string };
type Settle = CommandOf<'settleUnattributed'>;
type Thaw = CommandOf<'thawInstrument'>;

/**
 * The operator explains what Ballast did not do. Only while ledger and venue are known to be equal
 * since its last fill: nobody can explain a quantity that is still in dispute. What is carried was
 * explained already, but may turn out to have reduced a trade.
 */
export function settle({ actor, body }: Settle, scope: CommandScope): Refused | null {
  const { stage, context, now } = scope;
  const { instrument, reason, tradeId } = body;
  const records = stage.unattributed
    .open(instrument)
    .filter(({ status }) => status === 'unattributed' || tradeId !== undefined);
  if (records.length === 0) return refused('NOTHING_UNATTRIBUTED', instrument);
  const incidents = stage.knownIncidents().filter((open) => open.instrument === instrument);
  const drift = incidents.find(({ kind }) => kind === DRIFT);
  if (drift !== undefined) return refused('NOT_RECONCILED', drift.detail);
  if (context.equalIn(instrument) !== (stage.positionOf(instrument)?.quantity ?? 0n)) {
    return refused('NOT_RECONCILED', 'not compared with the venue since its last fill; ask again');
  }
  const explanation = `${actor}: ${reason}`;
  if (tradeId === undefined) carry(records, explanation, scope);
  else {
    const refusal = attribute({ records, tradeId, explanation }, scope);
    if (refusal !== null) return refusal;
  }
  for (const { id, kind } of incidents) {
    if (kind === UNATTRIBUTED) stage.resolved.push({ id, resolution: explanation, at: now });
  }
  return null;
}

/** What is left of the records is the operator's. */
function carry(
  records: readonly Unattributed[],
  explanation: string,
  { stage, context, now }: CommandScope,
): void {
  for (const record of records) {
    const over = isOver(record.instrument, stage, context);
    const settled = settleUnattributed(record, explanation, now, over);
    stage.unattributed.records.set(record.id, settled);
    const { status, position } = settled;
    const told = { status, explanation, left: formatQuantity(position.quantity) };
    stage.note('unattributedSettled', record.id, told);
  }
}

/**
 * Is nothing left of the account in this instrument that anybody could trade, and no trade of ours
 * whose other side the record would be? Then its own sum is of no account: it undid something else.
 */
function isOver(
  instrument: InstrumentId,
  stage: CommandScope['stage'],
  { instruments }: CommandScope['context'],
): boolean {
  const held = absoluteQuantity(stage.positionOf(instrument)?.quantity ?? ZERO_QUANTITY);
  const lot = instruments.get(instrument)?.lotSize ?? 0n;
  const traded = stage.liveTrades().some(({ plan }) => plan.instrument === instrument);
  return !traded && (held === 0n || held < lot);
}

/** The drift stays on the record; its freeze is lifted until its numbers change. */
export function thaw({ actor, body }: Thaw, { stage, now }: CommandScope): Refused | null {
  const { instrument, reason } = body;
  const frozen = stage.knownIncidents().filter((open) => {
    return open.instrument === instrument && open.kind === DRIFT && open.thawedBy === undefined;
  });
  if (frozen.length === 0) return refused('NOT_FROZEN', `no drift freezes ${instrument}`);
  for (const { id } of frozen) stage.thaw({ id, by: `${actor}: ${reason}`, at: now });
  return null;
}

function refused(code: PositionRefusal, detail: string): Refused {
  return { code, detail };
}
