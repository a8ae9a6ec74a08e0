import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { queryClient, trpc } from '../api/trpc.ts';
import { liveStore } from '../live/live-store.ts';
import { useAccount } from '../live/use-live.ts';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import type { PlanLevels } from '../ticket/plan-fields.ts';
import { ChartHead } from './ChartHead.tsx';
import { ChartSummary } from './ChartSummary.tsx';
import { chartLines } from './lines.ts';

/** The chart's library is a third of the page: it comes after everything else. */
const CandleChart = lazy(async () => ({
  default: (await import('./CandleChart.tsx')).CandleChart,
}));

const HISTORY_BARS = 360;

type Props = { instrument: InstrumentInfo; levels: PlanLevels | null };

export function ChartPanel({ instrument, levels }: Props) {
  const query = trpc.bars.recent.queryOptions({ instrument: instrument.id, limit: HISTORY_BARS });
  const history = useQuery({ ...query, staleTime: Number.POSITIVE_INFINITY });
  const fills = useQuery(trpc.bars.fills.queryOptions({ instrument: instrument.id }));
  const position = useAccount()?.portfolio?.positions.find(
    (item) => item.instrument === instrument.id,
  );
  const { queryKey } = query;
  const { entryPrice = null, stop = null, target = null } = position ?? {};
  const lines = useMemo(
    () => chartLines({ entryPrice, stop, target }, levels),
    [entryPrice, stop, target, levels],
  );

  useEffect(
    () =>
      liveStore.onBars((closed, missed) => {
        const own = closed.some((bar) => bar.instrument === instrument.id);
        if (own || missed) void queryClient.invalidateQueries({ queryKey });
      }),
    [instrument.id, queryKey],
  );

  const bars = history.data ?? [];
  return (
    <Panel
      title={instrument.symbol}
      className="chart"
      aside={<ChartHead instrument={instrument} />}
      testId="chart"
    >
      <QueryFault error={history.error} what="Bars" />
      <figure
        className="chart-figure"
        role="figure"
        aria-label={`${instrument.symbol}, candles of one minute, UTC`}
      >
        <Suspense fallback={<p className="empty">Loading the chart …</p>}>
          <CandleChart instrument={instrument} bars={bars} fills={fills.data ?? []} lines={lines} />
        </Suspense>
        {history.data !== undefined && (
          <ChartSummary instrument={instrument} bars={bars} position={position} />
        )}
      </figure>
    </Panel>
  );
}
