import { symbolOf } from '@ballast/domain';
import type { ScoresInfo } from '../api/shapes.ts';
import { NO_VALUE } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { Age } from '../parts/Age.tsx';

type Props = { strategy: string; row: ScoresInfo['rows'][number] };

/** Its age has no alarm: how long a bar lasts is the strategy's, and markets close. */
export function ScoreRow({ strategy, row }: Props) {
  return (
    <tr data-testid={`score-${strategy}-${row.instrument}`}>
      <td data-label="Strategy">{strategy}</td>
      <td data-label="Rank" className="num">
        {row.rank ?? NO_VALUE}
      </td>
      <td data-label="Instrument">{symbolOf(row.instrument)}</td>
      <td data-label="Score (0 to 100)">{row.text}</td>
      <td data-label="Bar opened (UTC)" className="num-left">
        {utcDayTime(row.barOpenTime)} ({row.timeframe})
      </td>
      <td data-label="Scored">
        <Age at={row.scoredAt} lateMs={Infinity} deadMs={Infinity} suffix=" ago" />
      </td>
    </tr>
  );
}
