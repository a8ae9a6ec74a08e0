import { expect, test } from 'vitest';
import { parseInstrumentId } from './instrument.ts';
import { isTradedIn } from './traded-market.ts';

const MARKETS = [
  { market: 'one.stock', endings: null },
  { market: 'one.crypto', endings: ['USD', 'USDT'] },
];

test.each([
  ['one.stock:AAPL', true],
  ['one.stock:BRK.B', true],
  ['one.crypto:BTCUSD', true],
  ['one.crypto:BTCUSDT', true],
  ['one.crypto:BTCEUR', false],
  ['one.crypto:USD', false],
  ['one.stocks:AAPL', false],
  ['one.option:AAPL', false],
  ['two.stock:AAPL', false],
])('%s: %s', (id, traded) => {
  expect(isTradedIn(MARKETS, parseInstrumentId(id))).toBe(traded);
});
