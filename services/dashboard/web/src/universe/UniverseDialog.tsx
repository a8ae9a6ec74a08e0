import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { InstrumentInfo } from '../api/shapes.ts';
import { UniverseForm } from './UniverseForm.tsx';

type Props = { instruments: readonly InstrumentInfo[]; onClose: () => void };

/** Which instruments are streamed: more from the venues' listings, or fewer. */
export function UniverseDialog({ instruments, onClose }: Props) {
  const onPhone = useMediaQuery('(max-width: 40em)');
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      fullScreen={onPhone}
      title={<span className="dialog-title">Instruments that are streamed</span>}
      data-testid="universe-dialog"
    >
      <UniverseForm instruments={instruments} onClose={onClose} />
    </Modal>
  );
}
