import { symbolOf } from '@ballast/domain';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { InstrumentInfo, OrderInfo } from '../api/shapes.ts';
import { decimalsOf, fixed } from '../format/number.ts';
import { formatAge, utcDayTime } from '../format/time.ts';
import { useServerNow, useSilence } from '../live/use-live.ts';
import { DirectionTag } from '../parts/DirectionTag.tsx';
import { StatusTag } from '../parts/StatusTag.tsx';

const DECIMALS = 4;

type Props = {
  order: OrderInfo;
  instrument: InstrumentInfo | undefined;
  onCancel: () => void;
};

export function OrderRow({ order, instrument, onCancel }: Props) {
  const silent = useSilence() !== null;
  const now = useServerNow();
  const price = instrument === undefined ? DECIMALS : decimalsOf(instrument.tickSize);
  const lots = instrument === undefined ? DECIMALS : decimalsOf(instrument.lotSize);
  return (
    <tr data-testid={`order-${order.role}`} data-symbol={symbolOf(order.instrument)}>
      <td data-label="Instrument">
        <Link to="/trades/$tradeId" params={{ tradeId: order.tradeId }} className="link">
          {symbolOf(order.instrument)}
        </Link>
      </td>
      <td data-label="Role">{order.role}</td>
      <td data-label="Side">
        <DirectionTag direction={order.side} />
      </td>
      <td data-label="Type">
        {order.type === 'stopLimit' ? 'stop-limit' : order.type}
        {order.reduceOnly ? ', reduce-only' : ''}
      </td>
      <td data-label="Price" className="num">
        {order.triggerPrice !== null && `${fixed(order.triggerPrice, price)} → `}
        {order.price === null ? 'market' : fixed(order.price, price)}
      </td>
      <td data-label="Quantity" className="num">
        {fixed(order.quantity, lots)}
      </td>
      <td data-label="Filled" className="num">
        {fixed(order.filledQuantityCum, lots)}
      </td>
      <td data-label="Status">
        <StatusTag status={order.status} />
      </td>
      <td data-label="Changed" className="num" title={`${utcDayTime(order.updatedAt)} UTC`}>
        {formatAge(now - order.updatedAt)} ago
      </td>
      <td className="row-action">
        {order.role === 'entry' && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={silent}
            onClick={onCancel}
            aria-label={`Cancel the entry in ${symbolOf(order.instrument)}`}
            data-testid={`cancel-entry-${symbolOf(order.instrument)}`}
          >
            Cancel
          </Button>
        )}
      </td>
    </tr>
  );
}
