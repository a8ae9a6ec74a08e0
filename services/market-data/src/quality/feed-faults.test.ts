import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReplayFeed, ownRoutes } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { expect, onTestFinished, test } from 'vitest';
import { createFaultReader } from './feed-faults.ts';
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
  const { watch, records } = openWatch({ feeds: () => [feed] });
  const feed = openReplayFeed({
    routes: ownRoutes([BTC]),
    recordings: [{ symbol: 'BTCUSDT', path, timeframe: '1m' }],
    speed: 'asFast',
    log: createLogger('replay', 'silent'),
    handlers: { onEvents: (events) => watch.onEvents('replay', events), onState: () => undefined },
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
    expect(record).toMatchObject({ rule: 'FEED_FIELD_INVALID', instrument: '*', source: 'replay' });
    expect(record).toMatchObject({ count: 5, evidence: { fault: 'FEED_FIELD_INVALID', total: 5 } });
    expect(feed.counts.events).toBe(494);
    expect(await records(), 'the same counts again are nothing new').toHaveLength(1);
  },
);

test('only what is new counts, for each feed', () => {
  const newsOf = createFaultReader();
  const feed = (faults: Partial<Record<'FEED_SYMBOL_UNKNOWN' | 'FEED_PONG_MISSING', number>>) => {
    return { source: 'bybit' as const, counts: { frames: 0, events: 0, connects: 0, faults } };
  };
  const unknown = (count: number) => [{ code: 'FEED_SYMBOL_UNKNOWN', count }];
  const linear = feed({ FEED_SYMBOL_UNKNOWN: 3 });
  const spot = feed({ FEED_SYMBOL_UNKNOWN: 2 });
  expect([newsOf(linear), newsOf(spot)]).toEqual([unknown(3), unknown(2)]);
  Object.assign(linear.counts.faults, { FEED_SYMBOL_UNKNOWN: 5, FEED_PONG_MISSING: 1 });
  expect([newsOf(linear), newsOf(spot), newsOf(linear)]).toEqual([unknown(2), [], []]);
  expect(newsOf(feed({ FEED_SYMBOL_UNKNOWN: 1 })), 'opened anew').toEqual(unknown(1));
});
