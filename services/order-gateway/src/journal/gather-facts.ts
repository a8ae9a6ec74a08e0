import { carriedDetail, FREEZING } from '@ballast/db';
import type { Instrument, InstrumentId } from '@ballast/domain';
import {
  holdingsOf,
  type Position,
  type RiskFacts,
  type Trade,
  type Unattributed,
} from '@ballast/order-core';
import type { OpenIncident } from './book.ts';
import type { StageContext } from './stage-context.ts';

type Known = {
  /** Trades that have not ended, those of this transaction included. */
  readonly open: readonly Trade[];
  /** Open incidents, those of this transaction included. */
  readonly incidents: readonly OpenIncident[];
  /** Open records of what Ballast did not do in the account, those of this transaction included. */
  readonly unattributed: readonly Unattributed[];
  /** The account's positions, as this transaction leaves them so far. */
  readonly ledger: ReadonlyMap<InstrumentId, Position>;
};

/** What the pre-trade rules look at as of `now` (epoch ms), in the transaction that decides. */
export function gatherFacts(
  instrument: Instrument,
  now: number,
  context: StageContext,
  { open, incidents, unattributed, ledger }: Known,
): RiskFacts {
  const { quotes, brake, behind, limits, capabilities, conditions, coverage } = context;
  const { instruments, balance, balanceAt } = context;
  const freeze = incidents.find(
    ({ kind, instrument: about, thawedBy }) =>
      FREEZING.includes(kind) && about === instrument.id && thawedBy === undefined,
  );
  const quoteOf = (of: InstrumentId) => quotes.get(of) ?? null;
  const held = { trades: open, unattributed, ledger };
  const holdings = { ...held, instruments, quoteOf, balance, balanceAt };
  return {
    ...holdingsOf(holdings),
    ...{ now, limits, instrument, brake },
    coverage: coverage.get(instrument.id) ?? null,
    quote: quoteOf(instrument.id),
    frozen: freeze?.detail ?? carried(unattributed, instrument.id) ?? behind,
    venue: { capabilities, ...conditions },
    history: historyWith(open, context.history),
  };
}

/** What the operator has taken over is theirs to end before anything new is added to it. */
function carried(records: readonly Unattributed[], instrument: InstrumentId): string | null {
  const record = records.find((one) => one.status === 'carried' && one.instrument === instrument);
  return record === undefined ? null : carriedDetail(record.position.quantity, record.explanation);
}

/** The stored history is older than this transaction: trades that it opens are recent too. */
function historyWith(open: readonly Trade[], stored: RiskFacts['history']): RiskFacts['history'] {
  if (stored === null) return null;
  const known = new Set(stored.recentPlans.map(({ tradeId }) => tradeId));
  const added = open
    .filter(({ id }) => !known.has(id))
    .map(({ id, plan, createdAt }) => ({ tradeId: id, plan, createdAt }));
  return { ...stored, recentPlans: [...stored.recentPlans, ...added] };
}
