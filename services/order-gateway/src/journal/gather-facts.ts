import { DRIFT } from '@ballast/db';
import { type Instrument, notional, targetsOf, type TradePlan } from '@ballast/domain';
import { expectedEntry, type RiskFacts, type Trade } from '@ballast/order-core';
import type { OpenIncident } from './book.ts';
import type { StageContext } from './stage.ts';

type Known = {
  /** Trades that have not ended, those of this transaction included. */
  readonly open: readonly Trade[];
  /** Open incidents, those of this transaction included. */
  readonly incidents: readonly Pick<OpenIncident, 'kind' | 'instrument' | 'detail'>[];
};

/** What the pre-trade rules look at as of `now` (epoch ms), in the transaction that decides. */
export function gatherFacts(
  instrument: Instrument,
  now: number,
  context: StageContext,
  { open, incidents }: Known,
): RiskFacts {
  const { quotes, brake, behind } = context;
  const drift = incidents.find(
    (incident) => incident.kind === DRIFT && incident.instrument === instrument.id,
  );
  return {
    ...{ now, instrument, brake },
    quote: quotes.get(instrument.id) ?? null,
    frozen: drift?.detail ?? behind,
    openTrades: open.map((trade) => ({ tradeId: trade.id, instrument: trade.plan.instrument })),
    balance: unspent(open, context),
  };
}

/** The venue's balance without what trades opened since it was given are about to take. */
function unspent(open: readonly Trade[], context: StageContext): RiskFacts['balance'] {
  const { balance, balanceAt } = context;
  if (balance === null) return null;
  const taken = open
    .filter((trade) => trade.createdAt >= balanceAt)
    .filter((trade) => trade.instrument.quoteCurrency === balance.available.currency)
    .reduce((sum, { plan, instrument }) => sum + worth(plan, instrument, context), 0n);
  const { available } = balance;
  return { ...balance, available: { ...available, amount: available.amount - taken } };
}

function worth(plan: TradePlan, instrument: Instrument, { quotes }: StageContext): bigint {
  const price = expectedEntry(plan, { quote: quotes.get(plan.instrument) ?? null });
  // Without a price the furthest level is the most that the entry can have cost.
  const levels = [plan.stop, ...targetsOf(plan).map((target) => target.price)];
  const most = levels.reduce((a, b) => (a > b ? a : b));
  const { multiplier, quoteCurrency } = instrument;
  return notional(price ?? most, plan.quantity, multiplier, quoteCurrency, 'ceil').amount;
}
