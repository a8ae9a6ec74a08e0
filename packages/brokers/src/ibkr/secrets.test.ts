import { expect, test } from 'vitest';
import { execDetails, fault, openOrder, orderStatus } from './sample-frames.fixture.ts';
import { approved, REFERENCE } from './sample-orders.fixture.ts';
import { CODE, frame, scriptedTws, watch } from './scripted-tws.fixture.ts';

const SECRET = 'hunter2-canary';

test('the number of the account and the text of a store’s error are in nothing that comes out', async () => {
  const tws = await scriptedTws();
  let storeFails = false;
  const watched = watch(tws.port, {
    timing: { answerMs: 150 },
    orderIds: {
      reserve: async () => {
        if (storeFails) throw new Error(`postgres://ballast:${SECRET}@host`);
        return 11;
      },
    },
  });
  const { broker, news, bad, reports, fills } = watched;
  await expect.poll(() => news).toEqual(['live']);
  const failures: unknown[] = [];
  const failing = async (call: Promise<unknown>): Promise<void> => {
    failures.push(
      await call.then(
        () => 'no failure',
        (error: unknown) => error,
      ),
    );
  };

  for (const code of [100, 103, 110, 201, 399]) {
    tws.answers.set('3', () => [fault(11, code, `Order of ${CODE} refused`)]);
    await failing(broker.submit(approved()));
    await expect.poll(() => news.at(-1)).toBe('live');
  }
  tws.answers.set('4', () => [fault(11, 10_147, `${CODE}: not found`)]);
  await failing(broker.cancel(REFERENCE));
  tws.answers.set('62', (fields) => [
    [63, 1, fields[2] ?? '', CODE, 'NetLiquidation', CODE, 'USD'],
    [63, 1, fields[2] ?? '', CODE, 'AvailableFunds', CODE, 'USD'],
    [64, 1, fields[2] ?? ''],
  ]);
  await failing(broker.balance());
  tws.answers.set('16', () => [openOrder({ action: CODE, orderRef: CODE }), [53, 1]]);
  await failing(broker.findOrder(REFERENCE));
  tws.answers.set('16', () => [[53, 1]]);
  storeFails = true;
  await failing(broker.submit(approved()));
  await failing(broker.cancel(REFERENCE));
  tws.send(...openOrder());
  tws.send(...orderStatus());
  tws.send(...fault(11, 201, `Order rejected for ${CODE}`));
  tws.send(...execDetails({ time: CODE }));
  tws.send(...execDetails({ side: CODE }));
  tws.send(...fault(-1, 1_100, `${CODE} lost`));
  tws.raw(frame([4, 2, 11, 201, CODE, `{"account":"${CODE}`]));
  tws.raw(frame([CODE, CODE]));
  tws.raw(frame([3, CODE]));
  await expect.poll(() => bad.length).toBeGreaterThan(5);
  tws.greeting = [
    [15, 1, `${CODE},DU99999`],
    [9, 1, 1],
  ];
  for (const socket of tws.sockets) socket.destroy();
  await expect.poll(() => news.join()).toContain('ACCOUNT_AMBIGUOUS');

  expect(failures).toHaveLength(10);
  const shownFailures = failures.map((error) =>
    error instanceof Error
      ? `${error.name} ${JSON.stringify(error)} ${error.stack} ${String(error.cause)}`
      : String(error),
  );
  expect(shownFailures.every((text) => text.startsWith('BrokerError'))).toBe(true);
  const everything = JSON.stringify([shownFailures, news, bad, reports, fills], (_key, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  expect(everything).not.toContain(CODE);
  expect(everything).not.toContain(SECRET);
});
