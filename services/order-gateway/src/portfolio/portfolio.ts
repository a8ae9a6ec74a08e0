import {
  absoluteQuantity,
  divideScaled,
  formatPrice,
  formatQuantity,
  formatScaled,
  type InstrumentId,
  notional,
  type Price,
  priceDistance,
  type Quote,
  type VenueBalance,
  targetsOf,
} from '@ballast/domain';
import {
  entryPrice,
  openQuantity,
  quotedPrice,
  type Trade,
  unrealised,
  slotsOf,
} from '@ballast/order-core';

export type PortfolioInput = {
  readonly account: string;
  readonly asOf: number;
  readonly balance: VenueBalance | null;
  /** When the venue was asked for the balance; epoch ms. */
  readonly balanceAt: number;
  /** Equity at the first snapshot of the UTC day. */
  readonly dayBase: bigint | null;
  readonly trades: readonly Trade[];
  readonly quotes: ReadonlyMap<InstrumentId, Quote>;
};

/**
 * What the operator sees of the account: the venue's equity, the day's P&L against the day's first
 * snapshot, and each open trade at the last price. Decimal text; null where a fact is missing,
 * never a guess. Nobody else sums P&L.
 */
export function portfolioView(input: PortfolioInput) {
  const { balance, dayBase, trades, quotes } = input;
  const open = trades.filter((trade) => openQuantity(trade) > 0n);
  const risks = open.map((trade) => riskAt(trade, trade.stopLevel));
  const positions = open.map((trade) => positionView(trade, quotes.get(trade.plan.instrument)));
  const total = (amounts: readonly bigint[]): string => formatScaled(sum(amounts));
  return {
    account: input.account,
    asOf: input.asOf,
    balanceAt: input.balanceAt,
    currency: balance?.currency ?? null,
    equity: balance === null ? null : formatScaled(balance.equity.amount),
    available: balance === null ? null : formatScaled(balance.available.amount),
    dayPnl:
      balance === null || dayBase === null ? null : formatScaled(balance.equity.amount - dayBase),
    unrealised: positions.some(({ gain }) => gain === null)
      ? null
      : total(positions.flatMap(({ gain }) => (gain === null ? [] : [gain]))),
    openRisk: total(risks),
    positions: positions.map(({ view }) => view),
  };
}

function positionView(trade: Trade, quote: Quote | undefined) {
  const { plan, position, instrument } = trade;
  const mark = quote === undefined ? null : quotedPrice(quote.last);
  const entry = entryPrice(position, instrument.multiplier);
  const gain = mark === null ? null : unrealised(position, mark, instrument.multiplier);
  const planned = riskAt(trade, plan.stop);
  const fees = position.feesCum[position.currency] ?? 0n;
  const view = {
    tradeId: trade.id,
    instrument: plan.instrument,
    direction: plan.direction,
    quantity: formatQuantity(absoluteQuantity(position.quantity)),
    entryPrice: entry === null ? null : formatPrice(entry),
    mark: mark === null ? null : formatPrice(mark),
    markAt: quote?.receivedTime ?? null,
    unrealised: gain === null ? null : formatScaled(gain),
    realisedCum: formatScaled(position.realisedCum),
    feesCum: formatScaled(fees),
    stop: formatPrice(trade.stopLevel),
    target: nextTarget(trade),
    // Of the first risk: a stop that follows would make a small gain look like a large one.
    rMultiple:
      gain === null || planned === 0n
        ? null
        : Number(formatScaled(divideScaled(gain, planned, 'halfEven'))).toFixed(2),
    distanceToStop: mark === null ? null : formatScaled(priceDistance(mark, trade.stopLevel)),
  };
  return { gain, view };
}

/** The nearest target that something is still held for; null where a stop trails instead. */
function nextTarget(trade: Trade): string | null {
  const slot = slotsOf(trade).find(({ quantity }) => quantity > 0n);
  const target = slot?.target ?? targetsOf(trade.plan)[0]?.price ?? null;
  return target === null ? null : formatPrice(target);
}

/**
 * What the open quantity loses between its entry and a stop; zero once the stop is past the entry.
 */
function riskAt(trade: Trade, stop: Price): bigint {
  const { plan, position, instrument } = trade;
  const entry = entryPrice(position, instrument.multiplier);
  if (entry === null) return 0n;
  const losing = plan.direction === 'long' ? stop < entry : stop > entry;
  if (!losing) return 0n;
  const distance = priceDistance(entry, stop) as Price;
  const quantity = absoluteQuantity(position.quantity);
  return notional(distance, quantity, instrument.multiplier, position.currency, 'ceil').amount;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
