import { neverSetText } from '@ballast/domain';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SettingInfo } from '../api/shapes.ts';
import { queryClient, trpc } from '../api/trpc.ts';
import { NO_VALUE } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { useSilence } from '../live/use-live.ts';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { SettingDialog } from './SettingDialog.tsx';

/** Others set them too, and what is announced comes into force. */
const REFRESH_MS = 5_000;

/** The numbers that the platform goes by, and what is announced of them. */
export function SettingsPanel() {
  const silent = useSilence() !== null;
  const query = useQuery({
    ...trpc.systemSettings.list.queryOptions(),
    refetchInterval: REFRESH_MS,
  });
  const [changing, setChanging] = useState<SettingInfo | null>(null);

  function done(): void {
    setChanging(null);
    void queryClient.invalidateQueries({ queryKey: trpc.systemSettings.list.queryKey() });
  }

  return (
    <Panel title="Settings" testId="settings">
      <QueryFault error={query.error} what="Settings" />
      <table className="data-table">
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Value</th>
            <th scope="col">What it does</th>
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
            <SettingRow
              key={item.key}
              item={item}
              disabled={silent}
              onChange={() => setChanging(item)}
            />
          ))}
        </tbody>
      </table>
      {changing !== null && <SettingDialog setting={changing} onClose={done} />}
    </Panel>
  );
}

type RowProps = { item: SettingInfo; disabled: boolean; onChange: () => void };

function SettingRow({ item, disabled, onChange }: RowProps) {
  const { key, value, unit, does, inForce, toCome } = item;
  return (
    <tr data-testid={`setting-${key}`}>
      <td data-label="Setting">{key}</td>
      <td data-label="Value">
        {value} {unit}
        {toCome.map((change) => (
          <div key={change.id} className="dim">
            {change.value} from {utcDayTime(change.effectiveFrom)} on
          </div>
        ))}
      </td>
      <td data-label="What it does">{does}</td>
      <td data-label="Since (UTC)" className="num-left">
        {inForce === null ? NO_VALUE : utcDayTime(inForce.effectiveFrom)}
      </td>
      <td data-label="Set by">{inForce?.actor ?? neverSetText(key)}</td>
      <td data-label="Why">{inForce?.reason ?? NO_VALUE}</td>
      <td className="row-action">
        <Button
          size="compact-sm"
          variant="default"
          disabled={disabled}
          onClick={onChange}
          data-testid={`set-${key}`}
        >
          Change<span className="unseen"> {key}</span>
        </Button>
      </td>
    </tr>
  );
}
