import { symbolOf } from '@ballast/domain';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { IncidentInfo } from '../api/shapes.ts';
import { utcDayTime } from '../format/time.ts';
import { Tag } from '../parts/Tag.tsx';
import { isAnswerable } from './IncidentDialog.tsx';

type Props = { incident: IncidentInfo; onAnswer: () => void };

export function IncidentRow({ incident, onAnswer }: Props) {
  const where = incident.instrument === null ? 'whole account' : symbolOf(incident.instrument);
  return (
    <tr>
      <td data-label="Opened (UTC)" className="num-left">
        {utcDayTime(incident.openedAt)}
      </td>
      <td data-label="Kind">
        <Tag tone="bad">{incident.kind}</Tag>
      </td>
      <td data-label="Instrument">{where}</td>
      <td data-label="What is known">
        {incident.detail}
        {incident.thawedBy !== null && <div className="dim">thawed by {incident.thawedBy}</div>}
      </td>
      <td data-label="Trade">
        {incident.tradeId === null ? (
          '—'
        ) : (
          <Link to="/trades/$tradeId" params={{ tradeId: incident.tradeId }} className="link">
            open
          </Link>
        )}
      </td>
      <td className="row-action">
        {isAnswerable(incident) && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={onAnswer}
            aria-label={`Answer ${incident.kind} in ${where}`}
            data-testid={`answer-${incident.kind}`}
          >
            {incident.kind === 'DRIFT' ? 'Thaw' : 'Settle'}
          </Button>
        )}
      </td>
    </tr>
  );
}
