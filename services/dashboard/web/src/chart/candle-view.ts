import type { Bar } from '@ballast/domain';
import {
  type AutoscaleInfo,
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  LineStyle,
  type UTCTimestamp,
} from 'lightweight-charts';
import type { FillMark } from '../api/shapes.ts';
import { decimalsOf } from '../format/number.ts';
import { type ChartColours, chartColours } from './chart-colours.ts';
import { fillMarkers } from './fill-markers.ts';
import type { ChartLine, LineKind } from './lines.ts';
import { withLevels } from './with-levels.ts';

export type CandleView = ReturnType<typeof createCandleView>;

const VISIBLE_BARS = 110;
const ROOM_RIGHT_BARS = 6;

const timeOf = (at: number): UTCTimestamp => Math.floor(at / 1_000) as UTCTimestamp;
const candle = (bar: Bar) => ({
  time: timeOf(bar.openTime),
  open: Number(bar.open),
  high: Number(bar.high),
  low: Number(bar.low),
  close: Number(bar.close),
});

/**
 * One chart in a DOM element: candles, volume, levels and fills. Times are UTC. The element says
 * in data-lines and data-markers what the library draws, which nobody can read from a canvas.
 */
export function createCandleView(element: HTMLElement, tickSize: string) {
  const { chart, series, volume } = openChart(element, tickSize);
  const markers = createSeriesMarkers(series, []);
  let priceLines: IPriceLine[] = [];
  let lastTime = 0;
  let framed = false;
  let levels: readonly number[] = [];
  series.applyOptions({
    autoscaleInfoProvider: (original: () => AutoscaleInfo | null) => withLevels(original(), levels),
  });

  const volumeOf = (bar: Bar) => ({
    time: timeOf(bar.openTime),
    value: Number(bar.volume),
    color: chartColours(element).volume,
  });

  return {
    paint: (): void => paintChart(chart, series, chartColours(element)),
    setBars(bars: readonly Bar[]): void {
      series.setData(bars.map(candle));
      volume.setData(bars.map(volumeOf));
      lastTime = bars.at(-1)?.openTime ?? 0;
      if (framed || bars.length === 0) return;
      framed = true;
      const from = Math.max(0, bars.length - VISIBLE_BARS);
      chart.timeScale().setVisibleLogicalRange({ from, to: bars.length + ROOM_RIGHT_BARS });
    },
    update(bar: Bar): void {
      if (bar.openTime < lastTime) return;
      lastTime = bar.openTime;
      series.update(candle(bar));
      volume.update(volumeOf(bar));
    },
    setFills(fills: readonly FillMark[]): void {
      markers.setMarkers(fillMarkers(fills, chartColours(element)));
      const shown = markers.markers().map(({ text, time }) => `${text} ${JSON.stringify(time)}`);
      element.dataset['markers'] = shown.join('; ');
    },
    setLines(lines: readonly ChartLine[]): void {
      for (const line of priceLines) series.removePriceLine(line);
      levels = lines.map((line) => line.price);
      const colours: Record<LineKind, string> = chartColours(element);
      priceLines = lines.map((line) =>
        series.createPriceLine({
          price: line.price,
          title: line.title,
          color: colours[line.kind],
          lineWidth: 1,
          lineStyle: line.planned ? LineStyle.Dashed : LineStyle.Solid,
          axisLabelVisible: true,
        }),
      );
      const shown = priceLines.map((line) => line.options());
      element.dataset['lines'] = shown.map(({ title, price }) => `${title} ${price}`).join('; ');
    },
    remove: (): void => chart.remove(),
  };
}

function openChart(element: HTMLElement, tickSize: string) {
  const chart = createChart(element, {
    autoSize: true,
    // The licence of the library asks for its attribution to stay visible.
    layout: { attributionLogo: true, fontSize: 11 },
    timeScale: { timeVisible: true, secondsVisible: false, rightOffset: ROOM_RIGHT_BARS },
    rightPriceScale: { borderVisible: false },
  });
  const series = chart.addSeries(CandlestickSeries, {
    priceFormat: { type: 'price', precision: decimalsOf(tickSize), minMove: Number(tickSize) },
  });
  const volume = chart.addSeries(HistogramSeries, {
    priceFormat: { type: 'volume' },
    priceScaleId: 'volume',
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } });
  series.priceScale().applyOptions({ scaleMargins: { top: 0.08, bottom: 0.18 } });
  return { chart, series, volume };
}

function paintChart(
  chart: IChartApi,
  series: ISeriesApi<'Candlestick'>,
  colours: ChartColours,
): void {
  chart.applyOptions({
    layout: { background: { color: 'transparent' }, textColor: colours.text },
    grid: { vertLines: { color: colours.grid }, horzLines: { color: colours.grid } },
    crosshair: { vertLine: { color: colours.text }, horzLine: { color: colours.text } },
    timeScale: { borderColor: colours.grid },
  });
  series.applyOptions({
    // Falling candles are filled, rising ones hollow: colour is not the only sign.
    upColor: 'transparent',
    wickUpColor: colours.up,
    borderUpColor: colours.up,
    downColor: colours.down,
    wickDownColor: colours.down,
    borderDownColor: colours.down,
    // By default it takes the bar's colour: then it reads as a stop, or is not there at all.
    priceLineColor: colours.last,
    priceLineStyle: LineStyle.SparseDotted,
  });
}
