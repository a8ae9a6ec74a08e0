import { absoluteQuantity, divideScaled, formatScaled, multiplyScaled } from '@ballast/domain';
import { type Execution, LEVERAGE, type Position, unrealisedOf, walletOf } from '@ballast/sim-core';
import { type Desk, recordOfFill } from './desk.ts';
import { heldOf } from './held-quantity.ts';
import { assetId, time } from './order-record.ts';

const CURRENCY = 'USD';
const text = formatScaled;

/** @returns the account object, every amount as text. */
export function accountJson(desk: Desk, accountNumber: string): Readonly<Record<string, unknown>> {
  const { account } = desk.venue;
  const wallet = walletOf(account, CURRENCY);
  const buyingPower = text(wallet.available < 0n ? 0n : wallet.available * LEVERAGE);
  let [long, short] = [0n, 0n];
  for (const position of account.positions.values()) {
    const value = marketValueOf(desk, position);
    if (value > 0n) long += value;
    else short += value;
  }
  // Neither positions nor open orders may have used it up.
  const unborrowed = wallet.equity - long + short - wallet.orderMargin * LEVERAGE;
  return {
    id: assetId(accountNumber),
    account_number: accountNumber,
    status: 'ACTIVE',
    currency: CURRENCY,
    // Cash in the venue's sense: what is left after positions were paid for, or sold short.
    cash: text(wallet.equity - long - short),
    equity: text(wallet.equity),
    last_equity: text(wallet.equity),
    portfolio_value: text(wallet.equity),
    buying_power: buyingPower,
    regt_buying_power: buyingPower,
    non_marginable_buying_power: text(unborrowed < 0n ? 0n : unborrowed),
    multiplier: String(LEVERAGE),
    initial_margin: text(wallet.positionMargin + wallet.orderMargin),
    maintenance_margin: text(wallet.positionMargin),
    long_market_value: text(long),
    short_market_value: text(short),
    trading_blocked: false,
    transfers_blocked: false,
    account_blocked: false,
    trade_suspended_by_user: false,
    shorting_enabled: desk.shorting,
  };
}

/** @returns one position; its size is signed, and `side` says it again. */
export function positionJson(
  desk: Desk,
  symbol: string,
  position: Position,
): Readonly<Record<string, unknown>> {
  const { instrument, quantity, cost } = position;
  const size = absoluteQuantity(quantity);
  const signedCost = quantity < 0n ? -cost : cost;
  const profit = unrealisedOf(desk.venue.account, position);
  const percent = cost === 0n ? 0n : divideScaled(profit, cost, 'halfEven');
  const listed = desk.venue.account.instruments.get(instrument);
  const held = listed === undefined ? 0n : heldOf(desk, listed);
  const free = size > held ? size - held : 0n;
  const last = desk.venue.account.books.get(instrument)?.print.price ?? 0n;
  return {
    asset_id: assetId(symbol),
    symbol,
    exchange: 'NASDAQ',
    asset_class: 'us_equity',
    asset_marginable: true,
    avg_entry_price: size === 0n ? '0' : text(divideScaled(cost, size, 'halfEven')),
    qty: text(quantity),
    qty_available: text(quantity < 0n ? -free : free),
    side: quantity < 0n ? 'short' : 'long',
    market_value: text(marketValueOf(desk, position)),
    cost_basis: text(signedCost),
    unrealized_pl: text(profit),
    unrealized_plpc: text(percent),
    unrealized_intraday_pl: text(profit),
    unrealized_intraday_plpc: text(percent),
    current_price: text(last),
    lastday_price: text(last),
    change_today: '0',
  };
}

/** The id of an activity sorts by time, and its part after `::` is the execution's id. */
export function activityId(execution: Execution): string {
  const stamp = time(execution.at).replaceAll(/[-:TZ.]/g, '');
  return `${stamp}::${execution.id}`;
}

export function activityJson(desk: Desk, execution: Execution): Readonly<Record<string, unknown>> {
  const filled = execution.orderQuantity - execution.leaves;
  const record = recordOfFill(desk, execution.orderId, filled);
  const done = execution.leaves === 0n;
  return {
    id: activityId(execution),
    activity_type: 'FILL',
    transaction_time: time(execution.at),
    type: done ? 'fill' : 'partial_fill',
    price: text(execution.price),
    qty: text(execution.quantity),
    side: execution.side,
    symbol: execution.instrument.slice(execution.instrument.indexOf(':') + 1),
    leaves_qty: text(execution.leaves),
    cum_qty: text(filled - (record?.before.filled ?? 0n)),
    order_id: record?.id ?? execution.orderId,
    order_status: done ? 'filled' : 'partially_filled',
  };
}

function marketValueOf(desk: Desk, { instrument, quantity }: Position): bigint {
  const last = desk.venue.account.books.get(instrument)?.print.price ?? 0n;
  return multiplyScaled(last, quantity, 'halfEven');
}
