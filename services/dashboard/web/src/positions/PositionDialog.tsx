import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import type { InstrumentInfo } from '../api/shapes.ts';
import { CloseDialog } from './CloseDialog.tsx';
import { MoveStopDialog } from './MoveStopDialog.tsx';
import type { PositionChange } from './PositionRow.tsx';
import { ScaleOutDialog } from './ScaleOutDialog.tsx';

type Props = {
  change: PositionChange;
  position: PortfolioPosition;
  instrument: InstrumentInfo | undefined;
  onClose: () => void;
};

/** The question that belongs to a button of a position's row. */
export function PositionDialog({ change, position, instrument, onClose }: Props) {
  if (change === 'close' || instrument === undefined) {
    return <CloseDialog position={position} instrument={instrument} onClose={onClose} />;
  }
  const parts = { position, instrument, onClose };
  return change === 'stop' ? <MoveStopDialog {...parts} /> : <ScaleOutDialog {...parts} />;
}
