import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { useAccount } from '../live/use-live.ts';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { useSession } from '../session/session-store.ts';
import { ModeBadge } from '../strip/ModeBadge.tsx';
import type { PlanLevels } from './plan-fields.ts';
import { TicketForm } from './TicketForm.tsx';

const HISTORY_BARS = 120;

type Props = { instrument: InstrumentInfo; onLevels: (levels: PlanLevels | null) => void };

/** The ticket opens once there is something to plan with: the account and the recent range. */
export function TicketPanel({ instrument, onLevels }: Props) {
  const session = useSession();
  const told = useAccount()?.portfolio?.equity ?? null;
  // Once open it stays: a store that restarts must not take away a question that is being
  // answered, nor the ids under which it may have been sent already.
  const [equity, setEquity] = useState(told);
  if (told !== null && told !== equity) setEquity(told);
  const history = useQuery(
    trpc.bars.recent.queryOptions({ instrument: instrument.id, limit: HISTORY_BARS }),
  );
  return (
    <Panel
      title={`Plan ${instrument.symbol}`}
      className="ticket"
      aside={<ModeBadge mode={session.mode} />}
      testId="ticket"
    >
      <QueryFault error={history.error} what="The recent range" />
      {history.data === undefined || equity === null ? (
        <Empty>Waiting for the account from the gateway and for the recent range …</Empty>
      ) : (
        <TicketForm
          instrument={instrument}
          bars={history.data}
          equity={equity}
          onLevels={onLevels}
        />
      )}
    </Panel>
  );
}
