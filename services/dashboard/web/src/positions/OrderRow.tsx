import { symbolOf } from '@ballast/domain';
import { Link } from '@tanstack/react-router';
import type { InstrumentInfo, OrderInfo } from '../api/shapes.ts';
import { decimalsOf, fixed } from '../format/number.ts';
import { formatAge, utcDayTime } from '../format/time.ts';
import { useServerNow } from '../live/use-live.ts';
import { DirectionTag } from '../parts/DirectionTag.tsx';
import { StatusTag } from '../parts/StatusTag.tsx';

const DECIMALS = 4;

type Props = { order: OrderInfo; instrument: InstrumentInfo | undefined };

export function OrderRow({ order, instrument }: Props) {
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
        {order.type}
        {order.reduceOnly ? ', reduce-only' : ''}
      </td>
      <td data-label="Price" className="num">
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
    </tr>
  );
}
