import { formatPrice } from '@ballast/domain';
import { expect, test } from 'vitest';
import { execDetails, openOrder, orderStatus } from './sample-frames.fixture.ts';
import { anotherId, ENTRY, REFERENCE } from './sample-orders.fixture.ts';
import { live } from './scripted-tws.fixture.ts';

test('orders that the venue has given no id of its own yet are each in the listing', async () => {
  const { tws, watched } = await live();
  const first = { orderId: 11, permId: 0, status: 'PendingSubmit' };
  const second = { ...first, orderId: 12, orderRef: anotherId(0) };
  const shown = [first, second].flatMap((one) => [openOrder(one), orderStatus(one)]);
  tws.answers.set('16', () => [...shown, [53, 1]]);
  const listed = await watched.broker.openOrders();
  expect(listed.map(({ clientOrderId }) => clientOrderId)).toEqual([ENTRY, anotherId(0)]);
  expect(await watched.broker.findOrder(REFERENCE)).toMatchObject({ status: 'working' });
  // One gets its id while the listing is under way: of that its status alone may tell.
  const later = { ...second, permId: 901 };
  const taken = orderStatus({ ...later, status: 'Submitted' });
  tws.answers.set('16', () => [...shown, taken, [53, 1]]);
  expect(await watched.broker.openOrders()).toMatchObject([
    { clientOrderId: ENTRY },
    { clientOrderId: anotherId(0), venueOrderId: '901', status: 'working' },
  ]);
  // Shown anew with it, it is listed once. Orders by hand have no number, and hide none.
  const byHand = { ...first, orderId: 0, clientId: 0, orderRef: '' };
  const named = { ...byHand, permId: 902 };
  const renamed = [byHand, later, named].flatMap((one) => [openOrder(one), orderStatus(one)]);
  tws.answers.set('16', () => [...shown, ...renamed, [53, 1]]);
  const ids = (await watched.broker.openOrders()).map(({ venueOrderId }) => venueOrderId);
  expect(ids).toEqual(['0', '0', '901', '902']);
  // And it ends.
  const ended = orderStatus({ ...later, status: 'Cancelled' });
  tws.answers.set('16', () => [...shown, openOrder(later), ended, [53, 1]]);
  expect(await watched.broker.openOrders()).toMatchObject([{ clientOrderId: ENTRY }]);
});

test('a correction that no stream told is in the listing, however old what it corrects', async () => {
  const { tws, watched } = await live();
  const corrected = { execId: '0000e0d5.6568c5a7.01.02', price: 199 };
  const foreign = { execId: '0000e0d5.00000000.01.02', orderRef: '' };
  tws.answers.set('7', ([, , id = '']) => {
    const requestId = Number(id);
    const rows = [{}, corrected, foreign].map((one) => execDetails({ requestId, ...one }));
    return [...rows, [55, 1, id]];
  });
  const later = Date.UTC(2026, 10, 20, 14, 30);
  expect(await watched.broker.executionsSince(later)).toEqual([]);
  tws.send(...execDetails());
  await expect.poll(() => watched.fills).toHaveLength(1);
  const told = async () => {
    const fills = await watched.broker.executionsSince(later);
    return fills.map(({ revision, price }) => `${revision} ${formatPrice(price)}`);
  };
  expect(await told()).toEqual(['3 199']);
  expect(await told()).toEqual(['3 199']);
});
