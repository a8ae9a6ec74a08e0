import { type Database, endScores, loadUniverse, saveStrategyScores } from '@ballast/db';
import {
  type Bar,
  type Instrument,
  type InstrumentId,
  InvalidInput,
  type StrategyName,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import {
  type Knowledge,
  foldBars,
  isOfMarket,
  KNOWN_SIZE,
  numericBar,
  type ScoreBoard,
  STRATEGY_BY_NAME,
} from '@ballast/strategies';
import { beginFromStore } from './begin-from-store.ts';
import { knownFacts } from './known-facts.ts';
import { type ScoredInstrument, takeMinute } from './scored-instrument.ts';
import { createUnwritten, type Unwritten } from './unwritten-scores.ts';
import { type Watched, watchedStrategies } from './watched-strategies.ts';

/** Switches, parameters and facts are felt this long after they have changed, at most. */
const LOOK_EVERY_MS = 5_000;
const UNIVERSE_EVERY_MS = 60_000;
/** Instruments that are begun from the stored bars in one turn: scores wait for no more. */
const BEGUN_A_TURN = 8;
/** The minute before may not be stored yet. */
const BEGIN_AGAIN_MS = 2_000;
/** A close is written when no bar of it has come for so long, or it has gone on for so long. */
const QUIET_MS = 150;
const PATIENCE_MS = 500;

type Context = { readonly db: Database; readonly log: Logger; readonly now: () => number };

/**
 * The boards of all strategies whose watchlist switch is on, with every instrument of the universe
 * that their market has. Nothing waits in a queue: a minute is stepped as it comes, what cannot
 * follow is begun anew from the stored bars, and what is written is how it stands then.
 */
export class ScoreBook {
  readonly #context: Context;
  #watched: readonly Watched[] | null = null;
  #universe: readonly Instrument[] = [];
  #instruments = new Map<InstrumentId, ScoredInstrument>();
  #boards: readonly Unwritten[] = [];
  #lookedAt = Number.NEGATIVE_INFINITY;
  #universeAt = Number.NEGATIVE_INFINITY;
  #takenFirst: number | null = null;
  #takenLast = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** @returns whether the bar was stepped now */
  accept(bar: Bar): boolean {
    const one = this.#instruments.get(bar.instrument);
    if (one === undefined || bar.timeframe !== '1m') return false;
    const minute = numericBar(bar);
    const outcome = takeMinute(one, minute);
    if (outcome === 'hole') {
      one.last = null;
      one.waiting = minute;
    }
    if (outcome !== 'taken') return false;
    this.#took();
    return true;
  }

  /** Looks at what has changed, begins some that have to be, and writes. @returns rows written */
  async turn(): Promise<number> {
    const { now } = this.#context;
    if (now() >= this.#lookedAt + LOOK_EVERY_MS) await this.#look(now());
    await this.#beginSome();
    return this.#isDue(now()) ? this.#write(now()) : 0;
  }

  /** Instruments that are still to be begun. */
  get behind(): number {
    return [...this.#instruments.values()].filter(({ last }) => last === null).length;
  }

  #took(): void {
    this.#takenLast = this.#context.now();
    this.#takenFirst ??= this.#takenLast;
  }

  #isDue(at: number): boolean {
    if (this.#takenFirst === null) return false;
    return at >= this.#takenLast + QUIET_MS || at >= this.#takenFirst + PATIENCE_MS;
  }

  async #look(at: number): Promise<void> {
    const { db } = this.#context;
    const watched = await watchedStrategies(db, at);
    const before = this.#universe;
    if (at >= this.#universeAt + UNIVERSE_EVERY_MS) {
      const rows = await loadUniverse(db);
      this.#universe = rows.filter(({ wanted }) => wanted).map(({ instrument }) => instrument);
      this.#universeAt = at;
    }
    const isSame =
      keysOf(watched) === keysOf(this.#watched ?? []) && idsOf(before) === idsOf(this.#universe);
    if (!isSame || this.#watched === null) {
      this.#makeAnew(watched);
      const scored = {
        watched: this.#boards.map(({ board }) => board.strategy),
        universe: this.#universe.map(({ id }) => id),
      };
      await endScores(db, scored, at);
      this.#watched = watched;
    }
    await this.#learnFacts(at);
    this.#lookedAt = at;
  }

  #makeAnew(watched: readonly Watched[]): void {
    const boards = watched.flatMap((one) => this.#boardOf(one));
    this.#instruments = new Map(
      this.#universe.flatMap((instrument) => {
        const placed = boards
          .filter((board) => isOfMarket(marketOf(board.strategy), instrument))
          .map((board) => {
            const fold = foldBars(board.timeframe, instrument.session);
            return { board, place: board.add(), fold };
          });
        if (placed.length === 0) return [];
        const known = new Float64Array(KNOWN_SIZE).fill(NaN);
        const cold = { known, last: null, waiting: null, notBefore: 0 };
        return [[instrument.id, { instrument, placed, ...cold }] as const];
      }),
    );
    const all = [...this.#instruments.values()];
    this.#boards = boards.map((board) => createUnwritten(board, all));
  }

  #boardOf({ key, newBoard }: Watched): ScoreBoard[] {
    try {
      return [newBoard()];
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      this.#context.log.error({ err: error, strategy: key }, 'strategy is not scored');
      return [];
    }
  }

  async #learnFacts(at: number): Promise<void> {
    for (const one of this.#instruments.values()) {
      const needs = new Set<Knowledge>(
        one.placed.flatMap(({ board }) => STRATEGY_BY_NAME[board.strategy].needs),
      );
      if (needs.size === 0) continue;
      one.known = await knownFacts(this.#context.db, one.instrument.id, { needs, at });
    }
  }

  async #beginSome(): Promise<void> {
    const { db, log, now } = this.#context;
    const at = now();
    const cold = [...this.#instruments.values()]
      .filter(({ last, notBefore }) => last === null && notBefore <= at)
      .toSorted((a, b) => a.notBefore - b.notBefore)
      .slice(0, BEGUN_A_TURN);
    await Promise.all(
      cold.map(async (one) => {
        one.notBefore = at + BEGIN_AGAIN_MS;
        try {
          await beginFromStore(db, one);
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
          log.error({ err: error, instrument: one.instrument.id }, 'stored bars cannot be scored');
          return;
        }
        if (one.last !== null) this.#took();
        const { waiting } = one;
        one.waiting = null;
        if (waiting === null || takeMinute(one, waiting) !== 'hole') return;
        one.last = null;
        one.waiting = waiting;
      }),
    );
  }

  async #write(at: number): Promise<number> {
    this.#takenFirst = null;
    const changes = this.#boards.map((board) => board.changed(at));
    const rows = changes.flatMap((change) => change.rows);
    try {
      await saveStrategyScores(this.#context.db, rows);
    } catch (error) {
      this.#takenFirst ??= at;
      throw error;
    }
    for (const change of changes) change.written();
    return rows.length;
  }
}

const marketOf = (name: StrategyName) => STRATEGY_BY_NAME[name].market;
const keysOf = (watched: readonly Watched[]): string => watched.map(({ key }) => key).join('\n');
const idsOf = (list: readonly Instrument[]): string => list.map(({ id }) => id).join('\n');
