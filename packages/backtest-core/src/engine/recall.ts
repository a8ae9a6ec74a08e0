import { type CourseMemory, RememberedWrongly } from './course-memory.ts';
import type { Course, Happening, Moment, Turn } from './course.ts';
import type { EndedTrade } from './ended-trade.ts';
import type { Opening } from './opening.ts';
import {
  endedRecalled,
  enterRecalled,
  happeningOf,
  isPlain,
  leaveRecalled,
  reachedAt,
  type RecalledTrade,
} from './recalled-trade.ts';
import type { Track } from './track.ts';
import type { BacktestVenue } from './venue.ts';

/** A trade that has just ended; `realised` is exact, after fees and before funding. */
export type Ended = {
  readonly trade: EndedTrade;
  readonly realised: bigint;
  readonly endedAt: number;
};

type Under = { readonly track: Track; readonly venue: BacktestVenue; readonly funding: number };

/** Trades whose course is remembered, from one happening to the next. */
export class Recall {
  readonly #memory: CourseMemory;

  constructor(memory: CourseMemory) {
    this.#memory = memory;
  }

  /** Its entry is sent at this open. Null where the order core itself has to follow the trade. */
  enter(
    opening: Opening,
    sent: Moment,
    { track, venue, available }: Omit<Under, 'funding'> & { readonly available: number },
  ): RecalledTrade | null {
    const planned = opening.ticks;
    if (planned === null) return null;
    const { costs } = venue;
    const isLong = opening.direction === 'long';
    if (!isPlain(planned, isLong, { track, price: sent.price, costs, available })) return null;
    const shape = this.#memory.shapeOf(track, opening.direction);
    let turn = shape.get('sent');
    const isNew = turn === undefined;
    if (turn === undefined) {
      const course: Course = { track, opening, sent, leave: null, end: null };
      turn = this.#memory.learn(shape, 'sent', course);
    }
    if (turn?.kind !== 'entered') return null;
    return enterRecalled({ shape, opening, planned, sent }, turn, { track, venue, taught: isNew });
  }

  /** The market is at a price; `isOpen`: a bar begins with it. Null where that ends nothing. */
  meet(trade: RecalledTrade, moment: Moment, isOpen: boolean, under: Under): Ended | null {
    const reached = reachedAt(trade, moment.price, under.track);
    const what = reached ?? (isOpen ? 'open' : null);
    const happening = what === null ? null : happeningOf(trade, what);
    return happening === null ? null : this.#end(trade, happening, moment, under);
  }

  /** The bars are over, at this price. */
  finish(trade: RecalledTrade, moment: Moment, reason: string, under: Under): Ended {
    const happening = happeningOf(trade, 'last') ?? 'last';
    trade.leave ??= { at: moment.at, reason };
    return this.#end(trade, happening, moment, under);
  }

  #end(trade: RecalledTrade, happening: Happening, moment: Moment, under: Under): Ended {
    const { track, venue, funding } = under;
    const turn = this.#turnOf(trade, happening, moment, track);
    const { realised, ticks } = leaveRecalled(trade, turn, { track, venue, price: moment.price });
    const told = { track, realised, ticks, leftAt: moment.at, funding };
    const ended = endedRecalled(trade, turn, told);
    if (trade.taught || this.#memory.isChosen()) {
      this.#memory.check(courseOf(trade, happening, moment, under.track), ended);
    }
    return { trade: ended, realised, endedAt: moment.at };
  }

  #turnOf(
    trade: RecalledTrade,
    happening: Happening,
    moment: Moment,
    track: Track,
  ): Extract<Turn, { kind: 'ended' }> {
    const { shape } = trade;
    let turn = shape.get(happening);
    if (turn === undefined) {
      turn = this.#memory.learn(shape, happening, courseOf(trade, happening, moment, track));
      trade.taught = true;
    }
    if (turn?.kind === 'ended') return turn;
    const detail = `trade ${trade.opening.id}: "${happening}" does not end it as one exit of all of it`;
    throw new RememberedWrongly(detail);
  }
}

function courseOf(
  { opening, sent, leave }: RecalledTrade,
  happening: Happening,
  moment: Moment,
  track: Track,
): Course {
  const isLast = happening === 'last' || happening === 'leaving last';
  const asked = happening === 'last' ? null : leave;
  return { track, opening, sent, leave: asked, end: { ...moment, isLast } };
}
