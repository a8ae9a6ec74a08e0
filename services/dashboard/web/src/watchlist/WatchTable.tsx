import { type KeyboardEvent, useEffect, useEffectEvent, useRef } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { ROW_PX, useRowWindow } from './use-row-window.ts';
import { WatchRow } from './WatchRow.tsx';

type Props = {
  instruments: readonly InstrumentInfo[];
  selected: string | null;
  onSelect: (instrument: string) => void;
};

/** Arrow keys, Home and End walk the rows; the row that is walked to is selected. */
export function WatchTable({ instruments, selected, onSelect }: Props) {
  const { scroller, onScroll, show, rows } = useRowWindow(instruments.length);
  const walkedTo = useRef<string | null>(null);
  const at = instruments.findIndex((item) => item.id === selected);
  const drawn = instruments.slice(rows.first, rows.end);
  // One row can always be reached by Tab, also when the selected one is out of sight.
  const tabStop = at >= rows.first && at < rows.end ? selected : drawn[0]?.id;

  function walk(event: KeyboardEvent): void {
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
    const index = Math.min(Math.max(wanted, 0), last);
    const next = instruments[index];
    if (next === undefined) return;
    walkedTo.current = next.id;
    show(index);
    onSelect(next.id);
  }

  // A row that was out of sight is there to be focused only once it is drawn.
  useEffect(() => {
    const id = walkedTo.current;
    if (id === null) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-instrument="${id}"]`);
    if (row === null || row === undefined) return;
    walkedTo.current = null;
    row.focus({ preventScroll: true });
  });

  // What is selected is in sight when the list comes.
  const isFilled = instruments.length > 0;
  const showSelected = useEffectEvent(() => show(at));
  useEffect(() => {
    if (isFilled) showSelected();
  }, [isFilled]);

  return (
    <div className="watch-scroll" ref={scroller} onScroll={onScroll} data-testid="watch-scroll">
      <table className="watch-table" aria-rowcount={instruments.length + 1}>
        <Head />
        <tbody onKeyDown={walk}>
          <Spacer rows={rows.first} />
          {drawn.map((instrument, index) => (
            <WatchRow
              key={instrument.id}
              instrument={instrument}
              index={rows.first + index + 2}
              selected={instrument.id === selected}
              isTabStop={instrument.id === tabStop}
              onSelect={onSelect}
            />
          ))}
          <Spacer rows={instruments.length - rows.end} />
        </tbody>
      </table>
    </div>
  );
}

function Head() {
  return (
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
  );
}

/** The place of rows that are not drawn. */
function Spacer({ rows }: { rows: number }) {
  if (rows <= 0) return null;
  return (
    <tr className="watch-spacer" aria-hidden="true">
      <td colSpan={3} style={{ height: rows * ROW_PX }} />
    </tr>
  );
}
