import { parsePrice, parseScaled } from '@ballast/domain';
import { expect, test } from 'vitest';
import { liveQuantity } from './exits.ts';
import { accepted, entry, fill, report, run } from './input-samples.fixture.ts';
import type { TradeEffect, TradeInput } from './messages.ts';
import type { StepResult } from './open-trade.ts';
import { isLive } from './order.ts';
import { opened, planOf, START, units } from './sample-trade.fixture.ts';
import { openQuantity, ordersOf, type Trade } from './trade.ts';

/** https://bybit-exchange.github.io/docs/v5/order/create-order, conditional orders of a symbol. */
const VENUE_MAX = 10;
/** Of two pieces the stop may be under way still. */
const LATE = units(2);

const stops = (trade: Trade) => ordersOf(trade, 'stop').filter(isLive);
const working = (trade: Trade) =>
  liveQuantity(stops(trade).filter(({ phase }) => phase.status !== 'submitting'));

function answer(effect: Exclude<TradeEffect, { type: 'query' }>): TradeInput {
  return effect.type === 'submit'
    ? accepted(effect.order.clientOrderId)
    : report(effect.clientOrderId, 'cancelled');
}

/** The venue takes each order and carries out each cancel, one after the other. */
function settled(start: StepResult, each: (trade: Trade) => void): StepResult {
  const queue = [...start.effects];
  let result = start;
  for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) {
    if (effect.type === 'query') continue;
    result = run(result, answer(effect));
    each(result.trade);
    queue.push(...result.effects);
  }
  return result;
}

test.each(['reduceOnly', 'reserved'] as const)(
  'an entry that fills in many pieces has few stops, which cover it (%s)',
  (exits) => {
    let most = 0;
    let result = run(opened(planOf({ quantity: 40 }), undefined, exits), accepted(entry));
    for (let piece = 1; piece <= 40; piece += 1) {
      const before = working(result.trade);
      result = run(result, fill(entry, 'buy', 1));
      result = settled(result, (trade) => {
        most = Math.max(most, stops(trade).length);
        expect(working(trade), 'the larger ones stay').toBeGreaterThanOrEqual((before * 5n) / 6n);
      });
      expect(working(result.trade)).toBe(openQuantity(result.trade));
    }
    expect(most).toBe(6);
    expect(result.trade).toMatchObject({ closing: null, incident: null });
  },
);

test('pieces that arrive while a stop is under way are few stops too, in each of three parts', () => {
  const targets = ['110', '120', '130'].map((price) => {
    return { price: parsePrice(price), fraction: parseScaled('0.33') };
  });
  const takeProfit = { style: 'scaled', targets, breakEvenAfterFirst: false } as const;
  let result = run(opened(planOf({ quantity: 60, takeProfit })), accepted(entry));
  let most = 0;
  for (let piece = 1; piece <= 30; piece += 1) {
    const first = run(result, fill(entry, 'buy', 1));
    const second = run(first, fill(entry, 'buy', 1));
    const effects = [...first.effects, ...second.effects];
    result = settled({ ...second, effects }, (trade) => {
      most = Math.max(most, stops(trade).length);
    });
    expect(working(result.trade)).toBe(openQuantity(result.trade));
  }
  // Three more replace them at a new level before they go.
  expect(most + 3).toBeLessThanOrEqual(VENUE_MAX);
});

const moved = (price: number): TradeInput => {
  const level = parsePrice(String(price));
  return { type: 'stopMoveRequested', at: START, level, reason: 'operator' };
};
const bought = (piece: number): TradeInput => fill(entry, 'buy', piece);

test.each([
  ['a level that moves on', (round: number) => [moved(91 + round)]],
  ['pieces that follow a move', (round: number) => [...(round > 0 ? [] : [moved(91)]), bought(1)]],
])('%s before each answer leaves few stops', (_, inputs) => {
  let result = run(opened(planOf({ quantity: 40 })), accepted(entry));
  for (let piece = 1; piece <= 6; piece += 1) {
    result = settled(run(result, bought(1)), () => undefined);
  }
  let underWay: StepResult['effects'] = [];
  const send = (input: TradeInput) => {
    result = run(result, input);
    underWay = [...underWay, ...result.effects];
    expect(stops(result.trade).length).toBeLessThanOrEqual(VENUE_MAX);
    expect(working(result.trade)).toBeGreaterThanOrEqual(openQuantity(result.trade) - LATE);
  };
  for (let round = 0; round < 8; round += 1) {
    const answered = underWay;
    underWay = [];
    for (const input of inputs(round)) send(input);
    for (const effect of answered) if (effect.type !== 'query') send(answer(effect));
  }
  result = settled({ ...result, effects: underWay }, () => undefined);
  expect(working(result.trade)).toBe(openQuantity(result.trade));
  expect(result.trade).toMatchObject({ closing: null, incident: null });
});
