import { useQuery } from '@tanstack/react-query';
import { trpc } from '../api/trpc.ts';
import { count } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { NoRows } from '../parts/NoRows.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';

const REFRESH_MS = 10_000;

/** What the venue sent and nobody could read: kept as it came, for whoever has to find out. */
export function OdditiesPanel() {
  const query = useQuery({ ...trpc.health.oddities.queryOptions(), refetchInterval: REFRESH_MS });
  const rows = query.data ?? [];
  return (
    <Panel
      title={`Unreadable from the venue${rows.length === 0 ? '' : ` (${rows.length})`}`}
      testId="oddities"
    >
      <QueryFault error={query.error} what="Unreadable messages" />
      {rows.length === 0 ? (
        <NoRows of={[query]}>✓ Everything was understood.</NoRows>
      ) : (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Newest (UTC)</th>
              <th scope="col">Venue</th>
              <th scope="col">What</th>
              <th scope="col" className="num">
                Times
              </th>
              <th scope="col">As it came</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.venue} ${row.code} ${row.detail}`}>
                <td data-label="Newest (UTC)" className="num-left">
                  {utcDayTime(row.at)}
                </td>
                <td data-label="Venue">{row.venue}</td>
                <td data-label="What">
                  {row.code}: {row.detail}
                </td>
                <td data-label="Times" className="num">
                  {count(row.count)}
                </td>
                <td data-label="As it came" className="inputs">
                  {row.raw ?? '—'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
