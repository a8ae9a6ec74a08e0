import fc from 'fast-check';
import { expect, test } from 'vitest';
import { converge, type Operation, perform } from './fate.fixture.ts';
import { createWorld, feed, type World } from './gateway-model.fixture.ts';
import { planOf } from './sample-trade.fixture.ts';
import { createCheck } from './invariants.fixture.ts';
import { openReports, workingLeaves } from './venue-model.fixture.ts';

const CASES = 2_500;

const pick = fc.nat({ max: 40 });
const percent = fc.constantFrom(1, 40, 100);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 14, arbitrary: fc.record({ do: fc.constant('deliver' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deliverTwice' as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('lose' as const), pick, neverLeft: fc.boolean() }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('market' as const),
      move: fc.constantFrom('entry', 'entry', 'target', 'urgent', 'trigger'),
      percent,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('endByVenue' as const),
      pick,
      status: fc.constantFrom('cancelled', 'rejected', 'expired'),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ do: 'due' } as const) },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'refuseNext' }, { do: 'close' }, { do: 'sweep' }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      ms: fc.constantFrom(1, 400, 1_500, 6_500, 31_000),
      clock: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('crash' as const), left: fc.nat({ max: 65_535 }) }),
  },
);

const world = fc
  .record({
    direction: fc.constantFrom('long', 'short'),
    entry: fc.constantFrom('limit', 'market'),
    quantity: fc.integer({ min: 1, max: 12 }),
    cancelsExitsWhenFlat: fc.boolean(),
    marketFillPercent: percent,
    reportFirst: fc.boolean(),
  })
  .map(({ direction, entry, quantity, ...options }) => ({
    plan: planOf({ direction, entry, quantity }),
    options,
  }));

function expectVenueAgrees({ trade, venue }: World): void {
  expect(trade.position.quantity, 'ledger and venue agree').toBe(venue.position);
  expect(trade.executionIds.length).toBe(venue.executions.length);
}

function expectAtRest(world: World): void {
  const { trade, venue } = world;
  expectVenueAgrees(world);
  if (trade.endedAt !== null || trade.closing !== null) return;
  const held = venue.position < 0n ? -venue.position : venue.position;
  expect(workingLeaves(venue, 'stop') >= held, 'the position is protected').toBe(true);
}

test('whatever the network does, every step keeps the promises and a whole network ends it', () => {
  fc.assert(
    fc.property(
      world,
      fc.array(operation, { minLength: 5, maxLength: 60, size: 'max' }),
      ({ plan, options }, operations) => {
        const world = createWorld(plan, options, createCheck());
        for (const next of operations) perform(world, next);
        converge(world);
        expectAtRest(world);
        feed(world, { type: 'closeRequested', at: world.now, reason: 'operator' });
        converge(world);
        expectVenueAgrees(world);
        expect(['closed', 'cancelled']).toContain(world.trade.status);
        expect(world.venue.position).toBe(0n);
        expect(openReports(world.venue), 'no order is left at the venue').toEqual([]);
      },
    ),
    { numRuns: CASES },
  );
});
