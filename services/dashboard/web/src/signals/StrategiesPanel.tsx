import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { StrategyInfo } from '../api/shapes.ts';
import { queryClient, trpc } from '../api/trpc.ts';
import { NO_VALUE } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { useSilence } from '../live/use-live.ts';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { Tag } from '../parts/Tag.tsx';
import { SwitchDialog } from './SwitchDialog.tsx';

/** Who may trade, since when, by whose hand and why. */
export function StrategiesPanel() {
  const silent = useSilence() !== null;
  const query = useQuery(trpc.strategies.list.queryOptions());
  const [changing, setChanging] = useState<StrategyInfo | null>(null);

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
            <th scope="col">Buy switch</th>
            <th scope="col">Since (UTC)</th>
            <th scope="col">Set by</th>
            <th scope="col">Why</th>
            <th scope="col">
              <span className="unseen">Change</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {(query.data ?? []).map((item) => (
            <tr key={item.strategy} data-testid={`strategy-${item.strategy}`}>
              <td data-label="Strategy">{item.strategy}</td>
              <td data-label="Buy switch">
                <Tag tone={item.inForce?.buy === true ? 'good' : 'neutral'}>
                  {item.inForce?.buy === true ? 'on' : 'off'}
                </Tag>
              </td>
              <td data-label="Since (UTC)" className="num-left">
                {item.inForce === null ? NO_VALUE : utcDayTime(item.inForce.effectiveFrom)}
              </td>
              <td data-label="Set by">{item.inForce?.actor ?? 'never set'}</td>
              <td data-label="Why">{item.inForce?.reason ?? NO_VALUE}</td>
              <td className="row-action">
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={silent}
                  onClick={() => setChanging(item)}
                  data-testid={`switch-${item.strategy}`}
                >
                  Switch {item.inForce?.buy === true ? 'off' : 'on'}
                  <span className="unseen"> {item.strategy}</span>
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {changing !== null && <SwitchDialog strategy={changing} onClose={done} />}
    </Panel>
  );
}
