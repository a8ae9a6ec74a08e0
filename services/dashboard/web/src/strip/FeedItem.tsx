import type { AccountView } from '@ballast/dashboard-server/api';
import { Age } from '../parts/Age.tsx';
import { StripItem } from './StripItem.tsx';

const LATE_MS = 2_000;
const DEAD_MS = 5_000;

/** How old the newest market data is, by the service that receives it. */
export function FeedItem({ feed }: { feed: AccountView['feed'] | null }) {
  return (
    <StripItem label="Feed" testId="strip-feed">
      <span className="live">
        <Age
          at={feed === null || feed.lastDataAt === 0 ? null : feed.lastDataAt}
          lateMs={LATE_MS}
          deadMs={DEAD_MS}
        />
      </span>
      {feed !== null && <span className="strip-note live">{feed.state}</span>}
    </StripItem>
  );
}
