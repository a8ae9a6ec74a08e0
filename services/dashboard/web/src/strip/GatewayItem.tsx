import type { AccountView } from '@ballast/dashboard-server/api';
import { HEARTBEAT_LATE_MS } from '@ballast/domain';
import { failingText, failingWord } from '../health/failing-text.ts';
import { useServerNow } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { StripItem } from './StripItem.tsx';

/** How old the gateway's last word is, and what it says it cannot do; the banner says it whole. */
export function GatewayItem({ beat }: { beat: AccountView['heartbeats'][number] | undefined }) {
  const now = useServerNow();
  const word = failingWord(beat, now);
  return (
    <StripItem label="Gateway" testId="strip-gateway" tone={word === null ? 'plain' : 'bad'}>
      <span className="live">
        <Age at={beat?.at} deadMs={HEARTBEAT_LATE_MS} />
      </span>
      {word !== null && (
        <span className="strip-note live" title={failingText(beat, now) ?? ''}>
          {word}
        </span>
      )}
    </StripItem>
  );
}
