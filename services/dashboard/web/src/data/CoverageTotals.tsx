import type { CoverageInfo } from '../api/shapes.ts';
import { count } from '../format/number.ts';
import { Age } from '../parts/Age.tsx';
import { Tag } from '../parts/Tag.tsx';
import { READ_DEAD_MS, READ_LATE_MS } from './refresh.ts';

/** What the colours mean and how many cells have each, of all that match; and how old that is. */
export function CoverageTotals({ grid }: { grid: CoverageInfo }) {
  const { red, amber, green, none } = grid.totals;
  return (
    <div className="coverage-totals live" data-testid="coverage-totals">
      <Tag tone={red > 0 ? 'bad' : 'neutral'}>✕ {count(red)} red</Tag>
      <span>missing inside 24 h, over 1 % missing, or never looked at</span>
      <Tag tone={amber > 0 ? 'warn' : 'neutral'}>! {count(amber)} amber</Tag>
      <span>some missing or empty, or the look is late</span>
      <Tag tone="good">✓ {count(green)} green</Tag>
      <span>nothing missing</span>
      {none > 0 && <span>— {count(none)} with no bar due</span>}
      <span className="coverage-read">
        <Age at={grid.at} lateMs={READ_LATE_MS} deadMs={READ_DEAD_MS} label="read " suffix=" ago" />
      </span>
    </div>
  );
}
