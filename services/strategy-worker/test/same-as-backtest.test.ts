import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type BacktestOptions, runBacktest } from '@ballast/backtest-core';
import { openBus } from '@ballast/bus';
import { blockedSignals, saveBars, signals } from '@ballast/db';
import { type Bar, type Instrument, parseScaled } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { DEFAULT_RISK_LIMITS } from '@ballast/order-core';
import { gateConfiguration, numericBar, strategyNamed } from '@ballast/strategies';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestRedis, type TestRedis } from '../../../tools/stores/test-stores.ts';
import { clockedHost } from './clocked-host.fixture.ts';
import { gatewayHand } from './gateway-hand.fixture.ts';
import { openWorkerStores, saveInstrument } from './worker-stores.fixture.ts';

const HOUR = 3_600_000;
const BARS = 420;
const CROSS = { fastPeriod: 4, slowPeriod: 12, short: true } as const;
const KEY = 'a5c1e2f34b7d8869';
const FILE = new URL(
  '../../../../shared/data/crypto/bybit-linear/1h/BTCUSDT_1h.csv.gz',
  import.meta.url,
);
const log = createLogger('test', 'fatal');

let stores: Awaited<ReturnType<typeof openWorkerStores>>;
let redis: TestRedis;
let bus: ReturnType<typeof openBus>;

beforeAll(async () => {
  [stores, redis] = await Promise.all([openWorkerStores(), createTestRedis()]);
  bus = openBus(redis.urls['strategy-worker'], 'test', log);
});
afterAll(async () => {
  await bus?.close();
  await redis?.stop();
  await stores?.close();
});

/** The first recorded hours of bitcoin, as market-data would have stored them. */
function recorded({ id }: Instrument): Bar[] {
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trim().split('\n');
  return lines.slice(1, BARS + 1).map((line) => {
    const [time, open = '', high = '', low = '', close = '', volume = ''] = line.split(',');
    return {
      ...{
        instrument: id,
        timeframe: '1h',
        openTime: Number(time),
        open,
        high,
        low,
        close,
        volume,
      },
      ...{ tradeCount: 1, state: 'closed', source: 'bybit', builtFrom: 'bars', missing: 0 },
    };
  });
}

function columnsOf(bars: readonly Bar[]) {
  const all = bars.map(numericBar);
  const column = (name: keyof (typeof all)[number]): Float64Array =>
    Float64Array.from(all, (bar) => bar[name]);
  return {
    ...{ openTime: column('openTime'), open: column('open'), high: column('high') },
    ...{ low: column('low'), close: column('close'), volume: column('volume') },
  };
}

function backtestOf(instrument: Instrument, bars: readonly Bar[]) {
  const options: BacktestOptions = {
    ...{ strategy: 'sma-cross', account: 'backtest' },
    costs: { makerFee: 0n, takerFee: 0n, spread: 0, slippage: 0 },
    cash: { amount: parseScaled('100000'), currency: 'USDT' },
    capabilities: {
      markets: [{ market: 'bybit.index', endings: null }],
      ...{ exits: 'reduceOnly', shorting: true, postOnly: true, timesInForce: ['gtc'] },
      ...{ requestSettlesMs: 5_000, executionsKeptMs: 86_400_000 },
    },
    limits: { ...DEFAULT_RISK_LIMITS, lossStreakMax: 1_000 },
    gates: gateConfiguration(),
    sizing: { risk: parseScaled('0.0025'), notional: parseScaled('0.1'), volume: null },
  };
  const model = strategyNamed('sma-cross').model(CROSS);
  const series = { instrument, timeframe: '1h', bars: columnsOf(bars), model } as const;
  return runBacktest([series], options);
}

/** A decision in the words of both: when, on which side, and what came of it. */
type Said = { readonly at: number; readonly what: string; readonly stop: number | null };
const byTime = (a: Said, b: Said): number => a.at - b.at || (a.what < b.what ? -1 : 1);

function saidInBacktest({ trades, blocked }: ReturnType<typeof runBacktest>): Said[] {
  const entered = trades.map(({ decidedAt, direction, stop }) => {
    return { at: decidedAt, what: `enter ${direction}: asked`, stop };
  });
  const stopped = blocked.map(({ decidedAt, direction, gate, level }) => {
    return { at: decidedAt, what: `enter ${direction}: ${gate}`, stop: level.stop };
  });
  const left = trades.flatMap(({ leftAt, direction, reason }) =>
    leftAt === null || !reason.includes('the strategy leaves')
      ? []
      : [{ at: leftAt, what: `leave ${direction}: asked`, stop: null }],
  );
  return [...entered, ...stopped, ...left].toSorted(byTime);
}

async function saidLive({ id }: Instrument): Promise<Said[]> {
  const gates = new Map(
    (await stores.worker.select().from(blockedSignals)).map((row) => [row.signalId, row.gate]),
  );
  return (await stores.worker.select().from(signals))
    .filter(({ instrument, strategy }) => instrument === id && strategy === 'sma-cross')
    .map(({ id: signalId, word, direction, barOpenTime, level }) => ({
      at: barOpenTime + HOUR,
      what: `${word} ${direction}: ${gates.get(signalId) ?? 'asked'}`,
      stop: stopOf(level),
    }))
    .toSorted(byTime);
}

function stopOf(level: unknown): number | null {
  const stop = typeof level === 'object' && level !== null && 'stop' in level ? level.stop : null;
  return typeof stop === 'number' ? stop : null;
}

test.skipIf(!existsSync(FILE))(
  'recorded bars through the worker and through the backtest: the same entries and leaves (needs ../shared/data)',
  async () => {
    const instrument = await saveInstrument(stores.marketData, 'SAME', 'bybit.index');
    const bars = recorded(instrument);
    const [first] = bars;
    if (first === undefined) throw new Error('no bars');
    const begin = first.openTime;
    await stores.setParameters('sma-cross', CROSS, begin);
    await stores.setSwitch('sma-cross', true, begin);
    await stores.setSwitch('sma-cross', true, begin, 'sell');
    await stores.saveBrake('released');
    await stores.saveEquity('100000', begin);

    const result = backtestOf(instrument, bars);
    const { gateway, worker } = stores;
    const parts = { gateway, worker, redisUrl: redis.urls['order-gateway'], log };
    const hand = gatewayHand(parts, () => [instrument]);
    const live = clockedHost({ db: stores.worker, bus, log, key: KEY }, {});
    await live.warmUpAt(begin + 1);
    const held = new Map<number, string>();
    for (const bar of bars) {
      const close = bar.openTime + HOUR;
      // What the bar did to what was held, as the backtest found it.
      for (const { decidedAt, leftAt } of result.trades) {
        const id = held.get(decidedAt);
        if (id === undefined || leftAt === null || leftAt > bar.openTime) continue;
        await hand.end(id, leftAt);
        held.delete(decidedAt);
      }
      await saveBars(stores.marketData, [bar]);
      await live.look(close, { quoteOf: bar });
      for (const command of await hand.take()) {
        if (command.type === 'openTrade') held.set(close, command.body.tradeId);
      }
    }
    await hand.stop();

    const expected = saidInBacktest(result).filter(({ at }) => at < begin + BARS * HOUR);
    const kinds = new Set(expected.map(({ what }) => what));
    expect(kinds, 'both sides, entered, blocked and left').toEqual(
      new Set([
        ...['enter long: asked', 'enter short: asked'],
        ...['enter long: position-cap', 'enter short: position-cap'],
        ...['leave long: asked', 'leave short: asked'],
      ]),
    );
    expect(expected.length).toBeGreaterThan(20);
    const said = (await saidLive(instrument)).filter(({ at }) => at < begin + BARS * HOUR);
    expect(said.map(({ at, what }) => `${at} ${what}`)).toEqual(
      expected.map(({ at, what }) => `${at} ${what}`),
    );
    for (const [at, { stop }] of said.entries()) {
      const other = expected[at]?.stop ?? null;
      expect(stop === null).toBe(other === null);
      // A trade's stop is on the instrument's tick.
      expect(Math.abs((stop ?? 0) - (other ?? 0))).toBeLessThanOrEqual(0.1);
    }
  },
);
