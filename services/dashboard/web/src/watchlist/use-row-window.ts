import { useEffect, useRef, useState } from 'react';
import { type RowWindow, rowWindow } from './row-window.ts';

/** Height of a row in trade.css: what is not drawn is left free by it. */
export const ROW_PX = 49;

/** Draws only the rows in sight of a list in a scroller. */
export function useRowWindow(count: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const [firstSeen, setFirstSeen] = useState(0);
  const [rowsSeen, setRowsSeen] = useState(0);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() =>
      setRowsSeen(Math.ceil(element.clientHeight / ROW_PX)),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  function onScroll(): void {
    const element = scroller.current;
    if (element !== null) setFirstSeen(Math.floor(element.scrollTop / ROW_PX));
  }

  /** Scrolls just so far that the row is in sight, under the head of the table. */
  function show(index: number): void {
    const element = scroller.current;
    if (element === null || index < 0) return;
    const head = element.querySelector('thead')?.clientHeight ?? 0;
    const lowest = (index + 1) * ROW_PX + head - element.clientHeight;
    const top = Math.min(Math.max(element.scrollTop, lowest), index * ROW_PX);
    if (top !== element.scrollTop) element.scrollTop = top;
    onScroll();
  }

  const rows: RowWindow = rowWindow({ count, firstSeen, rowsSeen });
  return { scroller, onScroll, show, rows };
}
