import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ownRoutes } from '../connection/routes.ts';
import type { FaultCounts } from '../faults.ts';
import { FrameReader } from './public-frames.ts';
import { linear } from './scripted-venue.fixture.ts';

const OLD = join(
  import.meta.dirname,
  '../../../../../shared/data/frames/bybit-v2/BYBIT_linear_20210417.frames.gz',
);

describe.skipIf(!existsSync(OLD))('recorded frames of version 2 (need ../shared/data)', () => {
  const symbols = ['BCHUSDT', 'XTZUSDT', 'UNIUSDT', 'LTCUSDT', 'DOTUSDT', 'LINKUSDT', 'ETHUSDT'];
  // The body of a suite that is skipped is run all the same.
  const text = existsSync(OLD) ? gunzipSync(readFileSync(OLD)).toString() : '';
  const lines = text.split('\n');
  const frames = lines.flatMap((line) => /^[\d.]+: (\{.*\})$/.exec(line)?.[1] ?? []);

  function reader() {
    const faults: FaultCounts = {};
    const read = new FrameReader({
      wanted: { category: 'linear', bookDepth: 50 },
      fault: (code) => {
        faults[code] = (faults[code] ?? 0) + 1;
      },
      onBookLost: () => {},
    });
    read.setRoutes(ownRoutes([...symbols, 'ADAUSDT'].map((symbol) => linear(symbol, '0.0001'))));
    return { faults, read };
  }

  test('bring nothing as they are, and are counted one by one', () => {
    const { faults, read } = reader();
    expect(frames.length).toBeGreaterThan(3_000);
    const kinds = new Set(frames.map((frame) => read.read(frame, 1).kind));
    expect(kinds).toEqual(new Set(['unusable']));
    const counted = Object.values(faults).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(frames.length);
  });

  test('have trades that are read with every digit once they are named as in version 5', () => {
    const { faults, read } = reader();
    type Old = { symbol: string; price: string; size: number; side: string; trade_id: string };
    const trades: (Old & { trade_time_ms: string })[] = frames
      .map((frame): { topic?: string; data: [] } => JSON.parse(frame))
      .flatMap(({ topic, data }) => (topic?.startsWith('trade.') === true ? data : []));
    expect(trades.length).toBeGreaterThan(20);
    for (const { symbol, price, size, side, trade_id, trade_time_ms } of trades) {
      const T = Number(trade_time_ms);
      const item = { s: symbol, p: price, v: String(size), S: side, i: trade_id, T };
      const text = JSON.stringify({ topic: `publicTrade.${symbol}`, ts: T, data: [item] });
      expect(read.read(text, 1)).toMatchObject({
        kind: 'data',
        events: [{ kind: 'trade', trade: { price, quantity: String(size), eventTime: T } }],
      });
    }
    expect(faults).toEqual({});
  });
});
