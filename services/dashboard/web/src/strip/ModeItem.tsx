import type { SessionView } from '@ballast/dashboard-server/api';
import { ModeBadge } from './ModeBadge.tsx';
import { StripItem } from './StripItem.tsx';

const SOURCES: Record<SessionView['priceSource'], string> = {
  simulated: 'SIMULATED',
  replay: 'REPLAY',
  bybit: 'BYBIT LIVE',
};

type Props = { mode: SessionView['mode']; source: SessionView['priceSource'] };

/** Two questions that must never be guessed: is this money real, and are these prices real? */
export function ModeItem({ mode, source }: Props) {
  return (
    <>
      <StripItem label="Money" testId="strip-mode">
        <ModeBadge mode={mode} />
      </StripItem>
      <StripItem label="Prices" testId="strip-source">
        <span className={`badge badge-source-${source}`}>{SOURCES[source]}</span>
      </StripItem>
    </>
  );
}
