import { expect, test } from 'vitest';
import { fault, openOrder, orderStatus } from './sample-frames.fixture.ts';
import { anotherId, approved, REFERENCE } from './sample-orders.fixture.ts';
import { live, type ScriptedTws } from './scripted-tws.fixture.ts';

const PLACE = '3';

/** A number at or above the venue's own, or 103 and the next question: no order. */
function answerLikeTheVenue(tws: ScriptedTws, from: number): void {
  let next = from;
  tws.answers.set(PLACE, (fields) => {
    const orderId = Number(fields[1]);
    if (orderId < next) return [fault(orderId, 103, 'Duplicate order id')];
    next = orderId + 1;
    const orderRef = fields[26] ?? '';
    return [openOrder({ orderId, permId: 900 + orderId, orderRef })];
  });
}

const placed = (tws: ScriptedTws) => tws.requests.filter(([id]) => id === PLACE);

test('two orders that one disconnect has lost are sent again, whichever first', async () => {
  const { tws, watched } = await live();
  const [first, second] = [anotherId(0), anotherId(1)];
  const lost = [first, second].map((clientOrderId) =>
    watched.broker.submit(approved({ clientOrderId })),
  );
  await expect.poll(() => placed(tws).map(([, id]) => id)).toEqual(['11', '12']);
  for (const socket of tws.sockets) socket.destroy();
  await Promise.allSettled(lost);
  await expect.poll(() => watched.news.at(-1)).toBe('live');
  answerLikeTheVenue(tws, 11);
  expect(await watched.broker.submit(approved({ clientOrderId: second }))).toEqual({
    venueOrderId: '912',
  });
  expect(await watched.broker.submit(approved({ clientOrderId: first }))).toEqual({
    venueOrderId: '913',
  });
  tws.answers.set('4', () => [orderStatus({ orderId: 13, permId: 913, status: 'PendingCancel' })]);
  await watched.broker.cancel({ ...REFERENCE, clientOrderId: first });
  expect(tws.requests.at(-1)?.slice(0, 2)).toEqual(['4', '13']);
});

test('a number turned away for its rate is passed over like one that never left', async () => {
  const { tws, watched } = await live();
  const [first, second] = [anotherId(0), anotherId(1)];
  const turnedAway = watched.broker.submit(approved({ clientOrderId: first }));
  await expect.poll(() => placed(tws)).toHaveLength(1);
  tws.send(...fault(11, 100, 'Max rate of messages'));
  await expect(turnedAway).rejects.toMatchObject({ kind: 'notSent' });
  answerLikeTheVenue(tws, 11);
  await watched.broker.submit(approved({ clientOrderId: second }));
  expect(await watched.broker.submit(approved({ clientOrderId: first }))).toEqual({
    venueOrderId: '913',
  });
});

test('a count that has fallen back says nothing of what has arrived', async () => {
  const { tws, watched } = await live();
  const [first, second] = [anotherId(0), anotherId(1)];
  const lost = [first, second].map((clientOrderId) =>
    watched.broker.submit(approved({ clientOrderId })),
  );
  await expect.poll(() => placed(tws)).toHaveLength(2);
  tws.send(...openOrder({ orderId: 12, permId: 912, orderRef: second }));
  await lost[1];
  for (const socket of tws.sockets) socket.destroy();
  await Promise.allSettled(lost);
  await expect.poll(() => watched.news.at(-1)).toBe('live');
  answerLikeTheVenue(tws, 13);
  await watched.broker.submit(approved({ clientOrderId: anotherId(2) }));
  const again = watched.broker.submit(approved({ clientOrderId: first }));
  await expect(again).rejects.toMatchObject({ kind: 'rejected', code: 'IBKR_103' });
});
