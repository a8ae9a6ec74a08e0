import { symbolOf } from '@ballast/domain';
import type { ForeignOrderInfo, InstrumentInfo } from '../api/shapes.ts';
import { decimalsOf, fixed } from '../format/number.ts';
import { formatAge, utcDayTime } from '../format/time.ts';
import { useServerNow } from '../live/use-live.ts';
import { DirectionTag } from '../parts/DirectionTag.tsx';
import { Tag } from '../parts/Tag.tsx';

const DECIMALS = 4;

type Props = { order: ForeignOrderInfo; instrument: InstrumentInfo | undefined };

/** An order of somebody else in the same account: shown, and never touched. */
export function ForeignOrderRow({ order, instrument }: Props) {
  const now = useServerNow();
  const lots = instrument === undefined ? DECIMALS : decimalsOf(instrument.lotSize);
  return (
    <tr data-testid="order-foreign" data-symbol={symbolOf(order.instrument)}>
      <td data-label="Instrument">{symbolOf(order.instrument)}</td>
      <td data-label="Role">
        <Tag tone="warn">not ours</Tag>
      </td>
      <td data-label="Side">
        <DirectionTag direction={order.side} />
      </td>
      <td data-label="Type" title={`venue order ${order.venueOrderId}`}>
        —
      </td>
      <td data-label="Price" className="num">
        —
      </td>
      <td data-label="Quantity" className="num">
        {fixed(order.quantity, lots)}
      </td>
      <td data-label="Filled" className="num">
        {fixed(order.filledQuantityCum, lots)}
      </td>
      <td data-label="Status">open at the venue</td>
      <td data-label="Changed" className="num" title={`${utcDayTime(order.seenAt)} UTC`}>
        seen {formatAge(now - order.seenAt)} ago
      </td>
      <td className="row-action" />
    </tr>
  );
}
