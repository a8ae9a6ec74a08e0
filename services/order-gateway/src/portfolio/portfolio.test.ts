import { parsePrice, parseScaled, parseSignedQuantity } from '@ballast/domain';
import { flat } from '@ballast/order-core';
import { expect, test } from 'vitest';
import { ACCOUNT, BTC, openCommand, openedTrade, quoteNow } from '../../test/gateway.fixture.ts';
import { portfolioView } from './portfolio.ts';

/** 0.1 bought at 50,000 with the stop at 49,500: 50 at risk. */
function positionAt(last: string, stop?: string) {
  const trade = openedTrade(openCommand());
  const position = {
    ...flat('USDT'),
    quantity: parseSignedQuantity('0.1'),
    cost: parseScaled('5000'),
  };
  const held = { ...trade, position };
  const moved = stop === undefined ? held : { ...held, stopLevel: parsePrice(stop) };
  const view = portfolioView({
    ...{ account: ACCOUNT, asOf: 1, balance: null, balanceAt: 0, dayBase: null, trades: [moved] },
    quotes: new Map([[BTC, { ...quoteNow(BTC), last }]]),
  });
  return { ...view.positions[0], openRisk: view.openRisk };
}

test('R counts in what the plan risked, wherever the stop has gone since', () => {
  expect(positionAt('50500')).toMatchObject({ unrealised: '50', rMultiple: '1.00' });
  expect(positionAt('50500', '49900')).toMatchObject({ openRisk: '10', rMultiple: '1.00' });
  expect(positionAt('50500', '50000')).toMatchObject({ openRisk: '0', rMultiple: '1.00' });
  expect(positionAt('49500', '49900')).toMatchObject({ rMultiple: '-1.00' });
});
