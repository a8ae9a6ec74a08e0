import type { AccountView } from '@ballast/dashboard-server/api';
import { overdueBars } from '@ballast/domain';
import { Link } from '@tanstack/react-router';
import { Age } from '../parts/Age.tsx';
import { StripItem } from './StripItem.tsx';

const LATE_MS = 2_000;
const DEAD_MS = 5_000;

type Props = {
  feed: AccountView['feed'] | null;
  bars: AccountView['missingBars'];
};

/** How old the newest market data is, by the service that receives it, and what stays missing. */
export function FeedItem({ feed, bars }: Props) {
  const overdue = bars === null ? 0 : overdueBars(bars);
  return (
    <StripItem label="Feed" testId="strip-feed" tone={overdue > 0 ? 'bad' : 'plain'}>
      <span className="live">
        <Age
          at={feed === null || feed.lastDataAt === 0 ? null : feed.lastDataAt}
          lateMs={LATE_MS}
          deadMs={DEAD_MS}
        />
      </span>
      {feed !== null && (overdue === 0 || feed.state !== 'live') && (
        <span className="strip-note live">{feed.state}</span>
      )}
      {overdue > 0 && (
        <Link
          to="/data"
          className="strip-note link live"
          title={`Bars that stay missing, in ${bars?.instruments} instruments`}
          data-testid="strip-missing"
        >
          {overdue} missing
        </Link>
      )}
    </StripItem>
  );
}
