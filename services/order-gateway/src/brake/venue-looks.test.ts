import { type OrderReport, parseQuantity, parseScaled, parseSignedQuantity } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { flat, type Position, releasedBrake } from '@ballast/order-core';
import { expect, test } from 'vitest';
import { BTC, ETH, newId, openCommand, openedTrade } from '../../test/gateway.fixture.ts';
import type { Book } from '../journal/book.ts';
import { createVenueLooks } from './venue-looks.ts';

const log = createLogger('test', 'silent');
const held = (quantity: string): Position => {
  return { ...flat('USDT'), quantity: parseSignedQuantity(quantity) };
};

function bookWith(positions: [typeof BTC, Position][]): Book {
  const brake = releasedBrake('first start', 'ballast');
  const none = { trades: new Map(), unattributed: new Map(), incidents: new Map() };
  return { ...none, brake, positions: new Map(positions), auditHead: { seq: 0, hash: '' } };
}

function orderOf(clientOrderId: string): OrderReport {
  return {
    ...{ clientOrderId, venueOrderId: 'v', instrument: BTC, status: 'working', side: 'buy' },
    ...{ quantity: parseQuantity('1'), filledQuantityCum: parseQuantity('0'), reason: '' },
    eventTime: 1,
  };
}

function venue() {
  const state = {
    book: bookWith([]),
    positions: ['0'],
    orders: new Array<OrderReport>(),
    away: false,
    lots: new Map([[BTC, parseScaled('0.001')]]),
    refuses: false,
  };
  const cancelled: string[] = [];
  const broker = {
    venue: 'bybit',
    async openOrders() {
      if (state.away) throw new Error('connection refused');
      return state.orders;
    },
    async positions() {
      const [BTCheld = '0', ETHheld = '0'] = state.positions;
      return [
        { instrument: BTC, quantity: parseSignedQuantity(BTCheld) },
        { instrument: ETH, quantity: parseSignedQuantity(ETHheld) },
      ];
    },
    async cancel({ clientOrderId }: { clientOrderId: string }) {
      if (state.refuses) throw new Error('no');
      cancelled.push(clientOrderId);
    },
  };
  const journal = {
    get book() {
      return state.book;
    },
  };
  const lots = async () => {
    if (state.away) throw new Error('no database');
    return state.lots;
  };
  const looks = createVenueLooks([broker], { journal, now: () => 7, log, lots });
  const look = async () => {
    await looks.look();
    return looks.progress()[0];
  };
  return { state, cancelled, look };
}

test('one flat listing proves nothing: it may be an old one', async () => {
  const { state, look } = venue();
  expect(await look()).toMatchObject({ provenFlat: false, answeredAt: 7, fault: '' });
  expect(await look()).toMatchObject({ provenFlat: true });
  state.positions = ['0.1'];
  expect(await look()).toMatchObject({ provenFlat: false, positionsLeft: [BTC] });
  state.positions = ['0'];
  expect(await look()).toMatchObject({ provenFlat: false });
  expect(await look()).toMatchObject({ provenFlat: true });
});

test('what our own books hold is not flat, whatever the venue lists', async () => {
  const { state, look } = venue();
  state.book = bookWith([[BTC, held('-0.2')]]);
  await look();
  expect(await look()).toMatchObject({ provenFlat: false, positionsLeft: [BTC] });
});

test('what is below one lot nobody can close: it is flat', async () => {
  const { state, look } = venue();
  state.book = bookWith([[BTC, held('0.0009')]]);
  state.positions = ['0.0009'];
  await look();
  expect(await look()).toMatchObject({ provenFlat: true, positionsLeft: [] });
  state.book = bookWith([[BTC, held('-0.001')]]);
  expect(await look()).toMatchObject({ provenFlat: false, positionsLeft: [BTC] });
  state.book = bookWith([]);
  state.positions = ['0', '0.0009'];
  await look();
  expect(await look(), 'of an unknown lot').toMatchObject({ provenFlat: false });
});

test('a trade that has not ended while nothing is left is named: nobody else would say it', async () => {
  const { state, look } = venue();
  const trade = openedTrade(openCommand());
  state.book = { ...state.book, trades: new Map([[trade.id, trade]]) };
  const { instrument } = trade.plan;
  expect(await look()).toMatchObject({
    ...{ provenFlat: false, ordersLeft: 0, positionsLeft: [] },
    fault: `nothing is left here, but not ended: ${instrument} ${trade.id}`,
  });
  state.positions = ['0.1'];
  expect(await look()).toMatchObject({ fault: '' });
});

test('a venue that does not answer keeps its last picture, with the reason and its age', async () => {
  const { state, look } = venue();
  state.positions = ['0', '3'];
  await look();
  state.away = true;
  expect(await look()).toMatchObject({
    ...{ positionsLeft: [ETH], foreignPositions: [ETH], answeredAt: 7, provenFlat: false },
    fault: 'no answer: connection refused',
  });
});

test('an orphan in our format is cancelled at each look until it is gone; others never', async () => {
  const { state, cancelled, look } = venue();
  const orphan = `${newId().replaceAll('-', '')}s000`;
  state.orders = [orderOf(orphan), orderOf('by hand')];
  state.refuses = true;
  expect(await look()).toMatchObject({
    ...{ ordersLeft: 1, foreignOrders: 1 },
    fault: `order ${orphan} not cancelled`,
  });
  state.refuses = false;
  await look();
  expect(cancelled).toEqual([orphan]);
  state.orders = [orderOf('by hand')];
  await look();
  expect(await look()).toMatchObject({ ordersLeft: 0, foreignOrders: 1, provenFlat: true });
});
