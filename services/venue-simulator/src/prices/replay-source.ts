import { divide, formatScaled, type Instrument, parseScaled, type Side } from '@ballast/domain';
import { BAR_POINTS, barTicks, depthFor, type MarketTick, tradeTick } from '@ballast/sim-core';
import type { BarRow, ReplayFile, TradeRow } from './replay-file.ts';
import { HISTORY_MAX_MS, type Timeline } from './replay-timeline.ts';
import { minuteOf, type TickSource, type TimedTick } from './source.ts';

/** Volume of each bar of a file that has none, in lots for each point of its path. */
const LOTS_WITHOUT_VOLUME = 100;

/**
 * Plays a file on the wall clock: row `startRow` of the timeline happens at `startedAt`, the rows
 * before it in the whole minutes before.
 */
export function createReplaySource(options: {
  readonly name: string;
  readonly file: ReplayFile;
  readonly instrument: Instrument;
  readonly timeline: Timeline;
  readonly startedAt: number;
  readonly onEnd: () => void;
}): TickSource {
  const { file, timeline, name } = options;
  const { offsets, speed, startRow } = timeline;
  const zero = offsets[startRow] ?? 0;
  const ticksOf = rowReader(file, options.instrument, timeline);
  // Minutes cut the history at the same rows whatever the second of the start.
  let origin = minuteOf(options.startedAt);
  const historyFrom = zero - HISTORY_MAX_MS * speed;
  let row = offsets.findIndex((offset) => offset >= historyFrom);
  let waiting: MarketTick[] = [];
  let previous: { priceTicks: number; taker: Side } | null = null;
  let ended = false;

  // Rounded before the origin is added, or the rounding would depend on the origin.
  const wallTime = (fileTime: number): number => origin + Math.floor((fileTime - zero) / speed);
  /** The next tick without taking it; null at the end of the file. */
  const peek = (): MarketTick | null => {
    while (waiting.length === 0 && row < file.rows.length) {
      waiting = ticksOf(row, previous);
      row += 1;
      previous = waiting.at(-1) ?? previous;
    }
    return waiting[0] ?? null;
  };
  const take = (tick: MarketTick): TimedTick => {
    waiting.shift();
    return { at: wallTime(tick.offsetMs), tick };
  };

  return {
    *history() {
      for (let tick = peek(); tick !== null && tick.offsetMs < zero; tick = peek())
        yield take(tick);
      origin = options.startedAt;
    },
    due(now, limit) {
      const ticks: TimedTick[] = [];
      while (ticks.length < limit) {
        const tick = peek();
        if (tick === null) {
          if (!ended) options.onEnd();
          ended = true;
          break;
        }
        if (wallTime(tick.offsetMs) > now) break;
        ticks.push(take(tick));
      }
      return ticks;
    },
    delay(ms) {
      origin += ms;
    },
    // The file goes on where it is: the recorded market does not follow a hand.
    moveTo: () => undefined,
    mark: () => ({ kind: 'replay', file: name, row: Math.max(0, row - 1) }),
    get ended() {
      return ended;
    },
  };
}

type RowReader = (
  row: number,
  previous: { readonly priceTicks: number; readonly taker: Side } | null,
) => MarketTick[];

function rowReader(file: ReplayFile, instrument: Instrument, timeline: Timeline): RowReader {
  const ticks = (text: string): number => Number(parseScaled(text) / instrument.tickSize);
  const lots = (text: string): number =>
    Number(divide(parseScaled(cut(text)), instrument.lotSize, 'floor'));
  const { offsets, widthMs } = timeline;
  if (file.kind === 'trades') {
    const depth = depthFor(
      meanLots(
        file.rows.map((row) => row.size),
        instrument,
      ),
    );
    return (row, previous) => {
      const trade = at(file.rows, row);
      const priceTicks = ticks(trade.price);
      const recorded = { priceTicks, sizeLots: lots(trade.size), taker: trade.side };
      const before = previous ?? { priceTicks, taker: 'buy' };
      return [tradeTick(recorded, offsets[row] ?? 0, before, depth)];
    };
  }
  const meanVolume = meanLots(
    file.rows.map((row) => row.volume),
    instrument,
  );
  const silent = meanVolume === 0;
  const depth = depthFor(silent ? LOTS_WITHOUT_VOLUME : meanVolume / BAR_POINTS);
  return (row, previous) => {
    const bar = at(file.rows, row);
    const recorded = {
      openTicks: ticks(bar.open),
      highTicks: ticks(bar.high),
      lowTicks: ticks(bar.low),
      closeTicks: ticks(bar.close),
      volumeLots: silent ? LOTS_WITHOUT_VOLUME * BAR_POINTS : volumeLots(bar, lots(bar.volume)),
    };
    const startMs = offsets[row] ?? 0;
    const next = offsets[row + 1] ?? startMs + widthMs;
    const timing = { startMs, widthMs: Math.min(widthMs, next - startMs) };
    return barTicks(recorded, timing, previous?.priceTicks ?? recorded.openTicks, depth);
  };
}

/** A bar that moved has traded, whatever its volume column says: a lot for each point then. */
function volumeLots(bar: BarRow, lots: number): number {
  return lots === 0 && bar.high !== bar.low ? BAR_POINTS : lots;
}

function meanLots(volumes: readonly string[], instrument: Instrument): number {
  const lot = Number(formatScaled(instrument.lotSize));
  const traded = volumes.map(Number).filter((volume) => volume > 0);
  if (traded.length === 0) return 0;
  return traded.reduce((sum, volume) => sum + volume, 0) / traded.length / lot;
}

/** Decimals beyond scale 18 are float noise in volumes. */
function cut(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return fraction === '' ? whole : `${whole}.${fraction.slice(0, 18)}`;
}

function at<T extends BarRow | TradeRow>(rows: readonly T[], index: number): T {
  const row = rows[index];
  if (row === undefined) throw new RangeError(`row ${index} is not in the file`);
  return row;
}
