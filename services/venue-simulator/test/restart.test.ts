import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { control, open, restClient, spawn, temporaryFolder } from './simulator.fixture.ts';

const market = {
  category: 'linear',
  symbol: 'ETHUSDT',
  side: 'Buy',
  orderType: 'Market',
  qty: '1',
} as const;

test('killed and started again, the venue knows orders, executions, positions, cash', async () => {
  const folder = temporaryFolder();
  const first = await spawn({ BALLAST_SIMULATOR_DATA_DIR: folder });
  const before = restClient(first.urls.rest);
  await before.submitOrder({ ...market, orderLinkId: 'entry' });
  await before.submitOrder({
    ...market,
    side: 'Sell',
    reduceOnly: true,
    triggerPrice: '1000',
    triggerDirection: 2,
    orderLinkId: 'stop',
  });
  const scope = { category: 'linear', settleCoin: 'USDT' } as const;
  const executions = (await before.getExecutionList({ category: 'linear' })).result.list;
  const cash = (await before.getWalletBalance({ accountType: 'UNIFIED' })).result.list[0]?.coin[0];
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');

  const second = await spawn({ BALLAST_SIMULATOR_DATA_DIR: folder });
  const after = restClient(second.urls.rest);
  const open = (await after.getActiveOrders(scope)).result.list;
  expect(open).toMatchObject([{ orderLinkId: 'stop', orderStatus: 'Untriggered' }]);
  const found = await after.getActiveOrders({ category: 'linear', orderLinkId: 'entry' });
  expect(found.result.list).toMatchObject([{ orderStatus: 'Filled' }]);
  expect((await after.getExecutionList({ category: 'linear' })).result.list).toEqual(executions);
  expect((await after.getPositionInfo(scope)).result.list).toMatchObject([
    { symbol: 'ETHUSDT', size: '1' },
  ]);
  const wallet = (await after.getWalletBalance({ accountType: 'UNIFIED' })).result.list[0]?.coin[0];
  expect(wallet?.walletBalance).toBe(cash?.walletBalance);
  expect((await after.submitOrder({ ...market, orderLinkId: 'entry' })).retCode).toBe(110_072);
  await after.submitOrder({ ...market, orderLinkId: 'more' });
  const all = (await after.getExecutionList({ category: 'linear' })).result.list;
  expect(new Set(all.map(({ execId }) => execId)).size).toBe(2);
  expect(all[0]?.seq).toBeGreaterThan(all[1]?.seq ?? 0);
});

test('prices go on near where they were', async () => {
  const folder = temporaryFolder();
  const first = await open({ BALLAST_SIMULATOR_DATA_DIR: folder });
  const moved = first.venue.markets.get('BTCUSDT');
  await control(first.urls.rest, { action: 'freezePrices' });
  await control(first.urls.rest, { symbol: 'BTCUSDT', price: '90000' }, '/control/price');
  expect(moved?.lastTick.priceTicks).toBe(900_000);
  await first.close();
  const second = await open({ BALLAST_SIMULATOR_DATA_DIR: folder });
  const resumed = second.venue.markets.get('BTCUSDT')?.lastTick.priceTicks ?? 0;
  expect(Math.abs(resumed / 900_000 - 1)).toBeLessThan(0.001);
});

test('a torn last line is dropped; a broken line before it stops the start', async () => {
  const folder = temporaryFolder();
  const first = await open({ BALLAST_SIMULATOR_DATA_DIR: folder });
  await restClient(first.urls.rest).submitOrder({ ...market, orderLinkId: 'kept' });
  await first.close();
  const path = join(folder, 'account.jsonl');
  appendFileSync(path, '{"sequence":9,"events":[{"kind":"ord');
  const second = await open({ BALLAST_SIMULATOR_DATA_DIR: folder });
  expect(second.venue.account.linkIds.has('kept')).toBe(true);
  await second.close();
  writeFileSync(path, `{"broken\n${readFileSync(path, 'utf8')}`);
  await expect(open({ BALLAST_SIMULATOR_DATA_DIR: folder })).rejects.toThrow(
    /JOURNAL_CORRUPT.*line 1/,
  );
});
