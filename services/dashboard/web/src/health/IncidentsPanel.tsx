import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { NoRows } from '../parts/NoRows.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { IncidentDialog } from './IncidentDialog.tsx';
import { IncidentRow } from './IncidentRow.tsx';

const REFRESH_MS = 5_000;

export function IncidentsPanel() {
  const query = useQuery({ ...trpc.incidents.open.queryOptions(), refetchInterval: REFRESH_MS });
  const rows = query.data ?? [];
  const [answered, setAnswered] = useState<IncidentInfo | null>(null);
  return (
    <Panel
      title={`Open incidents${rows.length === 0 ? '' : ` (${rows.length})`}`}
      testId="incidents"
    >
      <QueryFault error={query.error} what="Incidents" />
      {rows.length === 0 ? (
        <NoRows of={[query]}>✓ None open.</NoRows>
      ) : (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Opened (UTC)</th>
              <th scope="col">Kind</th>
              <th scope="col">Instrument</th>
              <th scope="col">What is known</th>
              <th scope="col">Trade</th>
              <th scope="col">
                <span className="unseen">Answer</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((incident) => (
              <IncidentRow
                key={incident.id}
                incident={incident}
                onAnswer={() => setAnswered(incident)}
              />
            ))}
          </tbody>
        </table>
      )}
      {answered !== null && (
        <IncidentDialog incident={answered} onClose={() => setAnswered(null)} />
      )}
    </Panel>
  );
}
