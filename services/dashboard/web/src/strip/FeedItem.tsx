import type { AccountView } from '@ballast/dashboard-server/api';
import { overdueBars } from '@ballast/domain';
import { Link } from '@tanstack/react-router';
import { count } from '../format/number.ts';
import { feedWord } from '../health/feed-word.ts';
import { useServerNow } from '../live/use-live.ts';
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
  const now = useServerNow();
  const overdue = bars === null ? 0 : overdueBars(bars);
  const word = feed === null ? null : feedWord(feed, now);
  const isOld = word?.isOld ?? false;
  const isBad = isOld || overdue > 0;
  return (
    <StripItem label="Feed" testId="strip-feed" tone={isBad ? 'bad' : 'plain'} isOld={isOld}>
      <span className="live">
        <Age
          at={feed?.lastDataAt === 0 ? null : feed?.lastDataAt}
          lateMs={LATE_MS}
          deadMs={DEAD_MS}
        />
      </span>
      {word !== null && (overdue === 0 || word.text !== 'live') && (
        <span className="strip-note">{word.text}</span>
      )}
      {overdue > 0 && (
        <Link
          to="/data"
          className="strip-note link live"
          title={`Bars that stay missing, in ${count(bars?.instruments ?? 0)} instruments`}
          data-testid="strip-missing"
        >
          {count(overdue)} missing
        </Link>
      )}
    </StripItem>
  );
}
