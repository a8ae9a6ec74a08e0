const NAMED_MAX = 3;

/** By name where they are few. */
export function instrumentsOf(bars: readonly { readonly instrument: string }[]): string {
  if (bars.length > NAMED_MAX) return `${bars.length} instruments`;
  return bars.map(({ instrument }) => instrument).join(', ');
}
