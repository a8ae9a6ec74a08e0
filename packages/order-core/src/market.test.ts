import { parsePrice } from '@ballast/domain';
import { expect, test } from 'vitest';
import { deliverAll } from './fate.fixture.ts';
import { createWorld, feed, type World } from './gateway-model.fixture.ts';
import { heedsPrice } from './market.ts';
import { planOf } from './sample-trade.fixture.ts';
import { ordersOf, type Trade } from './trade.ts';
import { marketMove } from './venue-model.fixture.ts';

const options = {
  exits: 'reserved',
  cancelsExitsWhenFlat: false,
  marketFillPercent: 100,
  reportFirst: false,
} as const;
/** New York, in winter. */
const DURING_HOURS = Date.UTC(2026, 10, 18, 15, 0);
const AFTER_HOURS = Date.UTC(2026, 10, 18, 21, 5);
const BEYOND = parsePrice('111');

/** Ten shares long with their stop at the venue, at a time. */
function stockWorld(takeProfit: Trade['plan']['takeProfit'], at: number): World {
  const world = createWorld(planOf({ takeProfit }), options, () => undefined);
  deliverAll(world);
  marketMove(world.venue, 'entry', 100);
  deliverAll(world);
  const { trade } = world;
  world.trade = { ...trade, instrument: { ...trade.instrument, session: 'us-equity' } };
  world.now = at;
  return world;
}

const single = { style: 'single', target: parsePrice('110') } as const;
const trailing = {
  style: 'trailing',
  distance: { by: 'amount', amount: parsePrice('5') },
} as const;

test.each([
  ['a target is not taken', single],
  ['a stop does not follow', trailing],
])('while the exchange is closed %s: nothing could fill there', (_what, takeProfit) => {
  const world = stockWorld(takeProfit, AFTER_HOURS);
  expect(heedsPrice(world.trade, BEYOND, world.now)).toBe(false);
  const before = world.trade;
  feed(world, { type: 'marketPrice', at: world.now, price: BEYOND });
  expect(world.trade).toEqual(before);
  const open = stockWorld(takeProfit, DURING_HOURS);
  expect(heedsPrice(open.trade, BEYOND, open.now)).toBe(true);
});

test('what was taken as the exchange closed gives its place back to the stop', () => {
  const closing = Date.UTC(2026, 10, 18, 21, 0);
  const world = stockWorld(single, closing - 500);
  feed(world, { type: 'marketPrice', at: world.now, price: BEYOND });
  deliverAll(world);
  expect(ordersOf(world.trade, 'target').map(({ phase }) => phase.status)).toEqual(['working']);
  world.now = closing + 3_000;
  feed(world, { type: 'clock', at: world.now });
  deliverAll(world);
  expect(ordersOf(world.trade, 'stop').map(({ phase }) => phase.status)).toEqual([
    'cancelled',
    'working',
  ]);
});
