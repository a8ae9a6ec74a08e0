import type { JobView } from '@ballast/dashboard-server/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient, trpc } from '../api/trpc.ts';
import { READ_DEAD_MS, READ_LATE_MS } from '../data/refresh.ts';
import { count } from '../format/number.ts';
import { Age } from '../parts/Age.tsx';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import type { JobMove } from './job-text.ts';
import { JobDialog } from './JobDialog.tsx';
import { JobRow } from './JobRow.tsx';

/** While one runs its pages are to be seen; else a job comes now and then. */
const RUNNING_MS = 2_000;
const QUIET_MS = 10_000;

/** Backfills and imports: how far they are, how fast, and what can be done with them. */
export function JobsPanel() {
  const query = useQuery({
    ...trpc.jobs.list.queryOptions(),
    refetchInterval: ({ state }) => (isBusy(state.data) ? RUNNING_MS : QUIET_MS),
  });
  const [asked, setAsked] = useState<{ job: JobView; move: JobMove } | null>(null);
  const { data } = query;

  function close(): void {
    setAsked(null);
    void queryClient.invalidateQueries({ queryKey: trpc.jobs.list.queryKey() });
  }

  return (
    <Panel
      title="Jobs"
      className="jobs"
      aside={
        data !== undefined && (
          <span className="live">
            <Age
              at={data.at}
              lateMs={READ_LATE_MS}
              deadMs={READ_DEAD_MS}
              label="read "
              suffix=" ago"
            />
          </span>
        )
      }
      testId="jobs"
    >
      <QueryFault error={query.error} what="Jobs" />
      {data === undefined && query.isPending && <Empty>Loading …</Empty>}
      {data?.jobs.length === 0 && (
        <Empty>No backfill and no import yet. Click a cell above to fill its gaps.</Empty>
      )}
      {data !== undefined && data.jobs.length > 0 && (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Job</th>
              <th scope="col">Bars from, to (UTC)</th>
              <th scope="col">State</th>
              <th scope="col">Progress</th>
              <th scope="col">Why</th>
              <th scope="col">
                <span className="unseen">Change</span>
              </th>
            </tr>
          </thead>
          <tbody className="live">
            {data.jobs.map((job) => (
              <JobRow key={job.id} job={job} onMove={(move) => setAsked({ job, move })} />
            ))}
          </tbody>
        </table>
      )}
      {data !== undefined && data.more > 0 && (
        <p className="empty">{count(data.more)} earlier jobs are not shown.</p>
      )}
      {asked !== null && <JobDialog {...asked} onClose={close} />}
    </Panel>
  );
}

function isBusy(data: { readonly jobs: readonly JobView[] } | undefined): boolean {
  return data?.jobs.some(({ status }) => status === 'running' || status === 'queued') ?? false;
}
