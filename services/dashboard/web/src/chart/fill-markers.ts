import type { SeriesMarker, UTCTimestamp } from 'lightweight-charts';
import type { FillMark } from '../api/shapes.ts';
import type { ChartColours } from './chart-colours.ts';

const MINUTE_MS = 60_000;

/**
 * A buy points up from below its bar, a sell points down from above: shape first, colour second.
 */
export function fillMarkers(
  fills: readonly FillMark[],
  colours: ChartColours,
): SeriesMarker<UTCTimestamp>[] {
  return fills.map((fill) => {
    const buy = fill.side === 'buy';
    const minute = fill.eventTime - (fill.eventTime % MINUTE_MS);
    return {
      time: (minute / 1_000) as UTCTimestamp,
      position: buy ? 'belowBar' : 'aboveBar',
      shape: buy ? 'arrowUp' : 'arrowDown',
      color: buy ? colours.up : colours.down,
      text: `${fill.role} ${fill.side}`,
    };
  });
}
