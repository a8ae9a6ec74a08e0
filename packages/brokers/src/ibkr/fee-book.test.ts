import { formatMoney, parseMoney, parsePrice, parseQuantity } from '@ballast/domain';
import { expect, test } from 'vitest';
import { createFeeBook } from './fee-book.ts';
import { AAPL, ENTRY } from './sample-orders.fixture.ts';
import { type Execution, splitExecutionId } from './wire.ts';

const ID = '0000e0d5.6568c5a7.01';

function execution(correction: number): Execution {
  return {
    executionId: ID,
    correction,
    clientOrderId: ENTRY,
    venueOrderId: '900',
    orderId: 11,
    clientId: 7,
    account: 'DU1',
    instrument: AAPL,
    currency: 'USD',
    side: 'buy',
    price: parsePrice('200'),
    quantity: parseQuantity('10'),
    liquidity: 'taker',
    eventTime: 1,
  };
}

type Message = { readonly execution: number } | { readonly fee: number };
const MESSAGES: readonly Message[] = [{ execution: 1 }, { fee: 1 }, { execution: 2 }, { fee: 2 }];

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) =>
    ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

test('in every order of its messages an execution ends as the same fill', () => {
  const ends = ordersOf(MESSAGES).map((messages) => {
    const book = createFeeBook('paper');
    const told = messages.flatMap((message) => {
      if ('execution' in message) return [book.fill(execution(message.execution))];
      const fee = parseMoney(`0.3${message.fee}`, 'USD');
      return book.commission(`${ID}.0${message.fee}`, fee) ?? [];
    });
    // One revision never says two things.
    const fees = new Map<number, string>();
    for (const { revision, fee } of told) {
      expect(fees.get(revision) ?? formatMoney(fee)).toBe(formatMoney(fee));
      fees.set(revision, formatMoney(fee));
    }
    const last = told.toSorted((a, b) => a.revision - b.revision).at(-1);
    return `${last?.executionId} ${last?.revision} ${last && formatMoney(last.fee)}`;
  });
  expect(ends).toHaveLength(24);
  expect(new Set(ends)).toEqual(new Set([`${ID} 5 0.32`]));
});

test('a commission that comes again tells nothing', () => {
  const book = createFeeBook('paper');
  book.fill(execution(1));
  const fee = parseMoney('0.35', 'USD');
  expect(book.commission(`${ID}.01`, fee)?.revision).toBe(2);
  expect(book.commission(`${ID}.01`, fee)).toBeNull();
  expect(book.fill(execution(1)).revision).toBe(2);
  expect(book.commission('of.another.01', fee)).toBeNull();
});

test.for([
  ['0000e0d5.6568c5a7.01.01', ID, 1],
  ['0000e0d5.6568c5a7.01.12', ID, 12],
  ['0000e0d5.6568c5a7.01.00', ID, 1],
  ['plain', 'plain', 1],
  ['a.123456', 'a.123456', 1],
] as const)('%s is correction %s', ([id, executionId, correction]) => {
  expect(splitExecutionId(id)).toEqual({ executionId, correction });
});
