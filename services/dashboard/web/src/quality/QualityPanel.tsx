import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { REFRESH_MS } from '../data/refresh.ts';
import { count } from '../format/number.ts';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { QualityFilters, type Wanted } from './QualityFilters.tsx';
import { QualityRules } from './QualityRules.tsx';
import { QualityTable } from './QualityTable.tsx';

/** What is typed is asked for once the keys rest. */
const TYPING_MS = 200;

/** Which data broke a rule of quality. */
export function QualityPanel() {
  const [wanted, setWanted] = useState<Wanted>({ hours: 24, search: '', rule: null });
  const [search] = useDebouncedValue(wanted.search, TYPING_MS);
  const query = useQuery({
    ...trpc.data.quality.queryOptions({ ...wanted, search }),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  const view = query.data;
  const isOther = query.isPlaceholderData || search !== wanted.search;
  return (
    <Panel
      title={`Data that broke a rule${isOther ? ' (loading …)' : ''}`}
      aside={<QualityFilters wanted={wanted} onChange={setWanted} />}
      testId="quality"
    >
      <QueryFault error={query.error} what="Data quality" />
      {view === undefined && query.isPending && <Empty>Loading …</Empty>}
      {view !== undefined && (
        <>
          <QualityRules
            view={view}
            rule={wanted.rule}
            onRule={(rule) => setWanted({ ...wanted, rule })}
          />
          {view.records.length === 0 ? (
            <Empty>✓ No rule was broken{emptyPart(wanted)}.</Empty>
          ) : (
            <>
              <QualityTable records={view.records} />
              <p className="coverage-foot">
                {view.more > 0 && `${count(view.more)} earlier records are not shown. `}
                What each rule means and what to do: docs/runbooks/data-is-odd.md
              </p>
            </>
          )}
        </>
      )}
    </Panel>
  );
}

function emptyPart({ search, rule }: Wanted): string {
  if (search.trim() !== '') return ` by an instrument with "${search.trim()}" in its name`;
  return rule === null ? ' in this time' : ' of this kind in this time';
}
