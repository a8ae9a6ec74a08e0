import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { BarInfo, FillMark, InstrumentInfo } from '../api/shapes.ts';
import { useForming } from '../live/use-live.ts';
import { type CandleView, createCandleView } from './candle-view.ts';
import type { ChartLine } from './lines.ts';

type Props = {
  instrument: InstrumentInfo;
  bars: readonly BarInfo[];
  fills: readonly FillMark[];
  lines: readonly ChartLine[];
};

/** Hands what is to be seen to the chart library, which draws on a canvas by itself. */
export function CandleChart({ instrument, bars, fills, lines }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<CandleView | null>(null);
  const scheme = useComputedColorScheme('dark', { getInitialValueInEffect: false });
  const forming = useForming(instrument.id);
  const { tickSize } = instrument;

  useEffect(() => {
    if (place.current === null) return undefined;
    const made = createCandleView(place.current, tickSize);
    setView(made);
    return () => {
      made.remove();
      setView(null);
    };
  }, [tickSize]);

  useEffect(() => view?.paint(), [view, scheme]);
  useEffect(() => view?.setBars(bars), [view, bars]);
  useEffect(() => {
    if (forming !== null) view?.update(forming);
  }, [view, bars, forming]);
  useEffect(() => view?.setFills(fills), [view, fills, scheme]);
  useEffect(() => view?.setLines(lines), [view, lines, scheme]);

  return <div ref={place} className="chart-canvas" data-testid="chart-canvas" />;
}
