import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { SimulatorConfig } from '../src/config.ts';
import { turn } from '../src/venue.ts';
import { open, restClient, temporaryFolder } from './simulator.fixture.ts';

const MINUTE_MS = 60_000;
const PRINTS = 500;
const TURN_MS = 1_000;
const NOON = 1_700_000_040_000;

/** What a run shows that starts at `startedAt`: its closed bars, and its first prints. */
async function runFrom(startedAt: number, given: Partial<SimulatorConfig>, symbol: string) {
  vi.useFakeTimers({ toFake: ['Date'], now: startedAt });
  const simulator = await open(given);
  try {
    const asked = { category: 'linear', symbol, interval: '1', limit: 1_000 } as const;
    const { result } = await restClient(simulator.urls.rest).getKline(asked);
    const current = startedAt - (startedAt % MINUTE_MS);
    const closed = result.list.filter(([openTime]) => Number(openTime) < current);
    const market = simulator.venue.markets.get(symbol);
    if (market === undefined) throw new Error(`no ${symbol}`);
    // The simulator's own loop has turned already, or has not: what it traded is kept either way.
    for (let now = startedAt; market.recent.length < PRINTS; now += TURN_MS) {
      vi.setSystemTime(now);
      turn(simulator.venue, now);
    }
    const prints = market.recent.map(({ at, sequence, priceTicks, sizeLots, taker }) => {
      return [at - startedAt, sequence, priceTicks, sizeLots, taker];
    });
    return {
      bars: closed.map(([, ...values]) => values),
      ages: closed.map(([openTime]) => (current - Number(openTime)) / MINUTE_MS),
      prints: prints.slice(0, PRINTS),
    };
  } finally {
    await simulator.close();
    vi.useRealTimers();
  }
}

function replayFile(): string {
  const path = join(temporaryFolder(), 'AAA_1m.csv');
  const rows = Array.from({ length: 2_000 }, (_, i) => {
    const open = 100 + ((i * 7) % 23);
    const close = 100 + ((i * 11) % 19);
    const range = [Math.max(open, close) + (i % 3), Math.min(open, close) - (i % 5)];
    return [1_700_000_000_000 + i * MINUTE_MS, open, ...range, close, 50 + (i % 40)].join();
  });
  writeFileSync(path, `ts,open,high,low,close,volume\n${rows.join('\n')}\n`);
  return path;
}

test.each<[string, string, number, () => Partial<SimulatorConfig>]>([
  ['the seeded market', 'BTCUSDT', 240, () => ({ BALLAST_SIMULATOR_SEED: '77' })],
  ['a replay', 'AAA', 3, () => ({ BALLAST_SIMULATOR_REPLAY: replayFile() })],
  [
    'a replay at a speed that minutes do not divide',
    'AAA',
    9,
    () => ({ BALLAST_SIMULATOR_REPLAY: replayFile(), BALLAST_SIMULATOR_SPEED: 61.7 }),
  ],
])('%s: started 17 s apart, runs have the same bars and prints', async (_, symbol, least, make) => {
  const given = make();
  const one = await runFrom(NOON + 5_321, given, symbol);
  const other = await runFrom(NOON + 22_321, given, symbol);
  expect(one.bars.length).toBeGreaterThanOrEqual(least);
  expect(new Set(one.bars.map(String)).size).toBeGreaterThan(2);
  expect(one.ages).toEqual(one.bars.map((_bar, index) => index + 1));
  expect(other).toEqual(one);
});

test('another seed is another run', async () => {
  const one = await runFrom(NOON, { BALLAST_SIMULATOR_SEED: '77' }, 'BTCUSDT');
  const other = await runFrom(NOON, { BALLAST_SIMULATOR_SEED: '78' }, 'BTCUSDT');
  expect(other.bars).not.toEqual(one.bars);
  expect(other.prints).not.toEqual(one.prints);
});
