import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StrategyInfo, SwitchInfo } from '../api/shapes.ts';
import { queryClient, trpc } from '../api/trpc.ts';
import { useSilence } from '../live/use-live.ts';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { SwitchDialog } from './SwitchDialog.tsx';
import { SwitchRow } from './SwitchRow.tsx';

type Changing = { strategy: StrategyInfo; item: SwitchInfo };

/** Who is watched and who may trade, since when, by whose hand and why. */
export function StrategiesPanel() {
  const silent = useSilence() !== null;
  const query = useQuery(trpc.strategies.list.queryOptions());
  const [changing, setChanging] = useState<Changing | null>(null);

  function done(): void {
    setChanging(null);
    void queryClient.invalidateQueries({ queryKey: trpc.strategies.list.queryKey() });
  }

  return (
    <Panel title="Strategies" testId="strategies">
      <QueryFault error={query.error} what="Strategies" />
      <table className="data-table">
        <thead>
          <tr>
            <th scope="col">Strategy</th>
            <th scope="col">Switch</th>
            <th scope="col">State</th>
            <th scope="col">Since (UTC)</th>
            <th scope="col">Set by</th>
            <th scope="col">Why</th>
            <th scope="col">Soak</th>
            <th scope="col">
              <span className="unseen">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {(query.data ?? []).flatMap((strategy) =>
            strategy.switches.map((item) => (
              <SwitchRow
                key={`${strategy.strategy}-${item.switch}`}
                strategy={strategy}
                item={item}
                disabled={silent}
                onChange={() => setChanging({ strategy, item })}
              />
            )),
          )}
        </tbody>
      </table>
      {changing !== null && <SwitchDialog {...changing} onClose={done} />}
    </Panel>
  );
}
