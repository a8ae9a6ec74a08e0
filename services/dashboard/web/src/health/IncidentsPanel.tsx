import { symbolOf } from '@ballast/domain';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { trpc } from '../api/trpc.ts';
import { utcDayTime } from '../format/time.ts';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { Tag } from '../parts/Tag.tsx';

const REFRESH_MS = 5_000;

export function IncidentsPanel() {
  const query = useQuery({ ...trpc.incidents.open.queryOptions(), refetchInterval: REFRESH_MS });
  const rows = query.data ?? [];
  return (
    <Panel
      title={`Open incidents${rows.length === 0 ? '' : ` (${rows.length})`}`}
      testId="incidents"
    >
      <QueryFault error={query.error} what="Incidents" />
      {rows.length === 0 && query.error === null ? (
        <Empty>{query.isPending ? 'Loading …' : '✓ None open.'}</Empty>
      ) : (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Opened (UTC)</th>
              <th scope="col">Kind</th>
              <th scope="col">Instrument</th>
              <th scope="col">What is known</th>
              <th scope="col">Trade</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((incident) => (
              <tr key={incident.id}>
                <td data-label="Opened (UTC)" className="num-left">
                  {utcDayTime(incident.openedAt)}
                </td>
                <td data-label="Kind">
                  <Tag tone="bad">{incident.kind}</Tag>
                </td>
                <td data-label="Instrument">{symbolOf(incident.instrument)}</td>
                <td data-label="What is known">{incident.detail}</td>
                <td data-label="Trade">
                  {incident.tradeId === null ? (
                    '—'
                  ) : (
                    <Link
                      to="/trades/$tradeId"
                      params={{ tradeId: incident.tradeId }}
                      className="link"
                    >
                      open
                    </Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
