import type { VenueCapabilities } from '@ballast/domain';
import { dueAt, ENDED, openQuantity, toJson } from '@ballast/order-core';
import { leavesOf } from '@ballast/sim-core';
import {
  arrivable,
  askToClose,
  copyOf,
  deliver,
  feed,
  isStream,
  marketAt,
  openWorld,
  type Wire,
  type World,
} from './world.ts';

export type RaceReport = {
  readonly exits: VenueCapabilities['exits'];
  /** Different states that some interleaving passes through. */
  readonly states: number;
  /** Interleavings from the first to the last event, as decimal text: there are many. */
  readonly interleavings: string;
  readonly shorts: number;
  readonly overcommitted: number;
  readonly notEnded: number;
};

/** What the market and the operator do, each so often and in any order. */
type Moves = { readonly stop: number; readonly target: number; readonly close: number };
type Choice = (world: World) => Moves;
/** Rounds of the clock after which a trade must have come to rest. */
const ROUNDS_MAX = 60;

/**
 * Every interleaving of stop, target, manual close, their fills and all messages about them, for
 * one trade: requests and answers overtake each other and the stream. States that were met before
 * are not walked again, but counted with all ways that lead on from them.
 */
export function exploreRace(exits: VenueCapabilities['exits'], moves: Moves): RaceReport {
  const seen = new Map<string, bigint>();
  const found = { shorts: 0, overcommitted: 0, notEnded: 0 };

  function waysFrom(world: World, left: Moves): bigint {
    const key = keyOf(world, left);
    const known = seen.get(key);
    if (known !== undefined) return known;
    inspect(world, found);
    const choices = choicesOf(world, left);
    let ways = 0n;
    if (choices.length === 0) {
      settle(world, found);
      ways = 1n;
    }
    for (const choose of choices) {
      const next = copyOf(world);
      ways += waysFrom(next, choose(next));
    }
    seen.set(key, ways);
    return ways;
  }

  const interleavings = waysFrom(openWorld(exits), moves);
  return { exits, states: seen.size, interleavings: String(interleavings), ...found };
}

function choicesOf(world: World, left: Moves): Choice[] {
  const choices: Choice[] = arrivable(world).map((index) => (next) => {
    deliver(next, index);
    return left;
  });
  for (const level of ['stop', 'target'] as const) {
    if (left[level] === 0) continue;
    choices.push((next) => {
      marketAt(next, level);
      return { ...left, [level]: left[level] - 1 };
    });
  }
  if (left.close > 0) {
    choices.push((next) => {
      askToClose(next);
      return { ...left, close: left.close - 1 };
    });
  }
  return choices;
}

function inspect({ venue, trade }: World, found: { shorts: number; overcommitted: number }): void {
  const held = venue.account.positions.get(trade.plan.instrument)?.quantity ?? 0n;
  if (held < 0n) found.shorts += 1;
  if (venue.capabilities.exits === 'reduceOnly') return;
  const exits = [...venue.account.open.values()];
  const committed = exits.reduce((sum, order) => sum + leavesOf(order), 0n);
  if (committed > (held > 0n ? held : 0n)) found.overcommitted += 1;
}

/** All has been said: the clock runs, and the trade ends flat or stays covered by its stop. */
function settle(world: World, found: { shorts: number; overcommitted: number; notEnded: number }) {
  const last = copyOf(world);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    while (last.wires.length > 0) deliver(last, 0);
    inspect(last, found);
    const due = dueAt(last.trade);
    if (ENDED.has(last.trade.status) || due === null) break;
    last.now = Math.max(last.now, due);
    feed(last, { type: 'clock', at: last.now });
    marketAt(last, 'entry');
  }
  const { trade, venue } = last;
  const held = venue.account.positions.get(trade.plan.instrument)?.quantity ?? 0n;
  const agrees = trade.position.quantity === held;
  const over = ENDED.has(trade.status) && venue.account.open.size === 0;
  const stops = [...venue.account.open.values()].filter((order) => order.trigger !== null);
  const covered = stops.reduce((sum, order) => sum + leavesOf(order), 0n) >= openQuantity(trade);
  if (!agrees || !(over || (trade.status === 'open' && covered))) found.notEnded += 1;
}

function keyOf({ trade, venue, wires }: World, left: Moves): string {
  const open = [...venue.account.open.values()];
  const positions = [...venue.account.positions.values()].map(({ quantity }) => quantity);
  const text = (wire: Wire): string => JSON.stringify(toJson(wire));
  const flight = [
    wires
      .filter((wire) => !isStream(wire))
      .map(text)
      .toSorted(),
    wires.filter((wire) => isStream(wire)).map(text),
  ];
  return JSON.stringify([toJson(trade), toJson(open), toJson(positions), flight, left]);
}
