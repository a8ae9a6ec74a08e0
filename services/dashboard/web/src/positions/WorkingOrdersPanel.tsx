import { useQuery } from '@tanstack/react-query';
import type { InstrumentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { OrderRow } from './OrderRow.tsx';

const REFRESH_MS = 10_000;

/** Orders that may still trade, wherever they are on their way. */
export function WorkingOrdersPanel({ instruments }: { instruments: readonly InstrumentInfo[] }) {
  const working = useQuery({ ...trpc.orders.working.queryOptions(), refetchInterval: REFRESH_MS });
  const orders = working.data ?? [];
  return (
    <Panel
      title={`Working orders${orders.length === 0 ? '' : ` (${orders.length})`}`}
      className="orders"
      testId="working-orders"
    >
      <QueryFault error={working.error} what="Orders" />
      {orders.length === 0 ? (
        <Empty>{working.isPending ? 'Loading …' : 'No working order.'}</Empty>
      ) : (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Instrument</th>
              <th scope="col">Role</th>
              <th scope="col">Side</th>
              <th scope="col">Type</th>
              <th scope="col" className="num">
                Price
              </th>
              <th scope="col" className="num">
                Quantity
              </th>
              <th scope="col" className="num">
                Filled
              </th>
              <th scope="col">Status</th>
              <th scope="col" className="num">
                Changed
              </th>
            </tr>
          </thead>
          <tbody>
            {orders.map((order) => (
              <OrderRow
                key={order.clientOrderId}
                order={order}
                instrument={instruments.find((item) => item.id === order.instrument)}
              />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
