import { cpus, loadavg } from 'node:os';
import { type Database, openDatabase, saveStrategyScores } from '@ballast/db';
import type { Columns } from '@ballast/indicators';
import { ALL_STRATEGIES, KNOWN_SIZE, ScoreBoard } from '@ballast/strategies';
import { benchInstrument, benchSymbols } from './bench-instrument.ts';
import { onOwnPostgres } from './own-postgres.ts';
import { plainStrategy } from './scoring-plain.ts';

const INSTRUMENTS = 750;
const ROUNDS = 300;
const STORED_ROUNDS = 10;
const RATIO_MIN = 0.5;
/** A close is scored and stored before the next bar is so old. */
const LIMIT_MS = 1_000;
const HOUR_MS = 3_600_000;

/**
 * A bar's close of 750 instruments for all twelve strategies: indicators, score, parts and rank,
 * beside a loop that only updates the same indicators, the fastest close of each; and the whole of
 * it into Postgres.
 */
export async function run() {
  const market = walkingMarket();
  const [ours, plain] = [scoringOf(), plainOf()];
  const warm = 1 + Math.max(...ours.boards.map(({ warmUp }) => warmUp));
  for (let close = 0; close < warm; close += 1) {
    const bars = market();
    ours.take(bars);
    plain.take(bars);
  }
  const rounds = Array.from({ length: ROUNDS }, () => {
    const bars = market();
    return { scoring: timed(() => ours.take(bars)), updating: timed(() => plain.take(bars)) };
  });
  requireSame(market);
  const scoringMs = Math.min(...rounds.map(({ scoring }) => scoring));
  const updatingMs = Math.min(...rounds.map(({ updating }) => updating));
  const ratio = updatingMs / scoringMs;
  const stored = await storedRounds(market, ours);
  const slowestMs = Math.max(...stored);
  return {
    ok: ratio >= RATIO_MIN && slowestMs < LIMIT_MS,
    bench: 'scoring',
    ...{ instruments: INSTRUMENTS, strategies: ours.boards.length, closes: ROUNDS },
    ...{ ratio, ratioMin: RATIO_MIN, scoringMs, updatingMs },
    storing: { closes: stored.length, medianMs: median(stored), slowestMs, limitMs: LIMIT_MS },
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
  };
}

type Scoring = ReturnType<typeof scoringOf>;

function scoringOf() {
  const known = new Float64Array(KNOWN_SIZE);
  const boards = ALL_STRATEGIES.map((strategy) => new ScoreBoard(strategy));
  for (const board of boards) for (let i = 0; i < INSTRUMENTS; i += 1) board.add();
  return {
    boards,
    take(bars: Columns): void {
      for (const board of boards) {
        for (let place = 0; place < INSTRUMENTS; place += 1) board.step(place, bars, place, known);
        board.rank();
      }
    },
  };
}

function plainOf() {
  const all = ALL_STRATEGIES.map(({ name }) => {
    const { size, start, update } = plainStrategy(name);
    const state = new Float64Array(INSTRUMENTS * size);
    for (let i = 0; i < INSTRUMENTS; i += 1) start(state, i * size);
    return { state, size, update };
  });
  return {
    take({ high, low, close, volume }: Columns): void {
      for (const { state, size, update } of all) {
        for (let i = 0; i < INSTRUMENTS; i += 1) {
          const [top, bottom] = [high[i] ?? NaN, low[i] ?? NaN];
          update(state, i * size, top, bottom, close[i] ?? NaN, volume[i] ?? NaN);
        }
      }
    },
  };
}

/** Scored and written in one statement, each close anew: all rows change. */
async function storedRounds(market: () => Columns, { boards, take }: Scoring): Promise<number[]> {
  const ids = benchSymbols(INSTRUMENTS).map((symbol) => benchInstrument(symbol).id);
  return onOwnPostgres(async ({ url }) => {
    const db: Database = openDatabase(url('strategy-worker'), { max: 1 });
    try {
      const rounds: number[] = [];
      for (let round = 0; round < STORED_ROUNDS; round += 1) {
        const bars = market();
        const begun = performance.now();
        take(bars);
        const rows = boards.flatMap((board) =>
          ids.map((instrument, place) => {
            const { openTime, score, rank, parts } = board.at(place);
            const { strategy, timeframe } = board;
            const of = { strategy, instrument, timeframe, barOpenTime: openTime };
            return { ...of, score, rank, parts, scoredAt: openTime };
          }),
        );
        const written = await saveStrategyScores(db, rows);
        rounds.push(performance.now() - begun);
        if (written !== rows.length) throw new Error(`${written} of ${rows.length} scores stored`);
      }
      return rounds;
    } finally {
      await db.close();
    }
  });
}

/**
 * A loop that updates something else would be no measure: each of its indicators has to stand in
 * the strategy's own state, number by number.
 */
function requireSame(market: () => Columns): void {
  const closes = Array.from({ length: 300 }, market);
  for (const strategy of ALL_STRATEGIES) {
    const model = strategy.model();
    const plain = plainStrategy(strategy.name);
    const [mine, theirs] = [new Float64Array(model.size), new Float64Array(plain.size)];
    model.start(mine, 0);
    plain.start(theirs, 0);
    for (const bars of closes) {
      model.step(mine, 0, bars, 0, new Float64Array(KNOWN_SIZE));
      const { high, low, close, volume } = bars;
      const [top, bottom] = [high[0] ?? NaN, low[0] ?? NaN];
      plain.update(theirs, 0, top, bottom, close[0] ?? NaN, volume[0] ?? NaN);
    }
    for (const { at, size } of plain.stretches) {
      if (!standsIn(mine, theirs.subarray(at, at + size))) {
        throw new Error(`${strategy.name}: the plain loop updates other indicators`);
      }
    }
  }
}

function standsIn(state: Float64Array, part: Float64Array): boolean {
  for (let at = 0; at + part.length <= state.length; at += 1) {
    if (part.every((number, i) => Object.is(number, state[at + i]))) return true;
  }
  return false;
}

/** The next bar of each instrument, a row an instrument. */
function walkingMarket(): () => Columns {
  let seed = 7;
  const random = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 4_294_967_296 - 0.5;
  };
  const last = new Float64Array(INSTRUMENTS).fill(100);
  let closes = 0;
  return () => {
    const column = (): Float64Array => new Float64Array(INSTRUMENTS);
    const bars = {
      ...{ openTime: column().fill(closes * HOUR_MS), open: Float64Array.from(last) },
      ...{ high: column(), low: column(), close: column(), volume: column() },
    };
    closes += 1;
    for (let i = 0; i < INSTRUMENTS; i += 1) {
      const open = last[i] ?? NaN;
      const close = open * (1 + 0.02 * random());
      bars.high[i] = Math.max(open, close) * (1 + 0.005 * (random() + 0.5));
      bars.low[i] = Math.min(open, close) * (1 - 0.005 * (random() + 0.5));
      bars.close[i] = close;
      bars.volume[i] = 1_000 * (random() + 0.5);
      last[i] = close;
    }
    return bars;
  };
}

function timed(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
