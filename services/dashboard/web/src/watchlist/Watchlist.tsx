import { type KeyboardEvent, useRef } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { Panel } from '../parts/Panel.tsx';
import { WatchRow } from './WatchRow.tsx';

type Props = {
  instruments: readonly InstrumentInfo[];
  selected: string | null;
  onSelect: (instrument: string) => void;
};

/** Arrow keys, Home and End walk the rows; the row that is walked to is selected. */
export function Watchlist({ instruments, selected, onSelect }: Props) {
  const body = useRef<HTMLTableSectionElement>(null);

  function walk(event: KeyboardEvent): void {
    const at = instruments.findIndex((item) => item.id === selected);
    const last = instruments.length - 1;
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: last,
    };
    const wanted = steps[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    const next = instruments[Math.min(Math.max(wanted, 0), last)];
    if (next === undefined) return;
    onSelect(next.id);
    body.current?.querySelector<HTMLElement>(`[data-instrument="${next.id}"]`)?.focus();
  }

  return (
    <Panel
      title="Watchlist"
      className="watchlist"
      aside="change since first bar of 24 h"
      testId="watchlist"
    >
      <table className="watch-table">
        <thead>
          <tr>
            <th scope="col">Symbol</th>
            <th scope="col" className="num">
              Last
            </th>
            <th scope="col" className="num">
              Change
            </th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={walk}>
          {instruments.map((instrument) => (
            <WatchRow
              key={instrument.id}
              instrument={instrument}
              selected={instrument.id === selected}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
