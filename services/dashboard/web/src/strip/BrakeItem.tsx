import type { AccountView } from '@ballast/dashboard-server/api';
import { StripItem } from './StripItem.tsx';

/** Unknown is shown as engaged: the gateway treats it so. */
export function BrakeItem({ brake }: { brake: AccountView['brake'] | null }) {
  const engaged = brake?.engaged ?? true;
  const reason = brake?.reason ?? 'its state has not arrived';
  return (
    <StripItem label="Brake" testId="strip-brake" tone={engaged ? 'bad' : 'plain'}>
      <span className="live" title={reason}>
        {engaged ? '■ ENGAGED' : 'Released'}
      </span>
      {engaged && <span className="strip-note">{reason}</span>}
    </StripItem>
  );
}
