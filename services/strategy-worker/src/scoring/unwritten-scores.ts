import type { strategyScores } from '@ballast/db';
import type { InstrumentId } from '@ballast/domain';
import type { InstrumentScore, ScoreBoard } from '@ballast/strategies';
import type { ScoredInstrument } from './scored-instrument.ts';

type Row = typeof strategyScores.$inferInsert;

/** A board, and what of it differs from what was written last. */
export type Unwritten = {
  readonly board: ScoreBoard;
  /** Ranks anew. `written` says that the rows are stored. @param scoredAt epoch ms */
  changed(scoredAt: number): { readonly rows: readonly Row[]; written(): void };
};

export function createUnwritten(
  board: ScoreBoard,
  instruments: readonly ScoredInstrument[],
): Unwritten {
  const listed = instruments.flatMap((one) =>
    one.placed.filter((placed) => placed.board === board).map(({ place }) => ({ one, place })),
  );
  const stored = new Map<InstrumentId, InstrumentScore>();
  return {
    board,
    changed(scoredAt) {
      board.rank();
      const changes = listed.flatMap(({ one, place }) => {
        const score = board.at(place);
        const before = stored.get(one.instrument.id);
        // One that is being begun anew keeps what was written of it; without a bar there is none.
        if (one.last === null || Number.isNaN(score.openTime)) return [];
        return before !== undefined && isSame(before, score) ? [] : [{ one, score }];
      });
      const { strategy, timeframe } = board;
      return {
        rows: changes.map(({ one, score: { openTime, score, rank, parts } }) => ({
          ...{ strategy, instrument: one.instrument.id, timeframe, barOpenTime: openTime },
          ...{ score, rank, parts, scoredAt },
        })),
        written() {
          for (const { one, score } of changes) stored.set(one.instrument.id, score);
        },
      };
    },
  };
}

function isSame(one: InstrumentScore, other: InstrumentScore): boolean {
  return one.openTime === other.openTime && one.score === other.score && one.rank === other.rank;
}
