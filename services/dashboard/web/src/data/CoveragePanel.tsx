import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { CoverageFilters, type Wanted } from './CoverageFilters.tsx';
import { CoverageFoot } from './CoverageFoot.tsx';
import { type CellName, CoverageTable } from './CoverageTable.tsx';
import { CoverageTotals } from './CoverageTotals.tsx';
import { GapsDialog } from './GapsDialog.tsx';
import { REFRESH_MS } from './refresh.ts';

/** What is typed is asked for once the keys rest. */
const TYPING_MS = 200;

export function CoveragePanel() {
  const [wanted, setWanted] = useState<Wanted>({ days: 7, search: '', show: 'all', page: 0 });
  const [search] = useDebouncedValue(wanted.search, TYPING_MS);
  const [cell, setCell] = useState<CellName | null>(null);
  const [opened, setOpened] = useState(false);
  const query = useQuery({
    ...trpc.data.coverage.queryOptions({ ...wanted, search }),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  const grid = query.data;
  // The rows of the last question stay until those of this one are there; the panel says so.
  const isOther = query.isPlaceholderData || search !== wanted.search;
  return (
    <Panel
      title={`Stored bars${isOther ? ' (loading …)' : ''}`}
      className="coverage"
      aside={<CoverageFilters wanted={wanted} onChange={setWanted} />}
      testId="coverage"
    >
      <QueryFault error={query.error} what="Coverage" />
      {grid === undefined && query.isPending && <Empty>Loading …</Empty>}
      {grid !== undefined && (
        <>
          <CoverageTotals grid={grid} />
          {grid.unknown.length > 0 && (
            <p className="fault">
              Looked at and not listed any more: {grid.unknown.join(', ')}. Nothing counts them.
            </p>
          )}
          {grid.rows.length === 0 ? (
            <Empty>{emptyText(grid, wanted)}</Empty>
          ) : (
            <CoverageTable
              rows={grid.rows}
              timeframes={grid.timeframes}
              onOpen={(chosen) => {
                setCell(chosen);
                setOpened(true);
              }}
            />
          )}
          <CoverageFoot
            grid={grid}
            page={wanted.page}
            onPage={(page) => setWanted({ ...wanted, page })}
          />
        </>
      )}
      <GapsDialog cell={cell} days={wanted.days} opened={opened} onClose={() => setOpened(false)} />
    </Panel>
  );
}

type Found = { listed: number; found: number; shown: number };

function emptyText(grid: Found, { search }: Wanted): string {
  if (grid.listed === 0) return 'No instrument is listed yet: market-data lists them when it runs.';
  if (grid.found === 0) return `No instrument has "${search.trim()}" in its name.`;
  if (grid.shown > 0) return 'Nothing is on this page any more.';
  return '✓ All of them are green.';
}
