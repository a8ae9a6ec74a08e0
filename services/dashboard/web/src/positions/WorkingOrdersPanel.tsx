import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstrumentInfo, OrderInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { NoRows } from '../parts/NoRows.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { CancelEntryDialog } from './CancelEntryDialog.tsx';
import { ForeignOrderRow } from './ForeignOrderRow.tsx';
import { OrderRow } from './OrderRow.tsx';

const REFRESH_MS = 10_000;

/** Orders that may still trade, wherever they are on their way. */
export function WorkingOrdersPanel({ instruments }: { instruments: readonly InstrumentInfo[] }) {
  const working = useQuery({ ...trpc.orders.working.queryOptions(), refetchInterval: REFRESH_MS });
  const orders = working.data ?? [];
  const others = useQuery({ ...trpc.orders.foreign.queryOptions(), refetchInterval: REFRESH_MS });
  const foreign = others.data ?? [];
  const count = orders.length + foreign.length;
  const [cancelling, setCancelling] = useState<OrderInfo | null>(null);
  return (
    <Panel
      title={`Working orders${count === 0 ? '' : ` (${count})`}`}
      className="orders"
      testId="working-orders"
    >
      <QueryFault error={working.error ?? others.error} what="Orders" />
      {count === 0 ? (
        <NoRows of={[working, others]}>No working order.</NoRows>
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
              <th scope="col">
                <span className="unseen">Cancel</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {orders.map((order) => (
              <OrderRow
                key={order.clientOrderId}
                order={order}
                instrument={instruments.find((item) => item.id === order.instrument)}
                onCancel={() => setCancelling(order)}
              />
            ))}
            {foreign.map((order) => (
              <ForeignOrderRow
                key={order.incidentId}
                order={order}
                instrument={instruments.find((item) => item.id === order.instrument)}
              />
            ))}
          </tbody>
        </table>
      )}
      {cancelling !== null && (
        <CancelEntryDialog order={cancelling} onClose={() => setCancelling(null)} />
      )}
    </Panel>
  );
}
