import type { AccountView } from '@ballast/dashboard-server/api';
import { leftText, stateText } from '../brake/brake-text.ts';
import { BrakeControl } from '../brake/BrakeControl.tsx';
import { StripItem } from './StripItem.tsx';

/** Unknown is shown as engaged: the gateway treats it so. */
export function BrakeItem({ brake }: { brake: AccountView['brake'] | null }) {
  const engaged = brake?.engaged ?? true;
  const reason = brake?.reason ?? 'its state has not arrived';
  const left = brake?.state === 'engaging' ? `${leftText(brake.venues)}; ${reason}` : reason;
  return (
    <StripItem label="Brake" testId="strip-brake" tone={engaged ? 'bad' : 'plain'}>
      <span className="live" title={reason}>
        {brake === null ? '■ ENGAGED' : stateText(brake)}
      </span>
      {engaged && <span className="strip-note">{left}</span>}
      <BrakeControl brake={brake} />
    </StripItem>
  );
}
