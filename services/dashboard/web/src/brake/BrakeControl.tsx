import type { BrakeView } from '@ballast/dashboard-server/api';
import { useState } from 'react';
import { BrakeDialog } from './BrakeDialog.tsx';

/** The kill switch, one press away on every page; once engaged, the way back. */
export function BrakeControl({ brake }: { brake: Pick<BrakeView, 'engaged' | 'state'> | null }) {
  const [asking, setAsking] = useState<'engage' | 'release' | null>(null);
  // A state that is not known can only be engaged: the gateway would refuse anything else.
  const latched = brake?.state === 'engaging' || brake?.state === 'engaged';
  return (
    <>
      <button
        type="button"
        className={latched ? 'brake-button' : 'brake-button brake-button-stop'}
        onClick={() => setAsking(latched ? 'release' : 'engage')}
        data-testid="brake-button"
      >
        {latched ? 'Release …' : 'Stop all …'}
      </button>
      {asking !== null && <BrakeDialog action={asking} onClose={() => setAsking(null)} />}
    </>
  );
}
