import type { InstrumentInfo, TradeInfo } from '../api/shapes.ts';
import { TradeRow } from './TradeRow.tsx';

type Props = { trades: readonly TradeInfo[]; instruments: readonly InstrumentInfo[] };

export function TradesTable({ trades, instruments }: Props) {
  return (
    <table className="data-table">
      <thead>
        <tr>
          <th scope="col">Planned (UTC)</th>
          <th scope="col">Instrument</th>
          <th scope="col">Direction</th>
          <th scope="col">Status</th>
          <th scope="col">From</th>
          <th scope="col" className="num">
            Quantity
          </th>
          <th scope="col" className="num">
            Entry
          </th>
          <th scope="col" className="num">
            Exit
          </th>
          <th scope="col" className="num">
            Realised
          </th>
          <th scope="col" className="num">
            Fees
          </th>
          <th scope="col" className="num">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {trades.map((trade) => (
          <TradeRow
            key={trade.id}
            trade={trade}
            instrument={instruments.find((item) => item.id === trade.instrument)}
          />
        ))}
      </tbody>
    </table>
  );
}
