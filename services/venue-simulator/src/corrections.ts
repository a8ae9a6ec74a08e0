import {
  multiplyScaled,
  type Price,
  type Quantity,
  subtractQuantity,
  ZERO_QUANTITY,
} from '@ballast/domain';
import { type Execution, instrumentOf, positionOf } from '@ballast/sim-core';
import type { Venue } from './venue.ts';

/**
 * The venue corrects an execution: another price, or quantity 0 when it takes it back. Position
 * and cash follow, so that listings and the correction tell the same.
 * @returns the execution as corrected
 */
export function correctExecution(
  venue: Venue,
  execution: Execution,
  to: { readonly price: Price; readonly quantity: Quantity },
): Execution {
  const index = venue.executions.findLastIndex(({ id }) => id === execution.id);
  const corrected: Execution = { ...execution, ...to };
  if (index !== -1) venue.executions[index] = corrected;
  const { account } = venue;
  const before = positionOf(account, execution.instrument);
  const undone = execution.quantity === to.quantity ? ZERO_QUANTITY : signedOf(execution);
  const quantity = subtractQuantity(before.quantity, undone);
  const paid = before.quantity < 0n ? -before.cost : before.cost;
  const change = multiplyScaled(to.price, signedOf(corrected), 'halfEven');
  const invested = paid + change - multiplyScaled(execution.price, signedOf(execution), 'halfEven');
  const fits = quantity !== 0n && quantity > 0n === invested > 0n;
  const cost = fits ? (invested < 0n ? -invested : invested) : 0n;
  account.positions.set(execution.instrument, { ...before, quantity, cost });
  if (!fits) {
    const currency = instrumentOf(account, execution.instrument).quoteCurrency;
    account.cash.set(currency, (account.cash.get(currency) ?? 0n) - invested);
  }
  return corrected;
}

function signedOf({ side, quantity }: Execution): Quantity {
  return side === 'buy' ? quantity : subtractQuantity(ZERO_QUANTITY, quantity);
}
