import type { Route } from '../feed.ts';

/** `ticks`: each trade and each change of the best prices; `quotes`: best prices now and then. */
export type LineMode = 'ticks' | 'quotes';

export type LineLimits = {
  /** Routes with tick-by-tick data: of a login with 100 lines, the venue allows very few. */
  readonly tickByTickRoutes: number;
  /** Market-data lines of the login; tick-by-tick data takes two of a route. */
  readonly linesMax: number;
};

const LINES: Readonly<Record<LineMode, number>> = { ticks: 2, quotes: 1 };

/** Which routes are served how, in their order; those for which no line is left are `over`. */
export function divideLines(
  routes: readonly Route[],
  { tickByTickRoutes, linesMax }: LineLimits,
): { readonly modes: ReadonlyMap<string, LineMode>; readonly over: readonly string[] } {
  const modes = new Map<string, LineMode>();
  const over: string[] = [];
  let used = 0;
  for (const { symbol } of routes) {
    const mode = modes.size < tickByTickRoutes ? 'ticks' : 'quotes';
    if (used + LINES[mode] > linesMax) {
      over.push(symbol);
    } else {
      used += LINES[mode];
      modes.set(symbol, mode);
    }
  }
  return { modes, over };
}
