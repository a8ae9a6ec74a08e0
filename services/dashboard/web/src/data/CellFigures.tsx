import type { CellView } from '@ballast/dashboard-server/api';
import { count } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { Age } from '../parts/Age.tsx';
import { Figure } from '../parts/Figure.tsx';
import { cellText, REASON_TEXT } from './cell-text.ts';

/** Older than the longest wait for a look: a bar's minute, its patience and the look's own pause. */
const LOOK_LATE_MS = 180_000;

type Props = { cell: CellView; timeframe: string; fromTime: number | null };

/** What a cell counts, and how old the look is that it counts by. */
export function CellFigures({ cell, timeframe, fromTime }: Props) {
  const { checkedUntil } = cell;
  const isMinute = timeframe === '1m';
  return (
    <>
      <p className="confirm-sentence">{REASON_TEXT[cell.reason]}</p>
      <dl className="figures figures-wide live">
        <Figure label="There of what was due">{cellText(cell).share}</Figure>
        <Figure label="Due" unit="bars">
          {count(cell.expected)}
        </Figure>
        <Figure label="Missing" unit="bars">
          {count(cell.missing)}
        </Figure>
        <Figure label="Empty at the venue" unit="bars">
          {count(cell.empty)}
        </Figure>
        <Figure label="Not looked for yet" unit="bars">
          {count(cell.unseen)}
        </Figure>
        <Figure label="Wanted since (UTC)">
          {fromTime === null ? 'never' : utcDayTime(fromTime)}
        </Figure>
        <Figure label="Looked at until (UTC)" wide testId="looked-until">
          {checkedUntil === null ? (
            'never'
          ) : (
            <>
              {utcDayTime(checkedUntil)}{' '}
              <Age
                at={checkedUntil}
                lateMs={isMinute ? LOOK_LATE_MS : Number.POSITIVE_INFINITY}
                deadMs={Number.POSITIVE_INFINITY}
                suffix=" ago"
              />
            </>
          )}
        </Figure>
      </dl>
    </>
  );
}
