import { divideScaled, formatScaled, multiplyScaled, symbolOf } from '@ballast/domain';
import {
  type Account,
  type Execution,
  LEVERAGE,
  type Position,
  unrealisedOf,
  walletOf,
} from '@ballast/sim-core';

const DOLLARS = new Set(['USDT', 'USDC', 'USD']);

export function executionJson(execution: Execution, currency: string): Record<string, unknown> {
  const { price, quantity } = execution;
  return {
    category: 'linear',
    symbol: symbolOf(execution.instrument),
    execId: execution.id,
    execPrice: formatScaled(price),
    execQty: formatScaled(quantity),
    execValue: formatScaled(multiplyScaled(price, quantity, 'halfEven')),
    execFee: formatScaled(execution.fee),
    feeRate: formatScaled(execution.feeRate),
    feeCurrency: currency,
    execType: 'Trade',
    orderId: execution.orderId,
    orderLinkId: execution.linkId,
    orderPrice: execution.orderPrice === null ? '0' : formatScaled(execution.orderPrice),
    orderQty: formatScaled(execution.orderQuantity),
    orderType: execution.orderType === 'limit' ? 'Limit' : 'Market',
    stopOrderType: 'UNKNOWN',
    side: execution.side === 'buy' ? 'Buy' : 'Sell',
    leavesQty: formatScaled(execution.leaves),
    closedSize: formatScaled(execution.closedQuantity),
    isMaker: execution.liquidity === 'maker',
    markPrice: formatScaled(price),
    indexPrice: '',
    underlyingPrice: '',
    isLeverage: '',
    createType: 'CreateByUser',
    blockTradeId: '',
    execTime: String(execution.at),
    seq: execution.sequence,
  };
}

/** A position as the stream shows it; REST has `avgPrice` where the stream has `entryPrice`. */
export function positionJson(account: Account, position: Position): Record<string, unknown> {
  const { quantity, cost } = position;
  const size = quantity < 0n ? -quantity : quantity;
  const entry = size === 0n ? '0' : formatScaled(divideScaled(cost, size, 'halfEven'));
  const last = account.books.get(position.instrument)?.print.price ?? 0n;
  return {
    category: 'linear',
    positionIdx: 0,
    riskId: 1,
    riskLimitValue: '',
    tradeMode: 0,
    symbol: symbolOf(position.instrument),
    side: quantity === 0n ? '' : quantity > 0n ? 'Buy' : 'Sell',
    size: formatScaled(size),
    entryPrice: entry,
    avgPrice: entry,
    positionValue: formatScaled(cost),
    leverage: String(LEVERAGE),
    markPrice: formatScaled(last),
    positionIM: formatScaled(cost / LEVERAGE),
    positionMM: '0',
    positionBalance: '0',
    autoAddMargin: 0,
    liqPrice: '',
    bustPrice: '',
    takeProfit: '',
    stopLoss: '',
    trailingStop: '0',
    tpslMode: 'Full',
    sessionAvgPrice: '0',
    unrealisedPnl: formatScaled(unrealisedOf(account, position)),
    curRealisedPnl: formatScaled(position.realisedCum - position.feesCum),
    cumRealisedPnl: formatScaled(position.realisedCum - position.feesCum),
    positionStatus: 'Normal',
    adlRankIndicator: 0,
    isReduceOnly: false,
    mmrSysUpdatedTime: '',
    leverageSysUpdatedTime: '',
    createdTime: String(position.updatedAt),
    updatedTime: String(position.updatedAt),
    seq: account.sequence,
  };
}

/** The whole unified account: each currency, and totals over those worth a dollar. */
export function walletJson(account: Account): Record<string, unknown> {
  const wallets = [...account.cash.keys()].map((currency) => walletOf(account, currency));
  const dollars = wallets.filter(({ currency }) => DOLLARS.has(currency));
  const sum = (pick: (wallet: (typeof wallets)[number]) => bigint): string =>
    formatScaled(dollars.reduce((total, wallet) => total + pick(wallet), 0n));
  const realised = (currency: string): bigint =>
    [...account.positions.values()]
      .filter(({ instrument }) => account.instruments.get(instrument)?.quoteCurrency === currency)
      .reduce((total, { realisedCum, feesCum }) => total + realisedCum - feesCum, 0n);
  return {
    accountType: 'UNIFIED',
    accountLTV: '',
    accountIMRate: '',
    accountMMRate: '',
    totalEquity: sum((wallet) => wallet.equity),
    totalWalletBalance: sum((wallet) => wallet.cash),
    totalMarginBalance: sum((wallet) => wallet.equity),
    totalAvailableBalance: sum((wallet) => (wallet.available < 0n ? 0n : wallet.available)),
    totalPerpUPL: sum((wallet) => wallet.unrealised),
    totalInitialMargin: sum((wallet) => wallet.positionMargin + wallet.orderMargin),
    totalMaintenanceMargin: '0',
    coin: wallets.map((wallet) => ({
      coin: wallet.currency,
      equity: formatScaled(wallet.equity),
      usdValue: DOLLARS.has(wallet.currency) ? formatScaled(wallet.equity) : '',
      walletBalance: formatScaled(wallet.cash),
      free: '',
      locked: '0',
      availableToWithdraw: formatScaled(wallet.available < 0n ? 0n : wallet.available),
      borrowAmount: '0',
      accruedInterest: '0',
      totalOrderIM: formatScaled(wallet.orderMargin),
      totalPositionIM: formatScaled(wallet.positionMargin),
      totalPositionMM: '0',
      unrealisedPnl: formatScaled(wallet.unrealised),
      cumRealisedPnl: formatScaled(realised(wallet.currency)),
      bonus: '0',
      marginCollateral: true,
      collateralSwitch: true,
    })),
  };
}
