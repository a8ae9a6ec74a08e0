import { symbolOf } from '@ballast/domain';
import { useMutation } from '@tanstack/react-query';
import type { IncidentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { ChangeDialog } from '../positions/ChangeDialog.tsx';

type Props = { incident: IncidentInfo; onClose: () => void };

const TEXTS = {
  UNATTRIBUTED: {
    name: 'settle',
    title: 'Explain the fills in',
    what: 'These fills were not made by Ballast. Once explained they are no incident any more. What is left of them is yours: Ballast never closes it, and opens nothing in this instrument until it is flat.',
    confirm: 'Settle',
  },
  DRIFT: {
    name: 'thaw',
    title: 'Lift the freeze of',
    what: 'Ledger and venue still differ. Ballast may open trades here again, until these numbers change; the incident stays open until both are equal.',
    confirm: 'Thaw',
  },
};

/** May the operator answer an incident of this kind? */
export function isAnswerable({ kind, thawedBy }: IncidentInfo): boolean {
  return kind === 'UNATTRIBUTED' || (kind === 'DRIFT' && thawedBy === null);
}

/** The operator's reasoned answer to an incident that freezes an instrument. */
export function IncidentDialog({ incident, onClose }: Props) {
  const settle = useMutation(trpc.positions.settle.mutationOptions());
  const thaw = useMutation(trpc.positions.thaw.mutationOptions());
  const isDrift = incident.kind === 'DRIFT';
  const send = isDrift ? thaw : settle;
  const { name, title, what, confirm } = TEXTS[isDrift ? 'DRIFT' : 'UNATTRIBUTED'];
  const { instrument } = incident;
  // What may be answered is about an instrument.
  if (instrument === null) return null;
  const symbol = symbolOf(instrument);
  return (
    <ChangeDialog
      name={name}
      title={`${title} ${symbol}?`}
      sentTitle={`${confirm}: ${symbol}`}
      tradeId={null}
      confirm={confirm}
      reason=""
      send={(asked) => send.mutate({ ...asked, instrument })}
      state={send}
      onClose={onClose}
    >
      <p className="confirm-sentence">{incident.detail}</p>
      <p>{what}</p>
    </ChangeDialog>
  );
}
