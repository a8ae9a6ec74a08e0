/** Rows beyond what is seen, so that a quick scroll finds them there. */
const BEYOND = 8;

export type RowWindow = { readonly first: number; readonly end: number };

/** Which of `count` rows to draw: those in sight and some beyond, whatever the list's length. */
export function rowWindow(seen: { count: number; firstSeen: number; rowsSeen: number }): RowWindow {
  const { count, firstSeen, rowsSeen } = seen;
  const last = Math.max(0, count - rowsSeen);
  const first = Math.max(0, Math.min(firstSeen, last) - BEYOND);
  return { first, end: Math.min(count, Math.min(firstSeen, last) + rowsSeen + BEYOND) };
}
