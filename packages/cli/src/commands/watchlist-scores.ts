import { bestScores } from '@ballast/db';
import { scoreText, STRATEGIES } from '@ballast/domain';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

const SECOND_MS = 1_000;

/**
 * The best instruments of each watched strategy, or of one, as of their newest closed bars.
 * @throws Failure STRATEGY_UNKNOWN
 */
export async function watchlistScores(
  { db }: Pick<Platform, 'db'>,
  { strategy, top, now }: { readonly strategy: string | null; readonly top: number; now: number },
): Promise<Report> {
  if (strategy !== null && !STRATEGIES.some((known) => known === strategy)) {
    const message = `no strategy "${strategy}": ${STRATEGIES.join(', ')}`;
    throw new Failure('STRATEGY_UNKNOWN', message, EXIT.usage);
  }
  const found = await bestScores(db, { strategy, top });
  const strategies = found.map(({ rows, ...of }) => ({
    ...of,
    rows: rows.map((row) => ({ ...row, ageMs: now - row.scoredAt })),
  }));
  const lines = strategies.flatMap(({ strategy: name, scored, unscored, rows }) => [
    `${name}: ${scored} scored, ${unscored} without a score`,
    ...rows.map(({ rank, instrument, score, parts, timeframe, barOpenTime, ageMs }) => {
      const bar = `${timeframe} bar of ${timeText(barOpenTime)}`;
      const age = `${Math.round(ageMs / SECOND_MS)} s ago`;
      const place = rank === null ? '  -' : String(rank).padStart(3);
      return `${place} ${instrument} ${scoreText(score, parts)} (${bar}, ${age})`;
    }),
  ]);
  const nothing = 'no scores: "ballast strategy NAME --watchlist on" has one scored';
  return { ok: true, data: { strategies }, lines: lines.length === 0 ? [nothing] : lines };
}
