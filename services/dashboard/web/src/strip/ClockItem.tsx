import { utcDay, utcTime } from '../format/time.ts';
import { useServerNow } from '../live/use-live.ts';
import { StripItem } from './StripItem.tsx';

/** The server's clock. */
export function ClockItem() {
  const now = useServerNow();
  return (
    <StripItem label={`UTC ${utcDay(now)}`} testId="strip-clock">
      <span className="live num">{utcTime(now)}</span>
    </StripItem>
  );
}
