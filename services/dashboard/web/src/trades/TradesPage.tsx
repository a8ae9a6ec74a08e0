import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { trpc } from '../api/trpc.ts';
import { NoRows } from '../parts/NoRows.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { PositionsPanel } from '../positions/PositionsPanel.tsx';
import { WorkingOrdersPanel } from '../positions/WorkingOrdersPanel.tsx';
import { TradesTable } from './TradesTable.tsx';

const LIMIT = 100;

export function TradesPage() {
  const { show = 'all' } = useSearch({ from: '/trades' });
  const navigate = useNavigate({ from: '/trades' });
  const instruments = useQuery(trpc.instruments.list.queryOptions()).data ?? [];
  const trades = useQuery(trpc.trades.list.queryOptions({ limit: LIMIT, open: show === 'open' }));
  const rows = trades.data ?? [];
  return (
    <div className="page">
      <PositionsPanel instruments={instruments} />
      <WorkingOrdersPanel instruments={instruments} />
      <Panel
        title="Trades"
        className="trades"
        aside={
          <SegmentedControl
            size="xs"
            aria-label="Which trades"
            value={show}
            onChange={(value) =>
              void navigate({ search: { show: value === 'open' ? 'open' : 'all' } })
            }
            data={[
              { value: 'all', label: `Newest ${LIMIT}` },
              { value: 'open', label: 'Open' },
            ]}
          />
        }
        testId="trades"
      >
        <QueryFault error={trades.error} what="Trades" />
        {rows.length === 0 ? (
          <NoRows of={[trades]}>
            {show === 'open' ? 'No trade is open.' : 'No trade yet. Plan one on the trade page.'}
          </NoRows>
        ) : (
          <TradesTable trades={rows} instruments={instruments} />
        )}
      </Panel>
    </div>
  );
}
