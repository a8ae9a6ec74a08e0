import { STRATEGIES } from '@ballast/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changingFacts,
  columnsOf,
  ENTERS,
  firstRows,
  known,
  type Row,
  sayingOn,
  sayingsAsTheyCome,
  sayingsOn,
  started,
  walk,
  wordsOf,
} from './bars.fixture.ts';
import { SAYS } from './model.ts';
import { ALL_STRATEGIES, STRATEGY_BY_NAME, strategyNamed } from './registry.ts';
import { startRun } from './strategy-run.ts';

const seed = fc.integer({ min: 1, max: 1e9 });
const RUNS = { numRuns: 5 };
const MARGIN = 7;

test('every strategy of the domain is there under its name, and no other', () => {
  expect(ALL_STRATEGIES.map((strategy) => strategy.name)).toEqual([...STRATEGIES]);
  for (const name of STRATEGIES) expect(STRATEGY_BY_NAME[name].name).toBe(name);
  expect(strategyNamed('btc-swing')).toBe(STRATEGY_BY_NAME['btc-swing']);
  expect(() => strategyNamed('luck')).toThrow(/no strategy "luck": growth-potential, momentum/);
});

describe.each(ALL_STRATEGIES)('$name', (strategy) => {
  const model = strategy.model();
  const rows = model.warmUp + 400;

  test('says the same up to a bar whatever comes after it', () => {
    fc.assert(
      fc.property(seed, seed, fc.nat({ max: rows - 1 }), (one, other, cut) => {
        const columns = walk(rows, one);
        const whole = sayingsOn(model, columns, changingFacts);
        const removed = sayingsOn(model, firstRows(columns, cut), changingFacts);
        expect(removed).toEqual(whole.slice(0, cut));
        for (const later of [walk(rows, other, -20), nothing(rows)]) {
          expect(sayingsAsTheyCome(model, columns, changingFacts, later)).toEqual(whole);
        }
      }),
      RUNS,
    );
  });

  test('keeps nothing outside its state: two instruments side by side are as each alone', () => {
    const [one, two] = [walk(rows, 21), walk(rows, 22, -6)];
    const [first, second] = [started(model), started(model)];
    const said = Array.from(one.close, (_, row) => [
      sayingOn(model, first, one, row, changingFacts),
      sayingOn(model, second, two, row, changingFacts),
    ]);
    const alone = [one, two].map((columns) => sayingsOn(strategy.model(), columns, changingFacts));
    expect(said.map(([saying]) => saying)).toEqual(alone[0]);
    expect(said.map(([, saying]) => saying)).toEqual(alone[1]);
  });

  test('goes on unchanged from a copy of its state, and from one that was begun anew', () => {
    fc.assert(
      fc.property(seed, fc.nat({ max: rows - 1 }), (one, cut) => {
        const columns = walk(rows, one);
        const whole = sayingsOn(model, columns, changingFacts);
        const state = started(model);
        sayingsOn(model, firstRows(columns, cut), changingFacts, { state });
        const rest = { state: Float64Array.from(state), from: cut };
        expect(sayingsOn(model, columns, changingFacts, rest)).toEqual(whole.slice(cut));
        model.start(state, 0);
        expect(sayingsOn(model, columns, changingFacts, { state })).toEqual(whole);
      }),
      RUNS,
    );
  });

  test('writes into its own stretch of the state alone', () => {
    const columns = walk(rows, 5);
    const state = new Float64Array(model.size + 2 * MARGIN).fill(-7);
    model.start(state, MARGIN);
    const says = Array.from(columns.close, (_, row) =>
      model.step(state, MARGIN, columns, row, changingFacts(row)),
    );
    const expected = sayingsOn(model, columns, changingFacts);
    expect(says).toEqual(expected.map((said) => said.says));
    const outside = [...state.slice(0, MARGIN), ...state.slice(MARGIN + model.size)];
    expect(outside).toEqual(outside.map(() => -7));
  });

  test('says the same of bars that are handed over one at a time', () => {
    const columns = walk(rows, 9);
    const whole = sayingsOn(model, columns, changingFacts);
    const run = startRun(strategy);
    expect(run.warmUp).toBe(model.warmUp);
    for (const { row, says, score, parts, opinions } of whole) {
      const at = (column: Float64Array): number => column[row] ?? Number.NaN;
      const { openTime, open, high, low, close, volume } = columns;
      const bar = {
        ...{ openTime: at(openTime), open: at(open), high: at(high), low: at(low) },
        ...{ close: at(close), volume: at(volume) },
      };
      expect(run.step(bar, changingFacts(row))).toEqual(opinions[0] ?? null);
      expect([run.says(), run.score(), run.parts()]).toEqual([says, score, parts]);
    }
  });

  test('says nothing in its warm-up, then enters and leaves, levels on the right sides', () => {
    let entries = 0;
    let leaves = 0;
    fc.assert(
      fc.property(seed, (one) => {
        const columns = walk(rows + 800, one);
        for (const { row, says, opinions } of sayingsOn(model, columns, changingFacts)) {
          if (says === 0) continue;
          expect(row).toBeGreaterThanOrEqual(model.warmUp);
          if (says > ENTERS) leaves += 1;
          for (const opinion of opinions) {
            if (opinion === null) continue;
            entries += 1;
            const { entry, stop, target } = opinion.level;
            expect(entry).toBe(columns.close[row]);
            const ordered =
              opinion.direction === 'long' ? [stop, entry, target] : [target, entry, stop];
            expect(ordered).toEqual([...new Set(ordered)].sort((a, b) => a - b));
            expect(Object.values(opinion.inputs).every(Number.isFinite)).toBe(true);
            expect(strategy.directions).toContain(opinion.direction);
          }
        }
      }),
      { numRuns: 12 },
    );
    expect(entries, 'the walks must give entries, or nothing was checked').toBeGreaterThan(10);
    expect(leaves).toBeGreaterThan(5);
  });

  test('does not speak for an entry again before it has left it', () => {
    fc.assert(
      fc.property(seed, (one) => {
        const said = sayingsOn(model, walk(rows + 800, one), changingFacts);
        for (const [enter, leave] of [
          [SAYS.enterLong, SAYS.leaveLong],
          [SAYS.enterShort, SAYS.leaveShort],
        ] as const) {
          let entered = false;
          for (const { row, says } of said) {
            if ((says & leave) !== 0) entered = false;
            if ((says & enter) === 0) continue;
            // Mean reversion speaks once for each stretch, though the way back is not done.
            const again = entered && strategy.name !== 'mean-reversion';
            expect(again, `row ${row} enters again`).toBe(false);
            expect((said[row - 1]?.says ?? 0) & enter).toBe(0);
            entered = true;
          }
        }
      }),
      RUNS,
    );
  });

  test('has a score of 0 to 100 that is the sum of its parts, none before it can have one', () => {
    fc.assert(
      fc.property(seed, (one) => {
        for (const { row, score, parts } of sayingsOn(model, walk(rows, one), changingFacts)) {
          if (row < model.warmUp && Number.isNaN(score)) continue;
          expect(score).not.toBeLessThan(0);
          expect(score).toBeLessThanOrEqual(100);
          const sum = Object.values(parts).reduce((total, part) => total + part, 0);
          expect(sum).toBeCloseTo(score, 9);
        }
      }),
      RUNS,
    );
    expect(sayingsOn(model, walk(1, 1))[0]?.score).toBeNaN();
  });

  test.each([100, 0])('has nothing to say of a market that stands still, volume %d', (volume) => {
    const still = columnsOf(
      Array.from({ length: rows }, (_, i): Row => [i, 0.1, 0.1, 0.1, 0.1, volume]),
    );
    expect(wordsOf(sayingsOn(model, still, known({ regime: 1, fundingRate: 0 })))).toEqual([]);
  });

  test('says nothing of bars that are none, and plans no trade from what they leave behind', () => {
    const columns = walk(rows + 300, 3);
    const cut = model.warmUp + 150;
    const ending = sayingsOn(model, spliced(columns, nothing(rows + 300), cut), changingFacts);
    expect(wordsOf(ending).filter((word) => Number.parseInt(word, 10) >= cut)).toEqual([]);
    const hole = spliced(columns, nothing(rows + 300), cut);
    const after = sayingsOn(model, spliced(hole, columns, cut + 1), changingFacts);
    for (const { opinions } of after) {
      for (const opinion of opinions) {
        if (opinion === null) continue;
        expect(Object.values(opinion.level).every(Number.isFinite)).toBe(true);
      }
    }
  });
});

/** Bars that are none. */
function nothing(rows: number): ReturnType<typeof walk> {
  return columnsOf(Array.from({ length: rows }, (_, i): Row => [i, NaN, NaN, NaN, NaN, NaN]));
}

/** The rows of `first` up to but without `cut`, then those of `second`. */
function spliced(
  first: ReturnType<typeof walk>,
  second: ReturnType<typeof walk>,
  cut: number,
): ReturnType<typeof walk> {
  const splice = (one: Float64Array, two: Float64Array): Float64Array =>
    Float64Array.from(one, (value, row) => (row < cut ? value : (two[row] ?? Number.NaN)));
  return {
    openTime: first.openTime,
    open: splice(first.open, second.open),
    high: splice(first.high, second.high),
    low: splice(first.low, second.low),
    close: splice(first.close, second.close),
    volume: splice(first.volume, second.volume),
  };
}
