import { createMarketPublisher, openBus } from '@ballast/bus';
import { openDatabase, saveBars } from '@ballast/db';
import { type Bar, instrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test, vi } from 'vitest';
import { createTestDatabase, createTestRedis } from '../../../tools/stores/test-stores.ts';
import { tellUntold } from '../src/backfill/untold-bars.ts';
import { Hub } from '../src/hub/hub.ts';
import { bar, BYBIT, instrument, M0, M1, pipeline } from '../src/hub/pipeline.fixture.ts';
import { TakerVolume } from '../src/microstructure/taker-volume.ts';
import { Tenure } from '../src/tenure/tenure.ts';

const log = createLogger('test', 'silent');
const MINUTE = 60_000;

test('the stored bar before a start is corrected by the venue though Redis tells nothing', async () => {
  const database = await createTestDatabase();
  const db = openDatabase(database.urls['market-data']);
  try {
    const stored: Bar = { ...bar, openTime: M0 - MINUTE, builtFrom: 'trades', volume: '5' };
    await saveBars(db, [{ ...stored, openTime: M0 - 2 * MINUTE }, stored]);
    const { made, bars, feed, pass } = pipeline(BYBIT);
    const tell = (one: Bar): void => made.wasTold([one]);
    const instruments = [bar.instrument];
    await tellUntold({ db, log }, { instruments, since: M0 }, tell);
    expect(made.awaited(), 'too old').toEqual([]);
    await tellUntold({ db, log }, { instruments, since: M0 - 9 * MINUTE }, tell);
    feed('bybit').onEvents([{ kind: 'bar', bar }]);
    pass(M1 + 5_000);
    expect(made.awaited()).toMatchObject([{ openTimes: [M0 - MINUTE] }]);
    made.venueBar({ ...bar, openTime: M0 - MINUTE, volume: '6' });
    expect(bars.at(-1)).toMatchObject({ openTime: M0 - MINUTE, state: 'corrected', volume: '6' });
  } finally {
    await db.close();
    await database.drop();
  }
});

test('who begins tells what is stored of an instrument of which Redis tells nothing', async () => {
  const [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const db = openDatabase(database.urls['market-data']);
  const bus = openBus(redis.urls['market-data'], 'test', log);
  const now = () => M1 + MINUTE;
  const hub = new Hub([], { log, now, taker: new TakerVolume() });
  const eth = { ...instrument, id: instrumentId('bybit', 'linear', 'ETHUSDT') };
  // Asked in this order: when the second is told, the first would have been.
  vi.spyOn(hub, 'instruments', 'get').mockReturnValue([instrument, eth]);
  const told = vi.spyOn(hub.pipeline, 'wasTold');
  const tenure = new Tenure({
    ...{ bus, hub, now, log, fence: 1, lastActiveAt: now(), isHeld: () => true },
    ...{ databaseUrl: database.urls['market-data'], onFenced: () => undefined },
  });
  try {
    const stored: Bar = { ...bar, builtFrom: 'trades' };
    await saveBars(db, [stored, { ...stored, instrument: eth.id }]);
    const publisher = createMarketPublisher(bus, 'bybit', { log, runId: 'before' });
    publisher.publish({ kind: 'bar', bar: { ...stored, openTime: M1 } });
    await publisher.close();
    await tenure.open();
    const names = (): Set<string> => {
      const bars = told.mock.calls.flatMap(([all]) => all);
      return new Set(bars.map((one) => `${one.instrument} ${one.openTime}`));
    };
    await vi.waitFor(() => expect(names()).toContain(`${eth.id} ${M0}`));
    expect(names()).toEqual(new Set([`${instrument.id} ${M1}`, `${eth.id} ${M0}`]));
  } finally {
    await tenure.end();
    await hub.stop();
    await bus.close();
    await Promise.all([db.close(), redis.stop()]);
    await database.drop();
  }
});
