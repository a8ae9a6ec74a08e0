/** Missing bars that follow each other in the session, epoch ms; `to` is the last one's open time. */
export type GapRange = { readonly from: number; readonly to: number; readonly bars: number };

/**
 * Runs of expected bars that are not there.
 * @param expected open times, rising: what `expectedOpenTimes` gives
 * @param present open times, rising; others than expected are of no account
 */
export function findGaps(
  expected: readonly number[],
  present: ArrayLike<number>,
): readonly GapRange[] {
  const gaps: GapRange[] = [];
  let open: { from: number; to: number; bars: number } | null = null;
  let at = 0;
  for (const time of expected) {
    while (at < present.length && (present[at] ?? 0) < time) at += 1;
    if (at < present.length && present[at] === time) {
      if (open !== null) gaps.push(open);
      open = null;
    } else if (open === null) {
      open = { from: time, to: time, bars: 1 };
    } else {
      open.to = time;
      open.bars += 1;
    }
  }
  if (open !== null) gaps.push(open);
  return gaps;
}
