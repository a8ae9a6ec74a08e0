import { type StoredSweepRow, sweepRows } from '@ballast/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BEGIN, HOUR, kill, openStored, type Stored, storeWalk } from './stored.fixture.ts';

const ROWS = 1_500;
let stored: Stored;
let service: Awaited<ReturnType<Stored['startService']>>;
const asked = {
  ...{ strategy: 'sma-cross', instruments: ['bybit.linear:AUSDT'], timeframe: '1h' },
  ...{ from: BEGIN, to: BEGIN + ROWS * HOUR, wait: true },
  vary: ['fastPeriod=4..20/4', 'slowPeriod=20,40,60'],
};

beforeAll(async () => {
  stored = await openStored();
  await storeWalk(stored.marketData, 'AUSDT', ROWS);
  service = await stored.startService(0);
});
afterAll(() => stored.close());

async function tableOf(id: string): Promise<Omit<StoredSweepRow, 'sweepId'>[]> {
  const rows: Omit<StoredSweepRow, 'sweepId'>[] = [];
  for await (const { sweepId: _sweepId, ...row } of sweepRows(stored.db, id)) rows.push(row);
  return rows;
}

test('the same table of one worker, and of more that die, with the service too', async () => {
  const one = stored.startWorker();
  const first = await stored.say('startSweep', asked);
  const row = await stored.ended(first);
  expect(row).toMatchObject({
    ...{ kind: 'sweep', state: 'done', done: 15, total: 15, error: null },
    result: {
      ...{ combinations: 15, tried: 14, trials: { ofThisSweep: 14, ofOthers: 0 } },
      refused: [{ code: 'PARAMETERS_INVALID', parameters: { fastPeriod: 20, slowPeriod: 20 } }],
      ...{ best: { parameters: expect.any(Object) }, judgement: { ok: expect.any(Boolean) } },
    },
  });
  const table = await tableOf(first);
  expect(table.map(({ combination }) => combination)).toEqual([...Array(15).keys()]);
  expect(table[0]).toMatchObject({ parameters: { fastPeriod: 4, slowPeriod: 20 } });
  await kill(one);

  const second = await stored.say('startSweep', asked);
  const workers = [stored.startWorker(), stored.startWorker()];
  await stored.until(second, ({ done }) => done > 2);
  await Promise.all([...workers.map((worker) => kill(worker)), kill(service)]);
  const left = (await tableOf(second)).length;
  expect(left).toBeLessThan(15);
  service = await stored.startService(2);
  const again = await stored.ended(second);
  expect(await tableOf(second)).toEqual(table);
  expect(again).toMatchObject({ state: 'done', done: 15, dataHash: row.dataHash });
  expect(again.result, 'the same combinations are no more trials').toEqual(row.result);
});

test('the deflated Sharpe ratio counts what other sweeps have tried', async () => {
  const { result } = await stored.ended(
    await stored.say('startSweep', {
      ...asked,
      vary: ['fastPeriod=4,5'],
      parameters: { slowPeriod: 40 },
    }),
  );
  // Of fast 4 and slow 40 there is a trial already: it is this one.
  expect(result).toMatchObject({ tried: 2, trials: { ofThisSweep: 2, ofOthers: 13 } });
});

test('bars that change under a sweep end it, and one without bars never begins', async () => {
  const none = { ...asked, timeframe: '15m' };
  const empty = await stored.ended(await stored.say('startSweep', none));
  expect(empty).toMatchObject({ state: 'failed', error: { code: 'BARS_NOT_STORED' } });
  const words = await stored.ended(await stored.say('startSweep', { ...asked, vary: ['a=3..1'] }));
  expect(words).toMatchObject({ state: 'failed', error: { code: 'USAGE' } });
  await kill(service);
  service = await stored.startService(0);
  const id = await stored.say('startSweep', { ...asked, vary: ['fastPeriod=4..18'] });
  const worker = stored.startWorker();
  await stored.until(id, ({ done }) => done > 0);
  await kill(worker);
  const set = 'UPDATE bars SET volume = volume + 1 WHERE open_time = $1';
  await stored.marketData.pool.query(set, [BEGIN]);
  stored.startWorker();
  expect(await stored.ended(id)).toMatchObject({
    ...{ state: 'failed', error: { code: 'DATA_CHANGED' } },
  });
});
