import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changingFacts, known, sayingsOn, walk } from '../bars.fixture.ts';
import { ALL_STRATEGIES, STRATEGY_BY_NAME } from '../registry.ts';
import { ScoreBoard } from './score-board.ts';

test.each(ALL_STRATEGIES)('$name: a place scores as its instrument does alone', (strategy) => {
  const board = new ScoreBoard(strategy);
  const rows = board.warmUp + 60;
  const walks = Array.from({ length: 20 }, (_, i) => walk(rows, i + 1));
  const places = walks.map(() => board.add());
  for (let row = 0; row < rows; row += 1) {
    for (const [i, bars] of walks.entries()) {
      board.step(places[i] ?? -1, bars, row, changingFacts(row));
    }
  }
  const model = strategy.model();
  for (const i of [0, 7, 19]) {
    const last = sayingsOn(model, walks[i] ?? walk(0, 0), changingFacts).at(-1);
    const { score, parts, openTime } = board.at(i);
    expect({ score, parts }).toEqual({ score: last?.score, parts: last?.parts });
    expect(openTime).toBe((rows - 1) * 60_000);
  }
});

const tenths = (score: number | null): number => Math.trunc((score ?? NaN) * 10);

test('ranks those of the newest bar: the best first, alike to a tenth of a point, late ones not', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 }),
      (late) => {
        const board = new ScoreBoard(STRATEGY_BY_NAME['mean-reversion']);
        const rows = board.warmUp + 5;
        for (const [i, missing] of late.entries()) {
          const place = board.add();
          const bars = walk(rows, (i % 11) + 1);
          const until = missing === 0 ? rows - 1 : rows;
          for (let row = 0; row < until; row += 1) board.step(place, bars, row, known());
        }
        board.rank();
        const all = late.map((_, place) => board.at(place));
        const newest = Math.max(...all.map(({ openTime }) => openTime));
        expect(board.newest).toBe(newest);
        for (const { openTime, score, rank } of all) {
          const better = all.filter(
            (other) => other.openTime === newest && tenths(other.score) > tenths(score),
          );
          expect(rank).toBe(openTime === newest ? better.length + 1 : null);
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('says why there is no score', () => {
  const board = new ScoreBoard(STRATEGY_BY_NAME['btc-trend-hybrid']);
  const place = board.add();
  const bars = walk(board.warmUp + 2, 3);
  const needed = board.warmUp + 1;
  expect(board.at(place).parts).toEqual({ reason: 'WARMING_UP', bars: 0, needed });
  for (let row = 0; row < board.warmUp; row += 1) board.step(place, bars, row, changingFacts(row));
  board.rank();
  const nothing = { score: null, rank: null };
  const early = { reason: 'WARMING_UP', bars: board.warmUp, needed };
  expect(board.at(place)).toMatchObject({ ...nothing, parts: early });
  board.step(place, bars, board.warmUp, known());
  board.rank();
  const unknown = { reason: 'FACT_UNKNOWN', facts: ['regime'] };
  expect(board.at(place)).toMatchObject({ ...nothing, parts: unknown });
  board.step(place, bars, board.warmUp + 1, known({ regime: 1 }));
  board.rank();
  expect(board.at(place)).toMatchObject({ rank: 1 });
  expect(Object.keys(board.at(place).parts)).toEqual(['regime', 'trend', 'setup']);
  board.begin(place);
  expect(board.at(place).parts).toMatchObject({ reason: 'WARMING_UP', bars: 0 });
});
