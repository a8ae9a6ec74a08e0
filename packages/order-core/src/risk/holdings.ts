import {
  absoluteQuantity,
  averagePrice,
  type Instrument,
  type InstrumentId,
  notional,
  type Quote,
  subtractQuantity,
} from '@ballast/domain';
import { entryPrice, type Position } from '../ledger.ts';
import type { Unattributed } from '../unattributed.ts';
import { exposureOf, type HeldTrade } from './exposure.ts';
import { type Exposure, quotedPrice, type RiskFacts } from './facts.ts';

/** The account as its gateway knows it at one moment. */
type Account = {
  /** That have not ended. */
  readonly trades: readonly HeldTrade[];
  /** Records of what Ballast did not do and that have not ended. */
  readonly unattributed: readonly Unattributed[];
  /** The account's positions, whoever entered them. */
  readonly ledger: ReadonlyMap<InstrumentId, Pick<Position, 'quantity' | 'cost'>>;
  readonly instruments: ReadonlyMap<InstrumentId, Instrument>;
  readonly quoteOf: (instrument: InstrumentId) => Quote | null;
  readonly balance: RiskFacts['balance'];
  /** When the venue was asked for the balance; epoch ms. */
  readonly balanceAt: number;
};

/**
 * What of the account is bound, and what is left: by trades, and by what somebody else did with it,
 * which is as much at risk. The gateway and the dashboard's preview call this one function.
 */
export function holdingsOf(
  account: Account,
): Pick<RiskFacts, 'openTrades' | 'unattributed' | 'balance'> {
  const { trades, unattributed, instruments, quoteOf, balance, balanceAt } = account;
  const ours = trades.map((trade) => ({
    createdAt: trade.createdAt,
    exposure: exposureOf(trade, quoteOf(trade.plan.instrument)),
  }));
  const others = unattributed.map((record) => ({
    createdAt: record.createdAt,
    exposure: exposureOfRecord(
      record,
      instruments.get(record.instrument)?.sector ?? null,
      quoteOf(record.instrument),
    ),
  }));
  const young = [...ours, ...others].filter(({ createdAt }) => createdAt >= balanceAt);
  return {
    openTrades: ours.map(({ exposure }) => exposure),
    unattributed: [...others.map(({ exposure }) => exposure), ...exposuresOfNobody(account)],
    balance: balance === null ? null : unspent(balance, young),
  };
}

/** At the last price; without a quote at what it was entered for. */
function exposureOfRecord(
  { instrument, position, terms }: Unattributed,
  sector: string | null,
  quote: Quote | null,
): Exposure {
  const { multiplier, quoteCurrency } = terms;
  const mark =
    (quote === null ? null : quotedPrice(quote.last)) ?? entryPrice(position, multiplier);
  const held = absoluteQuantity(position.quantity);
  const value =
    mark === null
      ? { amount: 0n, currency: quoteCurrency }
      : notional(mark, held, multiplier, quoteCurrency, 'ceil');
  return { instrument, sector, notional: value };
}

/**
 * What the account holds and neither an open trade nor a record does: exits of an ended trade have
 * exceeded its entry. What is below one lot is what fees leave.
 */
function exposuresOfNobody({
  ledger,
  trades,
  unattributed,
  instruments,
  quoteOf,
}: Account): Exposure[] {
  return [...ledger].flatMap(([id, { quantity, cost }]) => {
    const instrument = instruments.get(id);
    if (instrument === undefined) return [];
    const theirs = [
      ...trades.filter(({ plan }) => plan.instrument === id),
      ...unattributed.filter((record) => record.instrument === id),
    ];
    const rest = theirs.reduce((left, { position }) => {
      return subtractQuantity(left, position.quantity);
    }, quantity);
    const held = absoluteQuantity(rest);
    if (held < instrument.lotSize) return [];
    const { multiplier, quoteCurrency: currency, sector } = instrument;
    const quote = quoteOf(id);
    // Of the rest alone: that of the whole account may have the other sign.
    const paid = theirs.reduce((left, { position }) => left - position.cost, cost);
    const amount = paid < 0n ? -paid : paid;
    const mark =
      (quote === null ? null : quotedPrice(quote.last)) ??
      averagePrice({ amount, currency }, held, multiplier);
    const value = notional(mark, held, multiplier, currency, 'ceil');
    return [{ instrument: id, sector, notional: value }];
  });
}

/** The venue's balance without what it may not know of yet. */
function unspent(
  balance: NonNullable<RiskFacts['balance']>,
  young: readonly { readonly exposure: Exposure }[],
): RiskFacts['balance'] {
  const { available } = balance;
  const taken = young
    .filter(({ exposure }) => exposure.notional.currency === available.currency)
    .reduce((sum, { exposure }) => sum + exposure.notional.amount, 0n);
  return { ...balance, available: { ...available, amount: available.amount - taken } };
}
