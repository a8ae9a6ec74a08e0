export type ChartColours = Record<
  'text' | 'last' | 'grid' | 'up' | 'down' | 'entry' | 'stop' | 'target' | 'volume',
  string
>;

/** The colours of the style sheet: the canvas cannot read them by itself. */
export function chartColours(element: HTMLElement): ChartColours {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: read('--text-dim'),
    last: read('--last'),
    grid: read('--grid'),
    up: read('--up'),
    down: read('--down'),
    entry: read('--accent'),
    stop: read('--down'),
    target: read('--up'),
    volume: read('--volume'),
  };
}
