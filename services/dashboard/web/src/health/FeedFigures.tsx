import type { AccountView } from '@ballast/dashboard-server/api';
import type { ReactNode } from 'react';
import { utcDayTime } from '../format/time.ts';
import { useServerNow } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { Figure } from '../parts/Figure.tsx';
import { feedWord } from './feed-word.ts';

type Props = { feed: NonNullable<AccountView['feed']>; children?: ReactNode };

/** The feed's state as market-data reports it; grey, and said so, once it reports no more. */
export function FeedFigures({ feed, children }: Props) {
  const { text, isOld } = feedWord(feed, useServerNow());
  return (
    <>
      {isOld && (
        <p className="fault" data-testid="feed-silent">
          market-data is {text}: what stands here is its last word, of {utcDayTime(feed.at)} UTC.
        </p>
      )}
      <dl className="figures figures-wide live" data-old={isOld}>
        <Figure label="State" testId="feed-state">
          {isOld ? `was ${feed.state}` : text}
        </Figure>
        <Figure label="Since (UTC)" wide>
          {utcDayTime(feed.since)}
        </Figure>
        <Figure label="Newest data">
          <Age at={feed.lastDataAt === 0 ? null : feed.lastDataAt} lateMs={2_000} deadMs={5_000} />
        </Figure>
        {children}
      </dl>
    </>
  );
}
