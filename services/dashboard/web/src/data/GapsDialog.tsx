import { symbolOf } from '@ballast/domain';
import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useSilence } from '../live/use-live.ts';
import { CellGaps } from './CellGaps.tsx';
import type { CellName } from './CoverageTable.tsx';

type Props = { cell: CellName | null; days: number; opened: boolean; onClose: () => void };

/** One cell's gaps. It stays in the page when closed, so that focus goes back to the cell. */
export function GapsDialog({ cell, days, opened, onClose }: Props) {
  const onPhone = useMediaQuery('(max-width: 40em)');
  const silent = useSilence();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="xl"
      fullScreen={onPhone}
      title={
        cell !== null && (
          <span className="dialog-title">
            {symbolOf(cell.instrument)} {cell.timeframe}: gaps of{' '}
            {days === 1 ? '1 day' : `${days} days`}
          </span>
        )
      }
      data-testid="gaps-dialog"
    >
      {cell !== null && (
        <div className="gaps-body" data-stale={silent !== null}>
          <CellGaps cell={cell} days={days} />
        </div>
      )}
    </Modal>
  );
}
