import { useAccount } from '../live/use-live.ts';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { FeedFigures } from './FeedFigures.tsx';

export function FeedPanel() {
  const account = useAccount();
  const feed = account?.feed ?? null;
  return (
    <Panel title="Feed" testId="feed">
      {feed === null ? (
        <Empty>The feed has not told its state.</Empty>
      ) : (
        <FeedFigures feed={feed} />
      )}
    </Panel>
  );
}
