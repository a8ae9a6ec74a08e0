import { useSilence, useAccount } from '../live/use-live.ts';
import { StripItem } from './StripItem.tsx';

/** Whether this page hears the server, and what the server itself cannot read. */
export function ConnectionItem({ faults }: { faults: readonly string[] }) {
  const silent = useSilence();
  const heard = useAccount() !== null;
  const state = silent !== null ? 'lost' : heard ? 'live' : 'connecting';
  const text = { lost: '✕ Lost', live: '● Live', connecting: '○ Wait' }[state];
  const tone = state === 'lost' || faults.length > 0 ? 'bad' : 'plain';
  return (
    <StripItem label="Server" testId="strip-connection" tone={tone}>
      <span data-state={state}>{text}</span>
      {faults.length > 0 && <span className="strip-note">{faults.join(', ')}</span>}
    </StripItem>
  );
}
