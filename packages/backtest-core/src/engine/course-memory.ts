import {
  BrokenInvariant,
  type Instrument,
  type OrderRole,
  roleOfClientOrderId,
  type TradeDirection,
} from '@ballast/domain';
import type { Execution, VenueOrder } from '@ballast/sim-core';
import { askTicks, bidTicks, type Costs } from './costs.ts';
import type { Course, Deal, Happening, Moment, Turn } from './course.ts';
import type { EndedTrade } from './ended-trade.ts';
import { priceOf } from './terms.ts';
import type { Track } from './track.ts';

/** What the order core and the matcher make of a course, alone on an account. */
export type Replayed = {
  readonly executions: readonly Execution[];
  /** What rests at the venue afterwards. */
  readonly resting: readonly VenueOrder[];
  readonly ended: EndedTrade | null;
};

/** What is known of trades of one shape, by what happened. Null: known not to be of the shape. */
export type Shape = Map<Happening, Turn | null>;

/**
 * Kinds of instruments (market and session) that are remembered, each with what may happen to a
 * trade of either direction; more than there are. Beyond it all is learned anew.
 */
const KINDS_MAX = 64;
/** Instruments whose kind is found at once; beyond it they are looked up by their words again. */
const INSTRUMENTS_MAX = 10_000;

type Shapes = Readonly<Record<TradeDirection, Shape>>;

/** What was remembered is not what the order core does: the run is worth nothing. */
export class RememberedWrongly extends BrokenInvariant {
  readonly code = 'REMEMBERED_WRONGLY';

  constructor(detail: string) {
    super(`REMEMBERED_WRONGLY: ${detail}`);
    this.name = 'RememberedWrongly';
  }
}

/**
 * What the order core asks for and books, by the shape of a trade: learned from the core itself
 * when a shape, or something new in its course, is met first, and looked at again for a share of
 * all trades.
 */
export class CourseMemory {
  readonly costs: Costs;
  readonly #replay: (course: Course) => Replayed;
  readonly #shapes = new Map<string, Shapes>();
  readonly #shapesOf = new Map<Instrument, Shapes>();
  readonly #checkedOneIn: number;
  #count = 0;

  constructor(
    replay: (course: Course) => Replayed,
    options: { readonly costs: Costs; readonly checkedOneIn: number },
  ) {
    this.#replay = replay;
    this.costs = options.costs;
    this.#checkedOneIn = options.checkedOneIn;
  }

  /** Instruments of one market and session are treated alike by the order core. */
  shapeOf({ instrument }: Track, direction: TradeDirection): Shape {
    let shapes = this.#shapesOf.get(instrument);
    if (shapes === undefined) {
      shapes = this.#find(instrument);
      if (this.#shapesOf.size >= INSTRUMENTS_MAX) this.#shapesOf.clear();
      this.#shapesOf.set(instrument, shapes);
    }
    return shapes[direction];
  }

  #find({ id, session }: Instrument): Shapes {
    const key = `${id.slice(0, id.indexOf(':'))} ${session}`;
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    if (this.#shapes.size >= KINDS_MAX) this.#shapes.clear();
    const shapes: Shapes = { long: new Map(), short: new Map() };
    this.#shapes.set(key, shapes);
    return shapes;
  }

  /** Whether a trade is one of those that are followed by the order core too: one in so many. */
  isChosen(): boolean {
    this.#count = (this.#count + 1) >>> 0;
    const mixed = Math.imul(this.#count ^ (this.#count >>> 15), 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 13)) >>> 0) % this.#checkedOneIn === 0;
  }

  /** What the order core does, kept from now on. */
  learn(shape: Shape, happening: Happening, course: Course): Turn | null {
    const turn = turnOf(course, this.#replay(course), this.costs);
    shape.set(happening, turn);
    return turn;
  }

  /** @throws RememberedWrongly with all that the order core makes otherwise of this course */
  check(course: Course, ended: EndedTrade): void {
    const own = this.#replay(course).ended;
    if (own === null) throw new RememberedWrongly(`trade ${ended.id} has not ended`);
    const { funding } = ended;
    // Funding is the account's, which the order core knows nothing of.
    const core = { ...own, funding, realised: own.realised - funding };
    const differing = differences(core, ended);
    if (differing.length > 0) throw new RememberedWrongly(differing.join('; '));
  }
}

function differences(core: EndedTrade, remembered: EndedTrade): string[] {
  const told = new Map<string, unknown>(Object.entries(remembered));
  return Object.entries(core)
    .filter(([name, value]) => !Object.is(value, told.get(name)))
    .map(([name, value]) => `${name} is ${String(value)}, remembered ${String(told.get(name))}`);
}

/** Null where the course has another shape than one entry and one exit, each of all of it. */
function turnOf(course: Course, replayed: Replayed, costs: Costs): Turn | null {
  const { executions, resting, ended } = replayed;
  const [entry, exit, ...more] = executions;
  if (entry === undefined || more.length > 0) return null;
  if (exit === undefined) {
    const deal = dealOf(course, entry, course.sent, costs);
    return deal === null || ended !== null || !areExits(course, resting)
      ? null
      : { kind: 'entered', deal };
  }
  if (ended === null || course.end === null || resting.length > 0) return null;
  const deal = dealOf(course, exit, course.end, costs);
  if (deal === null) return null;
  const isAsked = course.leave !== null && ended.reason === course.leave.reason;
  return { kind: 'ended', deal, exit: ended.exit, reason: isAsked ? null : ended.reason };
}

/** Stop and target of the plan rest at the venue, each for all of it, and nothing else does. */
function areExits({ opening: { plan } }: Course, resting: readonly VenueOrder[]): boolean {
  const { takeProfit } = plan;
  const isExit = ({ reduceOnly, quantity, side }: VenueOrder): boolean =>
    reduceOnly && quantity === plan.quantity && (side === 'sell') === (plan.direction === 'long');
  const [stop, target] = resting;
  if (stop === undefined || target === undefined || resting.length > 2) return false;
  if (!isExit(stop) || !isExit(target) || takeProfit.style !== 'single') return false;
  const falls = stop.trigger?.direction === (plan.direction === 'long' ? 'fall' : 'rise');
  return (
    falls &&
    stop.trigger?.price === plan.stop &&
    stop.type === 'market' &&
    target.trigger === null &&
    target.price === takeProfit.target
  );
}

function dealOf(
  { track: { terms }, opening: { plan } }: Course,
  { linkId, liquidity, price, side, quantity }: Execution,
  moment: Moment,
  costs: Costs,
): Deal | null {
  const role: OrderRole | null = roleOfClientOrderId(linkId);
  if (role === null || quantity !== plan.quantity) return null;
  const met =
    side === 'buy' ? askTicks(moment.price, terms, costs) : bidTicks(moment.price, terms, costs);
  if (liquidity === 'taker') {
    const from = side === 'buy' ? 'ask' : 'bid';
    return price === priceOf(met, terms) ? { role, from, liquidity } : null;
  }
  const isTarget = plan.takeProfit.style === 'single' && price === plan.takeProfit.target;
  return role === 'target' && isTarget ? { role, from: 'target', liquidity } : null;
}
