import { STRATEGY_SWITCHES } from '@ballast/domain';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StrategyInfo, SwitchInfo } from '../api/shapes.ts';
import { queryClient, trpc } from '../api/trpc.ts';
import { useSilence } from '../live/use-live.ts';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { switchName } from './switch-text.ts';
import { SwitchCell } from './SwitchCell.tsx';
import { SwitchDialog } from './SwitchDialog.tsx';

/** Another session or a command line switches too, and each watched signal moves the soak. */
const REFRESH_MS = 5_000;

type Changing = { strategy: StrategyInfo; item: SwitchInfo };

/** Who is watched and who may trade, since when, by whose hand and why. */
export function StrategiesPanel() {
  const silent = useSilence() !== null;
  const query = useQuery({ ...trpc.strategies.list.queryOptions(), refetchInterval: REFRESH_MS });
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
            {STRATEGY_SWITCHES.map((name) => (
              <th key={name} scope="col">
                {switchName(name)}, since (UTC)
              </th>
            ))}
            <th scope="col">Soak</th>
          </tr>
        </thead>
        <tbody>
          {(query.data ?? []).map((strategy) => (
            <tr key={strategy.strategy}>
              <td data-label="Strategy">{strategy.strategy}</td>
              {strategy.switches.map((item) => (
                <SwitchCell
                  key={item.switch}
                  strategy={strategy}
                  item={item}
                  disabled={silent}
                  onChange={() => setChanging({ strategy, item })}
                />
              ))}
              <td data-label="Soak">{strategy.soak.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {changing !== null && <SwitchDialog {...changing} onClose={done} />}
    </Panel>
  );
}
