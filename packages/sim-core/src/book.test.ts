import { parsePrice, parseQuantity, parseScaled, type Quantity } from '@ballast/domain';
import { expect, test } from 'vitest';
import { type Book, levelsAgainst } from './book.ts';

const TICK = parseScaled('0.1');

function bookAt(bid: string, ask: string, depth: string, ladder?: string): Book {
  const print = {
    price: parsePrice(bid),
    size: 0n as Quantity,
    taker: 'buy',
    bid: parsePrice(bid),
    ask: parsePrice(ask),
    depth: parseQuantity(depth),
    ...(ladder === undefined ? {} : { ladder: parseQuantity(ladder) }),
  } as const;
  return { print, tickSize: TICK, lotSize: parseScaled('0.001'), taken: { buy: 0n, sell: 0n } };
}

test('with a ladder a level keeps its size while the market moves past it', () => {
  const before = levelsAgainst(bookAt('100', '100.1', '3', '2'), 'buy');
  const after = levelsAgainst(bookAt('100.5', '100.6', '7', '2'), 'buy');
  expect(before[0]?.quantity).toBe(parseQuantity('3'));
  expect(after[0]?.quantity).toBe(parseQuantity('7'));
  const sizes = new Map(before.map(({ price, quantity }) => [price, quantity]));
  const shared = after.slice(1).filter(({ price }) => sizes.has(price));
  expect(shared).toHaveLength(44);
  for (const { price, quantity } of shared) expect(sizes.get(price)).toBe(quantity);
  const many = new Set(before.slice(1).map(({ quantity }) => quantity));
  expect(many.size).toBeGreaterThan(25);
  for (const quantity of many) {
    expect(quantity).toBeGreaterThanOrEqual(parseQuantity('1'));
    expect(quantity).toBeLessThanOrEqual(parseQuantity('3'));
    expect(quantity % parseScaled('0.001')).toBe(0n);
  }
});

test('no level is empty, however small its share', () => {
  for (const { quantity } of levelsAgainst(bookAt('100', '100.1', '0.001', '0.001'), 'sell')) {
    expect(quantity).toBe(parseQuantity('0.001'));
  }
});

test('without a ladder each level is half a best level larger', () => {
  const sizes = levelsAgainst(bookAt('100', '100.1', '2'), 'buy', 4).map(
    ({ quantity }) => quantity,
  );
  expect(sizes).toEqual(['2', '3', '4', '5'].map(parseQuantity));
});
