import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReplayFeed, ownRoutes } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { expect, onTestFinished, test } from 'vitest';
import { absent, BTC, linesOf, openWatch } from './recorded.fixture.ts';

/** Plays the first trades of a recording with some of its rows changed. */
async function playDamaged(damage: (row: string, index: number) => string) {
  const folder = mkdtempSync(join(tmpdir(), 'quality-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'trades.csv');
  const [header = '', ...rows] = linesOf('ticks/binance/BTCUSDT_usdm_20240808_trades.csv.gz').slice(
    0,
    500,
  );
  writeFileSync(path, [header, ...rows.map(damage)].join('\n'));
  const { watch, records } = openWatch();
  const feed = openReplayFeed({
    routes: ownRoutes([BTC]),
    recordings: [{ symbol: 'BTCUSDT', path, timeframe: '1m' }],
    speed: 'asFast',
    log: createLogger('replay', 'silent'),
    handlers: {
      onEvents: (events) => watch.onEvents('replay', events),
      onFault: (fault) => watch.onFault('replay', fault),
      onState: () => undefined,
    },
  });
  onTestFinished(() => feed.stop());
  await feed.ended;
  return { records, feed };
}

test.skipIf(absent)(
  'a field that changes its type, and none as recorded (needs ../shared/data)',
  async () => {
    const whole = await playDamaged((row) => row);
    expect(await whole.records()).toEqual([]);
    expect(whole.feed.counts.events).toBe(499);

    const { records, feed } = await playDamaged((row, index) =>
      index >= 200 && index < 205 ? row.replace(/,(buy|sell)$/, ',1') : row,
    );
    const [record, ...others] = await records();
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      rule: 'FEED_FIELD_INVALID',
      instrument: BTC.id,
      source: 'replay',
    });
    const sample = expect.stringContaining('row 201');
    expect(record).toMatchObject({ count: 5, evidence: { fault: 'FEED_FIELD_INVALID', sample } });
    expect(feed.counts.events).toBe(494);
    expect(await records(), 'the same counts again are nothing new').toHaveLength(1);
  },
);

test('names the instrument where it is known, and says nothing of connections', async () => {
  const { watch, records } = openWatch();
  const fault = { code: 'FEED_PRICE_INVALID', sample: 'p -1', instrument: BTC.id } as const;
  watch.onFault('bybit', fault);
  watch.onFault('bybit', { ...fault, sample: 'p 0' });
  watch.onFault('bybit', { code: 'FEED_FRAME_MALFORMED', sample: '{', instrument: null });
  watch.onFault('bybit', { code: 'FEED_PONG_MISSING', sample: 'host', instrument: null });
  const about = { rule: 'FEED_PRICE_INVALID', instrument: BTC.id, source: 'bybit' };
  expect(await records()).toMatchObject([
    { ...about, count: 2, evidence: { sample: 'p -1' } },
    { rule: 'FEED_FRAME_MALFORMED', instrument: '*', count: 1 },
  ]);
});
