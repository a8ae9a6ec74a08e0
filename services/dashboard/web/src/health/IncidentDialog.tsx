import { symbolOf } from '@ballast/domain';
import { useMutation } from '@tanstack/react-query';
import type { IncidentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { ChangeDialog } from '../positions/ChangeDialog.tsx';
import { SettleDialog } from './SettleDialog.tsx';

type Props = { incident: IncidentInfo; onClose: () => void };

/** May the operator answer an incident of this kind? */
export function isAnswerable({ kind, thawedBy }: IncidentInfo): boolean {
  return kind === 'UNATTRIBUTED' || (kind === 'DRIFT' && thawedBy === null);
}

/** The operator's reasoned answer to an incident that freezes an instrument. */
export function IncidentDialog({ incident, onClose }: Props) {
  const { instrument, kind } = incident;
  // What may be answered is about an instrument.
  if (instrument === null) return null;
  const Dialog = kind === 'DRIFT' ? ThawDialog : SettleDialog;
  return <Dialog incident={incident} instrument={instrument} onClose={onClose} />;
}

function ThawDialog({ incident, instrument, onClose }: Props & { instrument: string }) {
  const thaw = useMutation(trpc.positions.thaw.mutationOptions());
  const symbol = symbolOf(instrument);
  return (
    <ChangeDialog
      name="thaw"
      title={`Lift the freeze of ${symbol}?`}
      sentTitle={`Thaw: ${symbol}`}
      tradeId={null}
      confirm="Thaw"
      reason=""
      send={(asked) => thaw.mutate({ ...asked, instrument })}
      state={thaw}
      onClose={onClose}
    >
      <p className="confirm-sentence">{incident.detail}</p>
      <p>
        Ledger and venue still differ. Ballast may open trades here again, until these numbers
        change; the incident stays open until both are equal.
      </p>
    </ChangeDialog>
  );
}
