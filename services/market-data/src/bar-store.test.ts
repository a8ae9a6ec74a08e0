import { type Bar, instrumentId } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { describe, expect, test, vi } from 'vitest';
import { createBarStore } from './bar-store.ts';
import { MINUTE_MS } from './hub/bar-builder.ts';

const log = createLogger('market-data-test', 'silent');
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const M0 = 1_700_000_040_000;

const bar: Bar = {
  instrument: BTC,
  timeframe: '1m',
  openTime: M0,
  open: '1',
  high: '1',
  low: '1',
  close: '1',
  volume: '0',
  tradeCount: 0,
  state: 'closed',
  source: 'bybit',
  builtFrom: 'venue',
  missing: 0,
};

describe('bar store', () => {
  const minute = (index: number): Bar => ({ ...bar, openTime: M0 + index * MINUTE_MS });

  test('keeps what the database could not take, in order, and stores it later', async () => {
    const saved: Bar[] = [];
    let away = true;
    const store = createBarStore(
      (bars) => {
        if (away) return Promise.reject(new Error('database is away'));
        saved.push(...bars);
        return Promise.resolve();
      },
      log,
      1,
    );
    store.add([minute(0), minute(1)]);
    store.add([minute(2)]);
    await vi.waitFor(() => expect(store.counts.failedWrites).toBeGreaterThan(1), 5_000);
    away = false;
    await store.flush();
    expect(saved).toEqual([minute(0), minute(1), minute(2)]);
    expect(store.counts).toMatchObject({ stored: 3, dropped: 0 });
  });

  test('drops the oldest beyond its limit and counts them', async () => {
    const store = createBarStore(() => Promise.reject(new Error('database is away')), log, 1);
    store.add(Array.from({ length: 50_000 }, (_, index) => minute(index)));
    expect(store.counts.dropped).toBe(50_000 - 43_200);
    await store.close();
  });
});

test('drops no correction while other bars wait', async () => {
  const corrected: Bar = { ...bar, state: 'corrected' };
  const saved: Bar[] = [];
  let away = true;
  const store = createBarStore(
    (bars) => {
      if (away) return Promise.reject(new Error('database is away'));
      saved.push(...bars);
      return Promise.resolve();
    },
    log,
    1,
  );
  const minute = (index: number): Bar => ({ ...bar, openTime: M0 + index * MINUTE_MS });
  store.add([corrected]);
  await vi.waitFor(() => expect(store.counts.failedWrites).toBeGreaterThan(0));
  store.add(Array.from({ length: 50_000 }, (_, index) => minute(index)));
  away = false;
  await store.flush();
  expect(saved[0]).toEqual(corrected);
  expect(store.counts.dropped).toBeGreaterThan(0);
});

describe('a bar that no database takes', () => {
  const minute = (index: number): Bar => ({ ...bar, openTime: M0 + index * MINUTE_MS });
  const refusal = (code: string) =>
    new Error('Failed query', { cause: Object.assign(new Error('out of range'), { code }) });

  /** Refuses, as Postgres does, a statement with such a bar as a whole. */
  function database(code: string) {
    const saved: Bar[] = [];
    const save = async (bars: readonly Bar[]): Promise<void> => {
      if (bars.some(({ volume }) => volume === 'huge')) throw refusal(code);
      saved.push(...bars);
    };
    return { saved, save };
  }

  const bars = [minute(0), { ...minute(1), volume: 'huge' }, minute(2)];

  test('is dropped, counted and told, and the others are stored', async () => {
    const { saved, save } = database('22003');
    const store = createBarStore(save, log, 1);
    const error = vi.spyOn(log, 'error').mockImplementation(() => {});
    try {
      store.add(bars);
      await store.flush();
      expect(saved).toEqual([minute(0), minute(2)]);
      expect(store.counts).toEqual({ stored: 2, dropped: 0, refused: 1, failedWrites: 0 });
      expect(error.mock.calls).toMatchObject([[{ code: 'BAR_REFUSED', bar: bars[1] }, {}]]);
    } finally {
      error.mockRestore();
    }
  });

  test('does not keep the service from starting', async () => {
    const { saved, save } = database('22003');
    await createBarStore(save, log, 1).storeNow(bars);
    expect(saved).toEqual([minute(0), minute(2)]);
  });

  test.each(['40001', '57P01', '42501'])('SQLSTATE %s is no fault of a bar', async (code) => {
    const { saved, save } = database(code);
    const store = createBarStore(save, log, 1);
    await expect(store.storeNow(bars)).rejects.toThrow('Failed query');
    expect(saved).toEqual([]);
    expect(store.counts).toEqual({ stored: 0, dropped: 0, refused: 0, failedWrites: 0 });
  });
});
