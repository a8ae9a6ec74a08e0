import { openDatabase, saveBars } from '@ballast/db';
import type { Bar } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../../tools/stores/test-stores.ts';
import { tellUntold } from '../src/backfill/untold-bars.ts';
import { bar, BYBIT, M0, M1, pipeline } from '../src/hub/pipeline.fixture.ts';

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
