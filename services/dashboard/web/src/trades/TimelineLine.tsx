import type { TimelineRow } from '@ballast/dashboard-server/api';
import { formatAge, utcDay, utcTimeMs } from '../format/time.ts';

const KINDS: Record<TimelineRow['kind'], string> = {
  signal: 'Signal',
  command: 'Command',
  refusal: 'Refusal',
  decision: 'Decision',
  order: 'Order',
  'broker-call': 'Broker call',
  fill: 'Fill',
  status: 'State',
  incident: 'Incident',
  audit: 'Audit',
};

const MARKS: Record<TimelineRow['tone'], string> = { neutral: '•', good: '✓', bad: '✕', warn: '!' };

type Props = { row: TimelineRow; before: number | null };

/** One line; it opens on the stored row behind it. */
export function TimelineLine({ row, before }: Props) {
  const since = before === null ? '' : `+${gap(row.at - before)}`;
  return (
    <li className={`event event-${row.tone}`} data-testid={`timeline-${row.kind}`}>
      <details>
        <summary>
          <span className="event-mark" aria-hidden="true">
            {MARKS[row.tone]}
          </span>
          <time
            className="event-time num"
            dateTime={new Date(row.at).toISOString()}
            title={`${utcDay(row.at)} UTC`}
          >
            {utcTimeMs(row.at)}
          </time>
          <span className="event-since num dim">{since}</span>
          <span className="event-kind">{KINDS[row.kind]}</span>
          <span className="event-text">{row.text}</span>
        </summary>
        <pre className="event-data">{JSON.stringify(row.data, null, 2)}</pre>
      </details>
    </li>
  );
}

const gap = (ms: number): string => (ms < 1_000 ? `${ms} ms` : formatAge(ms));
