import { instrumentId, type PublicTrade } from '@ballast/domain';
import { expect, test } from 'vitest';
import { createTradeFilter } from './trade-filter.ts';

const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const AT = 1_700_000_040_000;
const WINDOW_MS = 72_000;

function filter(windowMs = WINDOW_MS) {
  const { judge } = createTradeFilter(windowMs);
  return (id: string, afterMs: number) => {
    const at = AT + afterMs;
    const trade: PublicTrade = {
      ...{ instrument: BTC, source: 'bybit', venueTradeId: id, price: '1', quantity: '1' },
      ...{ takerSide: 'buy', eventTime: at, receivedTime: at },
    };
    return judge(trade);
  };
}

test('an id is known for as long as it may come again, and forgotten soon after', () => {
  const judge = filter();
  judge('a', 0);
  for (let ms = 1_000; ms < WINDOW_MS; ms += 1_000) judge(`early ${ms}`, ms);
  expect(judge('a', WINDOW_MS)).toBe('repeated');
  for (let ms = WINDOW_MS; ms <= 3 * WINDOW_MS; ms += 1_000) judge(`later ${ms}`, ms);
  expect(judge('a', 3 * WINDOW_MS)).toBe('new');
});

test('what was heard last before a silence is known after it, however long it was', () => {
  const judge = filter();
  for (let ms = -WINDOW_MS; ms < WINDOW_MS; ms += 1_000) judge(`before ${ms}`, ms);
  const back = 8 * 3_600_000;
  expect(judge('first', back)).toBe('new');
  for (let ms = 0; ms < WINDOW_MS; ms += 1_000) {
    expect(judge(`before ${ms}`, back + 10)).toBe('repeated');
  }
});

test('in a rush the last thousands are known, and no more than that', () => {
  const judge = filter();
  for (let index = 0; index < 20_000; index += 1) judge(String(index), 0);
  expect([judge('15000', 1), judge('19999', 1), judge('0', 1)]).toEqual([
    'repeated',
    'repeated',
    'new',
  ]);
});
