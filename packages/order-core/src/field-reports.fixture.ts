import type { VenueCapabilities } from '@ballast/domain';
import { expect } from 'vitest';
import { deliverAll } from './fate.fixture.ts';
import { createWorld, feed, type World } from './gateway-model.fixture.ts';
import { createCheck } from './invariants.fixture.ts';
import { idOf, planOf } from './sample-trade.fixture.ts';
import { marketMove } from './venue-model.fixture.ts';

/** A limit entry for ten units, stored and on its way. */
export function newWorld(exits: VenueCapabilities['exits'] = 'reduceOnly'): World {
  const options = {
    exits,
    cancelsExitsWhenFlat: false,
    marketFillPercent: 100,
    reportFirst: false,
  };
  return createWorld(planOf({}), options, createCheck());
}

/** Ten units long, with its exits at the venue: stop and target, or the stop alone. */
export function openWorld(exits: VenueCapabilities['exits'] = 'reduceOnly'): World {
  const world = newWorld(exits);
  deliverAll(world);
  marketMove(world.venue, 'entry', 100);
  deliverAll(world);
  expect(world.trade.status).toBe('open');
  const targets = exits === 'reduceOnly' ? [idOf('target')] : [];
  const ids = [idOf('entry'), idOf('stop'), ...targets];
  expect([...world.venue.orders.keys()]).toEqual(ids);
  return world;
}

export const phaseOf = (world: World, id: string) => world.trade.orders[id]?.phase.status;

export function later(world: World, ms: number): void {
  world.now += ms;
  feed(world, { type: 'clock', at: world.now });
}

export function requestClose(world: World): void {
  feed(world, { type: 'closeRequested', at: world.now, reason: 'operator' });
}
