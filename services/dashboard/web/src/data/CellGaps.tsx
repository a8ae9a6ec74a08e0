import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GapInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { count } from '../format/number.ts';
import { FillGapDialog } from '../jobs/FillGapDialog.tsx';
import { Age } from '../parts/Age.tsx';
import { Empty } from '../parts/Empty.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { CellFigures } from './CellFigures.tsx';
import type { CellName } from './CoverageTable.tsx';
import { GapsTable } from './GapsTable.tsx';
import { READ_DEAD_MS, READ_LATE_MS, REFRESH_MS } from './refresh.ts';

/** What is missing of one instrument and timeframe, read again while it is looked at. */
export function CellGaps({ cell, days }: { cell: CellName; days: number }) {
  const { instrument, timeframe } = cell;
  const query = useQuery({
    ...trpc.data.gaps.queryOptions({ instrument, timeframe, days }),
    refetchInterval: REFRESH_MS,
  });
  const { data } = query;
  const [filling, setFilling] = useState<GapInfo | null>(null);
  return (
    <>
      <QueryFault error={query.error} what="Gaps" />
      {data === undefined ? (
        query.isPending && <Empty>Loading …</Empty>
      ) : (
        <>
          <CellFigures cell={data.cell} timeframe={timeframe} fromTime={data.fromTime} />
          {data.gaps.length === 0 ? (
            <Empty>No gap is known in this window.</Empty>
          ) : (
            <GapsTable gaps={data.gaps} onFill={setFilling} />
          )}
          {data.more > 0 && <p className="empty">{count(data.more)} earlier gaps are not shown.</p>}
          <p className="gaps-foot live">
            <Age
              at={data.at}
              lateMs={READ_LATE_MS}
              deadMs={READ_DEAD_MS}
              label="Read "
              suffix=" ago"
            />
            . What to do: docs/runbooks/bars-are-missing.md
          </p>
        </>
      )}
      {filling !== null && (
        <FillGapDialog cell={cell} gap={filling} onClose={() => setFilling(null)} />
      )}
    </>
  );
}
