import type { Instrument, Money, Quote } from '@ballast/domain';
import { holdingsOf, tradeFromJson } from '@ballast/order-core';
import type { Facts } from '@ballast/strategies';

/**
 * What the account's open trades bind, as shares of its equity. Of other instruments than the
 * signal's there is no quote here: what is held there counts at its entry price. Unknown without an
 * equity above zero in their currency.
 */
export function exposureFact(
  openTradeStates: readonly unknown[],
  of: {
    readonly equity: Money | null;
    readonly instrument: Instrument;
    readonly strategy: string;
    readonly quote: Quote | null;
    readonly now: number;
  },
): Facts['exposure'] {
  const { equity, instrument, strategy, quote, now } = of;
  if (equity === null || equity.amount <= 0n) return 'unknown';
  const { openTrades } = holdingsOf({
    trades: openTradeStates.map(tradeFromJson),
    unattributed: [],
    ledger: new Map(),
    instruments: new Map(),
    quoteOf: (id) => (id === instrument.id ? quote : null),
    balance: null,
    balanceAt: now,
  });
  if (openTrades.some(({ notional }) => notional.currency !== equity.currency)) return 'unknown';
  const shareOf = (held: typeof openTrades): number => {
    const sum = held.reduce((total, { notional }) => total + notional.amount, 0n);
    return Number(sum) / Number(equity.amount);
  };
  const { sector } = instrument;
  return {
    at: now,
    value: {
      account: shareOf(openTrades),
      strategy: shareOf(openTrades.filter((trade) => trade.strategy === strategy)),
      sector: shareOf(openTrades.filter((trade) => sector !== null && trade.sector === sector)),
    },
  };
}
