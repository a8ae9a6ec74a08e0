import { HEARTBEAT_LATE_MS } from '@ballast/domain';
import { NO_VALUE } from '../format/number.ts';
import { count } from '../format/number.ts';
import { formatAge } from '../format/time.ts';
import { FeedFigures } from '../health/FeedFigures.tsx';
import { useAccount } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { Empty } from '../parts/Empty.tsx';
import { Figure } from '../parts/Figure.tsx';
import { Panel } from '../parts/Panel.tsx';
import { MARKET_COUNTS } from './market-counts.ts';

/** The live feed, and what market-data has counted since it was started. */
export function MarketDataPanel() {
  const account = useAccount();
  const feed = account?.feed ?? null;
  const beat = account?.heartbeats.find(({ service }) => service === 'market-data');
  return (
    <Panel
      title="Live feed"
      className="market-data"
      aside={
        <span className="live">
          {beat !== undefined && `market-data runs for ${formatAge(beat.at - beat.startedAt)}, `}
          heard of <Age at={beat?.at} deadMs={HEARTBEAT_LATE_MS} /> ago
        </span>
      }
      testId="market-data"
    >
      {feed === null ? (
        <Empty>{account === null ? 'Loading …' : 'The feed has not told its state.'}</Empty>
      ) : (
        <FeedFigures feed={feed}>
          {MARKET_COUNTS.map(({ name, label, unit }) => {
            const value = feed.counts[name];
            return (
              <Figure
                key={name}
                label={label}
                testId={`count-${name}`}
                {...(value === undefined ? {} : { unit })}
              >
                {value === undefined ? NO_VALUE : count(value)}
              </Figure>
            );
          })}
        </FeedFigures>
      )}
    </Panel>
  );
}
