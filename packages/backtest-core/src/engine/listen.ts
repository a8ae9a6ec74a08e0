import { beginAnew, decidedAt, type Track } from './track.ts';

/**
 * Steps the strategy up to the next bar of which it says anything. What it says follows from the
 * bars up to that one and from what was known then, and never from the account: so it may be asked
 * before the account has come there, and many bars are stepped in one go.
 */
export function listen(track: Track): void {
  const { model, state, bars, known, rows, knowsMore } = track;
  const { values } = known;
  let row = track.heard;
  for (; row < rows; row += 1) {
    if (row === track.beginsAt) beginAnew(track, row);
    if (knowsMore) known.moveTo(decidedAt(track, bars.openTime[row] ?? NaN));
    const said = model.step(state, 0, bars, row, values);
    if (said === 0 || row - track.begun < model.warmUp) continue;
    track.said = said;
    break;
  }
  track.speaksAt = row;
  track.heard = row + 1;
}
