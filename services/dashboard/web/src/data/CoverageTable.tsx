import { symbolOf } from '@ballast/domain';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { CoverageInfo } from '../api/shapes.ts';
import { CoverageCell } from './CoverageCell.tsx';

export type CellName = {
  readonly instrument: string;
  readonly timeframe: CoverageInfo['timeframes'][number];
};
type Props = {
  rows: CoverageInfo['rows'];
  timeframes: CoverageInfo['timeframes'];
  onOpen: (cell: CellName) => void;
};

/** How the arrow keys, Home and End walk from one cell to another. */
const STEPS: Record<string, readonly [rows: number, columns: number]> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  Home: [0, Number.NEGATIVE_INFINITY],
  End: [0, Number.POSITIVE_INFINITY],
};
const within = (at: number, count: number): number => Math.min(Math.max(at, 0), count - 1);

/**
 * One stop of the Tab key for the whole grid; inside it the arrow keys walk. The roles are said
 * because the rows are no table any more on a phone.
 */
export function CoverageTable({ rows, timeframes, onOpen }: Props) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [stop, setStop] = useState<readonly [row: number, column: number]>([0, 0]);
  const row = within(stop[0], rows.length);
  const column = within(stop[1], timeframes.length);

  function walk(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = [within(row + step[0], rows.length), within(column + step[1], timeframes.length)];
    body.current?.querySelector<HTMLElement>(`[data-at="${next.join('-')}"]`)?.focus();
  }

  return (
    <table className="coverage-table live" role="grid" aria-label="Coverage">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader">Instrument</th>
          {timeframes.map((timeframe) => (
            <th key={timeframe} role="columnheader">
              {timeframe}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup" ref={body} onKeyDown={walk}>
        {rows.map(({ instrument, cells }, atRow) => (
          <tr key={instrument} role="row">
            <th role="rowheader">
              {symbolOf(instrument)}{' '}
              <span className="dim coverage-venue">
                {instrument.slice(0, instrument.indexOf(':'))}
              </span>
            </th>
            {cells.map((cell, atColumn) => {
              const timeframe = timeframes[atColumn];
              if (timeframe === undefined) return null;
              return (
                <CoverageCell
                  key={timeframe}
                  cell={cell}
                  symbol={symbolOf(instrument)}
                  timeframe={timeframe}
                  at={`${atRow}-${atColumn}`}
                  isTabStop={atRow === row && atColumn === column}
                  onFocus={() => setStop([atRow, atColumn])}
                  onOpen={() => onOpen({ instrument, timeframe })}
                />
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
