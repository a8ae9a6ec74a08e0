import { carriedDetail, FREEZING } from '@ballast/db';
import type { Instrument } from '@ballast/domain';
import {
  exposureOf,
  type OpenExposure,
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
  /** Records of what Ballast did not do in the instrument, those of this transaction included. */
  readonly unattributed: readonly Unattributed[];
};

/** What the pre-trade rules look at as of `now` (epoch ms), in the transaction that decides. */
export function gatherFacts(
  instrument: Instrument,
  now: number,
  context: StageContext,
  { open, incidents, unattributed }: Known,
): RiskFacts {
  const { quotes, brake, behind, limits, capabilities, conditions, coverage } = context;
  const freeze = incidents.find(
    ({ kind, instrument: about, thawedBy }) =>
      FREEZING.includes(kind) && about === instrument.id && thawedBy === undefined,
  );
  const exposures = open.map((trade) => {
    return exposureOf(trade, quotes.get(trade.plan.instrument) ?? null);
  });
  return {
    ...{ now, limits, instrument, brake, coverage },
    quote: quotes.get(instrument.id) ?? null,
    frozen: freeze?.detail ?? carried(unattributed) ?? behind,
    openTrades: exposures,
    balance: unspent(open, exposures, context),
    venue: { capabilities, ...conditions },
    history: historyWith(open, context.history),
  };
}

/** What the operator has taken over is theirs to end before anything new is added to it. */
function carried(records: readonly Unattributed[]): string | null {
  const record = records.find(({ status }) => status === 'carried');
  return record === undefined ? null : carriedDetail(record.position.quantity, record.explanation);
}

/** The venue's balance without what trades opened since it was given are about to take. */
function unspent(
  open: readonly Trade[],
  exposures: readonly OpenExposure[],
  { balance, balanceAt }: StageContext,
): RiskFacts['balance'] {
  if (balance === null) return null;
  const young = new Set(
    open.filter(({ createdAt }) => createdAt >= balanceAt).map((trade) => trade.id),
  );
  const taken = exposures
    .filter(({ tradeId }) => young.has(tradeId))
    .filter(({ notional }) => notional.currency === balance.available.currency)
    .reduce((sum, { notional }) => sum + notional.amount, 0n);
  const { available } = balance;
  return { ...balance, available: { ...available, amount: available.amount - taken } };
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
