import type { JobView } from '@ballast/dashboard-server/api';
import { symbolOf } from '@ballast/domain';
import { Button } from '@mantine/core';
import { NO_VALUE } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { useSilence } from '../live/use-live.ts';
import { Tag } from '../parts/Tag.tsx';
import { barsText, type JobMove, movesOf, paceText, reasonText, STATUS_TONES } from './job-text.ts';

type Props = { job: JobView; onMove: (move: JobMove) => void };

const LABELS: Record<JobMove, string> = { pause: 'Pause', resume: 'Resume', cancel: 'Cancel' };

export function JobRow({ job, onMove }: Props) {
  const silent = useSilence() !== null;
  const name = `${job.kind} of ${symbolOf(job.instrument)} ${job.timeframe}`;
  const pace = paceText(job);
  return (
    <tr data-testid="job" data-status={job.status}>
      <td data-label="Job">
        {symbolOf(job.instrument)} {job.timeframe}{' '}
        <span className="dim">{job.file === null ? job.kind : `${job.kind} of ${job.file}`}</span>
      </td>
      <td data-label="Bars from, to (UTC)" className="num-left">
        {job.toTime === 0 ? (
          NO_VALUE
        ) : (
          <>
            {utcDayTime(job.fromTime)}
            <br />
            {utcDayTime(job.toTime)}
          </>
        )}
      </td>
      <td data-label="State">
        <Tag tone={STATUS_TONES[job.status]}>{job.status}</Tag>
        {job.error !== null && <p className="job-error">{job.error}</p>}
      </td>
      <td data-label="Progress" className="job-progress">
        <span className="num-left">
          {job.percent} %, {barsText(job)}
        </span>
        <progress max={100} value={job.percent} aria-label={`Progress of the ${name}`} />
        {pace !== '' && <span className="job-pace">{pace}</span>}
      </td>
      <td data-label="Why" className="job-why">
        {reasonText(job)}
      </td>
      <td className="row-action">
        <span className="job-moves">
          {movesOf(job.status).map((move) => (
            <Button
              key={move}
              size="compact-sm"
              variant="default"
              disabled={silent}
              onClick={() => onMove(move)}
              data-testid={`job-${move}`}
            >
              {LABELS[move]}
              <span className="unseen"> the {name}</span>
            </Button>
          ))}
        </span>
      </td>
    </tr>
  );
}
