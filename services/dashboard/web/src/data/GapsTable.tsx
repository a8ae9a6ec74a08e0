import { Button } from '@mantine/core';
import type { GapInfo } from '../api/shapes.ts';
import { count } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { useSilence } from '../live/use-live.ts';
import { Tag } from '../parts/Tag.tsx';

const STATE_TEXT: Record<GapInfo['state'], string> = {
  missing: 'missing',
  empty: 'empty at the venue',
  unheard: 'none at the one exchange asked',
};

type Props = { gaps: readonly GapInfo[]; onFill: (gap: GapInfo) => void };

/** Runs of missing bars, the newest first; times are UTC. */
export function GapsTable({ gaps, onFill }: Props) {
  const silent = useSilence() !== null;
  return (
    <table className="data-table" data-testid="gaps">
      <thead>
        <tr>
          <th scope="col">From (UTC)</th>
          <th scope="col">To (UTC)</th>
          <th scope="col" className="num">
            Bars missing
          </th>
          <th scope="col">Found (UTC)</th>
          <th scope="col">State</th>
          <th scope="col">
            <span className="unseen">Fill</span>
          </th>
        </tr>
      </thead>
      <tbody className="live">
        {gaps.map((gap) => (
          <tr key={gap.id}>
            <td data-label="From (UTC)" className="num-left">
              {utcDayTime(gap.from)}
            </td>
            <td data-label="To (UTC)" className="num-left">
              {utcDayTime(gap.to)}
            </td>
            <td data-label="Bars missing" className="num">
              {count(gap.bars)}
            </td>
            <td data-label="Found (UTC)" className="num-left">
              {utcDayTime(gap.foundAt)}
            </td>
            <td data-label="State">
              <Tag tone={gap.state === 'missing' ? 'bad' : 'warn'}>{STATE_TEXT[gap.state]}</Tag>
            </td>
            <td className="row-action">
              {gap.state === 'missing' && (
                <Button
                  size="compact-sm"
                  variant="default"
                  disabled={silent}
                  onClick={() => onFill(gap)}
                  data-testid="fill-gap"
                >
                  Fill this gap
                  <span className="unseen"> of {utcDayTime(gap.from)}</span>
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
