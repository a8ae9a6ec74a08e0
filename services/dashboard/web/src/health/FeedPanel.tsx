import { utcDayTime } from '../format/time.ts';
import { useAccount } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { Empty } from '../parts/Empty.tsx';
import { Figure } from '../parts/Figure.tsx';
import { Panel } from '../parts/Panel.tsx';

export function FeedPanel() {
  const account = useAccount();
  const feed = account?.feed ?? null;
  return (
    <Panel title="Feed" testId="feed">
      {feed === null ? (
        <Empty>The feed has not told its state.</Empty>
      ) : (
        <dl className="figures figures-wide live">
          <Figure label="State">{feed.state}</Figure>
          <Figure label="Since (UTC)">{utcDayTime(feed.since)}</Figure>
          <Figure label="Newest data">
            <Age at={feed.lastDataAt} lateMs={2_000} deadMs={5_000} />
          </Figure>
        </dl>
      )}
    </Panel>
  );
}
