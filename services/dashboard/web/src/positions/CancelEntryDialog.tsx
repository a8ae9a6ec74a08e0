import { symbolOf } from '@ballast/domain';
import { useMutation } from '@tanstack/react-query';
import type { OrderInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { trimmed } from '../format/number.ts';
import { ChangeDialog } from './ChangeDialog.tsx';

type Props = { order: OrderInfo; onClose: () => void };

/** What has been filled of it stays, with its stop. */
export function CancelEntryDialog({ order, onClose }: Props) {
  const cancel = useMutation(trpc.trades.cancelEntry.mutationOptions());
  const symbol = symbolOf(order.instrument);
  const { tradeId } = order;
  return (
    <ChangeDialog
      name="cancel-entry"
      title={`Cancel the entry in ${symbol}?`}
      sentTitle={`Cancelling the entry in ${symbol}`}
      tradeId={tradeId}
      confirm="Cancel the entry"
      color="red.9"
      reason="cancelled by the operator"
      send={(asked) => cancel.mutate({ ...asked, tradeId })}
      state={cancel}
      onClose={onClose}
    >
      <p className="confirm-sentence">
        Cancel what is left of the {order.type} entry to {order.side} {trimmed(order.quantity)} in{' '}
        {symbol}. What has been filled stays open with its stop.
      </p>
    </ChangeDialog>
  );
}
