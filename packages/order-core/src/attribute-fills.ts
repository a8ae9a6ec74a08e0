import type { TradeId } from '@ballast/domain';
import { applyFill } from './ledger.ts';
import type { TradeEvent } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { emit, withTrade } from './order-changes.ts';
import type { BookedFill, Trade } from './trade.ts';

/**
 * Books what was done by hand, in the order of the record it comes from. No order of ours has it:
 * the position alone moves, and `derive` brings the exits to what is left of it.
 */
export function attributeFills(
  result: StepResult,
  moved: readonly { readonly from: TradeId; readonly fill: BookedFill }[],
): StepResult {
  return moved.reduce((next, { from, fill }) => {
    const { trade } = next;
    const { clientOrderId, executionId, revision, quantity } = fill;
    const position =
      quantity > 0n ? applyFill(trade.position, fill, trade.instrument) : trade.position;
    const booked: Trade = {
      ...trade,
      fills: [...trade.fills, { ...fill, byHand: true }],
      position,
      // Told under an order of ours once, and not believed: now it is.
      mismatchedExecutionIds: trade.mismatchedExecutionIds.filter((id) => id !== executionId),
    };
    const event: TradeEvent = {
      ...{ type: 'fillAttributed', clientOrderId, executionId, revision, from },
    };
    return emit(withTrade(next, booked), [event]);
  }, result);
}
