import type { AccountView } from '@ballast/dashboard-server/api';
import { utcDayTime } from '../format/time.ts';
import { Age } from '../parts/Age.tsx';
import { Figure } from '../parts/Figure.tsx';

/** The feed's state as market-data reports it. */
export function FeedFigures({ feed }: { feed: NonNullable<AccountView['feed']> }) {
  return (
    <>
      <Figure label="State">{feed.state}</Figure>
      <Figure label="Since (UTC)" wide>
        {utcDayTime(feed.since)}
      </Figure>
      <Figure label="Newest data">
        <Age at={feed.lastDataAt === 0 ? null : feed.lastDataAt} lateMs={2_000} deadMs={5_000} />
      </Figure>
    </>
  );
}
