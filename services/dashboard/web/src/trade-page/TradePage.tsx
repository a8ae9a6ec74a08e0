import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { ChartPanel } from '../chart/ChartPanel.tsx';
import { NoRows } from '../parts/NoRows.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { PositionsPanel } from '../positions/PositionsPanel.tsx';
import { WorkingOrdersPanel } from '../positions/WorkingOrdersPanel.tsx';
import type { PlanLevels } from '../ticket/plan-fields.ts';
import { TicketPanel } from '../ticket/TicketPanel.tsx';
import { Watchlist } from '../watchlist/Watchlist.tsx';

const WINDOWS_REFRESH_MS = 60_000;

/** Watch, plan, send, hold: one page, so that nothing has to be remembered from another. */
export function TradePage() {
  const { instrument: wanted } = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const [levels, setLevels] = useState<PlanLevels | null>(null);
  const listing = useQuery({
    ...trpc.instruments.list.queryOptions(),
    refetchInterval: WINDOWS_REFRESH_MS,
  });
  const instruments = listing.data ?? [];
  const streamed = instruments.filter((item) => item.streamed);
  const selected = streamed.find((item) => item.id === wanted) ?? preferred(streamed);

  function select(instrument: string): void {
    void navigate({ search: { instrument }, replace: true });
  }

  return (
    <div className="trade-page">
      <QueryFault error={listing.error} what="Instruments" />
      <Watchlist instruments={streamed} selected={selected?.id ?? null} onSelect={select} />
      {selected === undefined ? (
        <NoRows of={[listing]}>No instrument is known yet.</NoRows>
      ) : (
        <ChartPanel key={`chart:${selected.id}`} instrument={selected} levels={levels} />
      )}
      {/* Before the ticket: on a phone what is held comes before what might be bought. */}
      <div className="holdings">
        <PositionsPanel instruments={instruments} />
        <WorkingOrdersPanel instruments={instruments} />
      </div>
      {selected !== undefined && (
        <TicketPanel key={`ticket:${selected.id}`} instrument={selected} onLevels={setLevels} />
      )}
    </div>
  );
}

function preferred<T extends { symbol: string }>(instruments: readonly T[]): T | undefined {
  return instruments.find((item) => item.symbol === 'BTCUSDT') ?? instruments[0];
}
