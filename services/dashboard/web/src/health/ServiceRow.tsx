import type { AccountView } from '@ballast/dashboard-server/api';
import { HEARTBEAT_LATE_MS } from '@ballast/domain';
import { formatAge } from '../format/time.ts';
import { useServerNow } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { countsText } from './counts-text.ts';
import { failingText } from './failing-text.ts';

type Props = { service: string; beat: AccountView['heartbeats'][number] | undefined };

export function ServiceRow({ service, beat }: Props) {
  const failing = failingText(beat, useServerNow());
  return (
    <tr data-testid={`service-${service}`}>
      <td data-label="Service">
        {service}
        {failing !== null && <div className="age-dead">✕ {failing}</div>}
      </td>
      <td data-label="Heartbeat" className="num live">
        <Age at={beat?.at} deadMs={HEARTBEAT_LATE_MS} />
      </td>
      <td data-label="Up for" className="num live">
        {beat === undefined ? '—' : formatAge(beat.at - beat.startedAt)}
      </td>
      <td data-label="Version">{beat?.version ?? '—'}</td>
      <td data-label="Loop delay p99" className="num live">
        {beat === undefined ? '—' : `${beat.loopDelayP99Ms.toFixed(1)} ms`}
      </td>
      <td data-label="Process" className="num">
        {beat?.pid ?? '—'}
      </td>
      <td data-label="Counts" className="inputs live">
        {countsText(beat?.counts)}
      </td>
    </tr>
  );
}
