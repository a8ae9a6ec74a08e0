import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { NoRows } from '../parts/NoRows.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { noSignalsText } from './no-signals-text.ts';
import { SignalRow } from './SignalRow.tsx';

const LIMIT = 200;
const REFRESH_MS = 5_000;
type Show = 'all' | 'blocked' | 'allowed';

/** The newest opinions of all strategies, and which gate stopped them. */
export function SignalsPage() {
  const [show, setShow] = useState<Show>('all');
  const query = useQuery({
    ...trpc.signals.recent.queryOptions({ limit: LIMIT }),
    refetchInterval: REFRESH_MS,
  });
  const newest = query.data ?? [];
  const rows = newest.filter(
    (signal) => show === 'all' || (signal.blocked !== null) === (show === 'blocked'),
  );
  return (
    <div className="page">
      <Panel
        title="Signals"
        aside={
          <SegmentedControl
            size="xs"
            aria-label="Which signals"
            value={show}
            onChange={(value) =>
              setShow(value === 'blocked' || value === 'allowed' ? value : 'all')
            }
            data={[
              { value: 'all', label: `Newest ${LIMIT}` },
              { value: 'allowed', label: 'Traded' },
              { value: 'blocked', label: 'Blocked' },
            ]}
          />
        }
        testId="signals"
      >
        <QueryFault error={query.error} what="Signals" />
        {rows.length === 0 ? (
          <NoRows of={[query]}>{noSignalsText(newest.length)}</NoRows>
        ) : (
          <table className="data-table">
            <thead>
              <tr>
                <th scope="col">Decided (UTC)</th>
                <th scope="col">Strategy</th>
                <th scope="col">Instrument</th>
                <th scope="col">Direction</th>
                <th scope="col">Verdict</th>
                <th scope="col">Gate</th>
                <th scope="col">It saw</th>
                <th scope="col">It wants</th>
                <th scope="col">Inputs</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((signal) => (
                <SignalRow key={signal.id} signal={signal} />
              ))}
            </tbody>
          </table>
        )}
      </Panel>
    </div>
  );
}
