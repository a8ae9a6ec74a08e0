import type { Broker } from '@ballast/brokers';
import { type RiskApproved, parseQuantity } from '@ballast/domain';
import { flat, openUnattributed, step, type Trade, type TradeInput } from '@ballast/order-core';
import { expect, test, vi } from 'vitest';
import {
  ACCOUNT,
  BTC,
  fillOf,
  openCommand,
  openedTrade,
  REDUCE_ONLY,
} from '../../test/gateway.fixture.ts';
import { heldBroker } from './held-broker.ts';

const at = Date.now();

type Told = TradeInput | ((closes: readonly RiskApproved[]) => TradeInput);

/** A venue that takes everything and fills nothing; gives the closes that were asked for. */
function tradeAfter(...inputs: Told[]): { trade: Trade; closes: RiskApproved[] } {
  const closes: RiskApproved[] = [];
  const take = (trade: Trade, input: TradeInput): Trade => {
    const result = step(trade, input);
    return result.effects.reduce((next, effect) => {
      if (effect.type === 'query') return next;
      if (effect.type === 'submit') {
        const { clientOrderId, role } = effect.order;
        if (role === 'close') closes.push(effect.order);
        const venueOrderId = `v-${clientOrderId}`;
        return take(next, { type: 'submitAccepted', at, clientOrderId, venueOrderId });
      }
      const { clientOrderId, venueOrderId, instrument } = effect;
      const order = next.orders[clientOrderId]?.request;
      if (order === undefined) throw new Error('no order');
      const state = { status: 'cancelled', reason: '', eventTime: at } as const;
      const size = { side: order.side, quantity: order.quantity };
      const cum = { filledQuantityCum: parseQuantity('0') };
      const report = { clientOrderId, venueOrderId, instrument, ...state, ...size, ...cum };
      return take(next, { type: 'report', at, report });
    }, result.trade);
  };
  const opened = openedTrade(openCommand());
  const reserved: Trade = { ...opened, capabilities: { ...REDUCE_ONLY, exits: 'reserved' } };
  const entry = Object.keys(opened.orders)[0] ?? '';
  const entered: TradeInput = { type: 'fill', at, fill: fillOf(entry, '0.1') };
  const trade = inputs.reduce<Trade>(
    (next, told) => take(next, typeof told === 'function' ? told(closes) : told),
    take(reserved, entered),
  );
  return { trade, closes };
}

function brokerWith(trade: Trade, held: string) {
  const never = () => Promise.reject(new Error('was not to be asked'));
  const submit = vi.fn(async () => ({ venueOrderId: 'v' }));
  const broker: Broker = {
    ...{ venue: 'ibkr', account: ACCOUNT, capabilities: REDUCE_ONLY },
    ...{ submit, cancel: never, findOrder: never, executionsOf: never, openOrders: never },
    ...{ executionsSince: never, positions: never, balance: never },
    openStream: () => ({ close: () => undefined }),
  };
  const terms = { multiplier: 10n ** 18n, baseCurrency: 'BTC', quoteCurrency: 'USDT' };
  const record = openUnattributed({
    ...{ id: openedTrade(openCommand()).id, account: ACCOUNT, instrument: BTC, terms, at },
  });
  const position = { ...flat('USDT'), quantity: parseQuantity(held) };
  const book = {
    trades: new Map([[trade.id, trade]]),
    unattributed: new Map([[record.id, record]]),
    positions: new Map([[BTC, position]]),
  };
  return { broker: heldBroker(broker, () => book), submit };
}

const scaleOut: TradeInput = {
  ...{ type: 'scaleOutRequested', at, quantity: parseQuantity('0.03'), reason: 'operator' },
};
const close: TradeInput = { type: 'closeRequested', at, reason: 'operator' };

test('a close leaves what an earlier one that waits at the venue will take', async () => {
  const { trade, closes } = tradeAfter(scaleOut, close);
  const [first, second] = closes;
  if (first === undefined || second === undefined) throw new Error('two closes');
  expect([first.quantity, second.quantity]).toEqual(['0.03', '0.07'].map(parseQuantity));
  const { broker, submit } = brokerWith(trade, '0.07');
  await expect(broker.submit(second)).rejects.toMatchObject({ code: 'CLOSE_ABOVE_POSITION' });
  expect(submit).not.toHaveBeenCalled();
  const whole = brokerWith(trade, '0.1');
  await whole.broker.submit(second);
  expect(whole.submit, 'a hand that has sold nothing of it is in nobody’s way').toHaveBeenCalled();
});

test('a close leaves what an earlier one has taken that is not booked yet', async () => {
  const { trade, closes } = tradeAfter(
    scaleOut,
    ([order]) => {
      if (order === undefined) throw new Error('a close');
      const { clientOrderId, instrument, side, quantity } = order;
      const state = { status: 'filled', reason: '', eventTime: at } as const;
      const size = { side, quantity, filledQuantityCum: quantity };
      const ids = { clientOrderId, venueOrderId: `v-${clientOrderId}`, instrument };
      return { type: 'report', at, report: { ...ids, ...state, ...size } };
    },
    close,
  );
  const second = closes[1];
  if (second === undefined) throw new Error('two closes');
  expect(second.quantity).toBe(parseQuantity('0.07'));
  const sold = brokerWith(trade, '0.07');
  await expect(sold.broker.submit(second)).rejects.toMatchObject({ code: 'CLOSE_ABOVE_POSITION' });
  const whole = brokerWith(trade, '0.1');
  await whole.broker.submit(second);
  expect(whole.submit).toHaveBeenCalledTimes(1);
});

test('a close alone may take all that is left', async () => {
  const { trade, closes } = tradeAfter(close);
  const [only] = closes;
  if (only === undefined) throw new Error('a close');
  const left = brokerWith(trade, '0.1');
  await left.broker.submit(only);
  expect(left.submit).toHaveBeenCalledTimes(1);
  await expect(brokerWith(trade, '0.099').broker.submit(only)).rejects.toMatchObject({
    ...{ kind: 'rejected', code: 'CLOSE_ABOVE_POSITION' },
  });
});
