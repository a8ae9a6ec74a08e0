import { parsePrice, type TakeProfit } from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { converge, deliverAll, type Operation, perform } from './fate.fixture.ts';
import { type Check, createWorld, feed, type World } from './gateway-model.fixture.ts';
import { createCheck } from './invariants.fixture.ts';
import type { StepResult } from './open-trade.ts';
import { planOf } from './sample-trade.fixture.ts';
import { marketMove, openReports, workingLeaves } from './venue-model.fixture.ts';

const CASES = 3_000;
const TIMEOUT_MS = 60_000;

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
  {
    weight: 3,
    arbitrary: fc.constantFrom<Operation>(
      { do: 'refuseNext' },
      { do: 'close' },
      { do: 'sweep' },
      { do: 'sweep' },
      { do: 'stopEntry' },
      { do: 'unrecognised' },
      { do: 'moveStop', level: 95 },
      { do: 'moveStop', level: 105 },
      { do: 'moveStop', level: 'breakEven' },
      { do: 'scaleOut', quantity: 1 },
      { do: 'scaleOut', quantity: 3 },
      { do: 'limit', most: 6 },
      { do: 'limit', most: 1_000 },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('price' as const),
      price: fc.constantFrom(85, 95, 100, 104, 111, 116),
    }),
  },
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
    exits: fc.constantFrom('reduceOnly', 'reserved'),
    style: fc.constantFrom('single', 'single', 'scaled', 'trailing'),
    cancelsExitsWhenFlat: fc.boolean(),
    marketFillPercent: percent,
    reportFirst: fc.boolean(),
    filledPercent: fc.constantFrom(null, null, 0, 40, 100),
  })
  .map(({ direction, entry, quantity, filledPercent, style, ...options }) => ({
    filledPercent,
    plan: planOf({ direction, entry, quantity, takeProfit: takeProfitOf(direction, style) }),
    options,
  }));

function takeProfitOf(direction: 'long' | 'short', style: TakeProfit['style']): TakeProfit {
  const at = (long: string, short: string) => parsePrice(direction === 'long' ? long : short);
  switch (style) {
    case 'single':
      return { style, target: at('110', '90') };
    case 'scaled': {
      const targets = [
        { price: at('105', '95'), fraction: 3n * 10n ** 17n },
        { price: at('110', '90'), fraction: 3n * 10n ** 17n },
        { price: at('115', '85'), fraction: 4n * 10n ** 17n },
      ];
      return { style, targets, breakEvenAfterFirst: true };
    }
    case 'trailing':
      return { style, distance: { by: 'amount', amount: parsePrice('5') } };
    default:
      return style satisfies never;
  }
}

/** Skips the undisturbed beginning, so that the faults meet a position. */
function enter(world: World, percent: number): void {
  deliverAll(world);
  if (percent > 0) marketMove(world.venue, 'entry', percent);
  deliverAll(world);
}

function expectVenueAgrees({ trade, venue }: World): void {
  expect(trade.position.quantity, 'ledger and venue agree').toBe(venue.position);
  expect(trade.fills.length).toBe(venue.executions.length);
}

function expectAtRest(world: World): void {
  const { trade, venue } = world;
  expectVenueAgrees(world);
  if (trade.endedAt !== null || trade.closing !== null) return;
  const held = venue.position < 0n ? -venue.position : venue.position;
  expect(workingLeaves(venue, 'stop') >= held, 'the position is protected').toBe(true);
}

/** A search that never gets anywhere would keep every promise: these have to be met on the way. */
const SITUATIONS = [
  ...['unknown', 'cancelling', 'filled', 'cancelled', 'rejected', 'expired'],
  ...['sent again', 'second leg', 'closeStarted', 'protectionLost', 'protectionRestored'],
  ...['closed', 'closing', 'TARGET_REJECTED', 'stop refused', 'stopMoved', 'scaleOutAsked'],
  ...['targetReached', 'targetGivenBack', 'STATE_UNRECOGNISED', 'stateRecognised', 'entryStopped'],
];

function tallied(check: Check, met: Map<string, number>): Check {
  return (world, before, input, result) => {
    check(world, before, input, result);
    for (const name of situations(result)) met.set(name, (met.get(name) ?? 0) + 1);
  };
}

function situations({ events, effects }: StepResult): string[] {
  const met = events.flatMap((event) => {
    if (event.type === 'orderChanged') {
      return event.reason === 'not at the venue' ? ['sent again'] : [event.to];
    }
    if (event.type === 'statusChanged') return [event.to];
    if (event.type === 'incident') return [event.kind];
    const refused = event.type === 'closeStarted' && event.reason.startsWith('STOP_REJECTED');
    return refused ? ['stop refused'] : [event.type];
  });
  const legs = effects.filter(
    (effect) => effect.type === 'submit' && !effect.order.clientOrderId.endsWith('000'),
  );
  return legs.length > 0 ? [...met, 'second leg'] : met;
}

test(
  'whatever the network does, every step keeps the promises and a whole network ends it',
  () => {
    const met = new Map<string, number>();
    fc.assert(
      fc.property(
        world,
        fc.array(operation, { minLength: 5, maxLength: 60, size: 'max' }),
        ({ plan, options, filledPercent }, operations) => {
          const world = createWorld(plan, options, tallied(createCheck(), met));
          if (filledPercent !== null) enter(world, filledPercent);
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
    for (const situation of SITUATIONS)
      expect(met.get(situation) ?? 0, situation).toBeGreaterThan(9);
  },
  TIMEOUT_MS,
);
