import { createHash } from 'node:crypto';
import { absoluteQuantity, type Price, type Quantity } from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Account, positionOf } from './account.ts';
import { BTC, INSTRUMENT, openAccount, spec, START_CASH } from './market.fixture.ts';
import { amendOrder, applyPrint, cancelOrder, placeOrder } from './matcher.ts';
import type { Execution, OrderSpec, VenueEvent, VenueOrder } from './orders.ts';

const TICK = INSTRUMENT.tickSize;
const price = (ticks: number): Price => (BigInt(ticks) * TICK) as Price;
const quantity = (lots: number): Quantity => (BigInt(lots) * INSTRUMENT.lotSize) as Quantity;

/** Prices move in a small band, so that orders meet often. */
const ticks = fc.integer({ min: 499_950, max: 500_050 });
const size = fc.integer({ min: 0, max: 400 });
const side = fc.constantFrom('buy', 'sell');

const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('print'),
      ticks,
      size,
      depth: fc.integer({ min: 1, max: 100 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('place'),
      side,
      lots: fc.integer({ min: 1, max: 600 }),
      type: fc.constantFrom('limit', 'market'),
      ticks,
      timeInForce: fc.constantFrom('gtc', 'ioc', 'fok', 'postOnly'),
      reduceOnly: fc.boolean(),
      trigger: fc.option(fc.record({ ticks, direction: fc.constantFrom('rise', 'fall') })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel'), index: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('amend'),
      index: fc.nat(20),
      lots: fc.integer({ min: 1, max: 600 }),
      ticks,
    }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

function perform(account: Account, step: Action, number: number): readonly VenueEvent[] {
  switch (step.do) {
    case 'print': {
      const bid = price(step.ticks - 1);
      const shown = {
        price: price(step.ticks),
        bid,
        ask: price(step.ticks),
        taker: 'buy',
      } as const;
      const amounts = { size: quantity(step.size), depth: quantity(step.depth) };
      return applyPrint(account, BTC, { ...shown, ...amounts }, number);
    }
    case 'place': {
      const spec: OrderSpec = {
        linkId: `p-${number}`,
        instrument: BTC,
        side: step.side,
        quantity: quantity(step.lots),
        type: step.type,
        price: step.type === 'limit' ? price(step.ticks) : null,
        timeInForce: step.type === 'limit' ? step.timeInForce : 'ioc',
        reduceOnly: step.reduceOnly,
        trigger: step.trigger && {
          price: price(step.trigger.ticks),
          direction: step.trigger.direction,
        },
      };
      const outcome = placeOrder(account, spec, number);
      return outcome.ok ? outcome.events : [];
    }
    case 'cancel':
    case 'amend': {
      const id = [...account.open.keys()][step.index] ?? 'none';
      const change =
        step.do === 'amend' ? { quantity: quantity(step.lots), price: price(step.ticks) } : null;
      const outcome =
        change === null
          ? cancelOrder(account, id, number)
          : amendOrder(account, id, change, number);
      return outcome.ok ? outcome.events : [];
    }
    default:
      return step satisfies never;
  }
}

function run(steps: readonly Action[]) {
  const account = openAccount('50000', '0.05');
  const orders = new Map<string, VenueOrder>();
  const executions: Execution[] = [];
  const log: string[] = [];
  let flips = 0;
  let before = positionOf(account, BTC).quantity;
  steps.forEach((step, index) => {
    for (const event of perform(account, step, index + 1)) {
      log.push(
        JSON.stringify(event, (_key, value) => (typeof value === 'bigint' ? String(value) : value)),
      );
      if (event.kind === 'order') orders.set(event.order.id, event.order);
      if (event.kind !== 'execution') continue;
      executions.push(event.execution);
      const signed =
        event.execution.side === 'buy' ? event.execution.quantity : -event.execution.quantity;
      const after = before + signed;
      const shrinks = absoluteQuantity(after as Quantity) < absoluteQuantity(before);
      const sameSide = after === 0n || after > 0n === before > 0n;
      if (event.execution.reduceOnly && !(shrinks && sameSide)) flips += 1;
      before = after as Quantity;
    }
  });
  const hash = createHash('sha256').update(log.join('\n')).digest('hex');
  return { account, orders, executions, flips, hash };
}

const steps = fc.array(action, { minLength: 1, maxLength: 80, size: 'max' });

test('orders, fills, position and cash agree after any sequence', () => {
  let traded = 0;
  fc.assert(
    fc.property(steps, (given) => {
      const { account, orders, executions, flips } = run(given);
      traded += executions.length;
      expect(flips, 'a reduce-only fill never opens or flips a position').toBe(0);
      for (const order of orders.values()) {
        const own = executions.filter(({ orderId }) => orderId === order.id);
        const sum = own.reduce((total, fill) => total + fill.quantity, 0n);
        expect(sum, 'fills add up to the filled quantity').toBe(order.filled);
        expect(order.filled).toBeLessThanOrEqual(order.quantity);
        if (order.status === 'filled') expect(order.filled).toBe(order.quantity);
      }
      const position = positionOf(account, BTC);
      const signed = executions.reduce(
        (total, fill) => total + (fill.side === 'buy' ? fill.quantity : -fill.quantity),
        0n,
      );
      expect(position.quantity).toBe(signed);
      const change = (account.cash.get('USDT') ?? 0n) - START_CASH;
      expect(change, 'cash moves by realised profit less fees').toBe(
        position.realisedCum - position.feesCum,
      );
      const ids = new Set(executions.map(({ id }) => id));
      expect(ids.size).toBe(executions.length);
    }),
    { numRuns: 300 },
  );
  expect(traded, 'the sequences do trade').toBeGreaterThan(1_000);
});

/** Ends all orders and closes the position in a deep market. */
function flatten(account: Account): readonly VenueEvent[] {
  const number = 10_000;
  for (const id of account.open.keys()) cancelOrder(account, id, number);
  perform(account, { do: 'print', ticks: 500_000, size: 0, depth: 1_000_000 }, number);
  const held = positionOf(account, BTC).quantity;
  if (held === 0n) return [];
  const outcome = placeOrder(
    account,
    spec({ side: held > 0n ? 'sell' : 'buy', quantity: absoluteQuantity(held), reduceOnly: true }),
    number,
  );
  return outcome.ok ? outcome.events : [];
}

test('a flat account has paid exactly what it bought and got exactly what it sold', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const { account, executions } = run(given);
      for (const event of flatten(account)) {
        if (event.kind === 'execution') executions.push(event.execution);
      }
      const position = positionOf(account, BTC);
      expect([position.quantity, position.cost]).toEqual([0n, 0n]);
      const cash = executions.reduce((total, fill) => {
        const value = (fill.price * fill.quantity) / 10n ** 18n;
        return total + (fill.side === 'buy' ? -value : value) - fill.fee;
      }, START_CASH);
      expect(account.cash.get('USDT')).toBe(cash);
    }),
    { numRuns: 300 },
  );
});

test('the same sequence gives the same events', () => {
  fc.assert(
    fc.property(steps, (given) => {
      expect(run(given).hash).toBe(run(given).hash);
    }),
    { numRuns: 50 },
  );
});
