import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBarNumbers } from '@ballast/db';
import { parseInstrumentId } from '@ballast/domain';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { compileCache } from '../../../tools/launcher/compile-cache.ts';
import { writeBars } from '../src/walked-bars.fixture.ts';
import { openStored, type Stored, storeWalk } from './stored.fixture.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const CLI = join(import.meta.dirname, '../../../packages/cli/src/main.ts');
const ROWS = 1_200;
let stored: Stored;
let folder: string;
let env: Record<string, string>;
const ended: string[] = [];
const sweeps: string[] = [];

// Processes begin and compute.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ballast-stored-'));
  stored = await openStored();
  await storeWalk(stored.marketData, 'AUSDT', ROWS);
  await stored.startService();
  env = {
    ...compileCache,
    BALLAST_DATABASE_URL: stored.urls.database.cli,
    BALLAST_REDIS_URL: stored.urls.redis.cli,
    ...{ BALLAST_ACCOUNT: 'paper', BALLAST_MODE: 'paper' },
    BALLAST_COMMAND_KEY_CLI: '5e1f0c7a9b3d46288f0e1c2d3a4b5968',
  };
});
afterAll(async () => {
  await stored.close();
  rmSync(folder, { recursive: true });
});

type Said = { readonly code: number; readonly object: { readonly [name: string]: unknown } };

const ballast = (...words: string[]): Promise<Said> => said('backtest', ...words);

function said(...words: string[]): Promise<Said> {
  return new Promise((resolve) => {
    const args = [CLI, ...words, '--json'];
    execFile(process.execPath, args, { env, maxBuffer: 1e8 }, (error, stdout) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, object: Object(JSON.parse(stdout)) });
    });
  });
}

/** As a file has them. */
async function rowsOf(instrument: string): Promise<string[]> {
  const range = { instrument: parseInstrumentId(instrument), timeframe: '1h' } as const;
  const bars = await readBarNumbers(stored.db, { ...range, from: 0, to: Date.now() });
  return [...bars.openTime].map((time, row) => {
    const [high, low] = [bars.high[row], bars.low[row]];
    return [time, bars.open[row], high, low, bars.close[row], bars.volume[row]].join(',');
  });
}

const idOf = ({ object }: Said): string => Object(object['backtest']).id;
const run = (instrument: string): string[] => [
  ...['run', '--stored', '--strategy', 'sma-cross', '--timeframe', '1h', '--from', '2024-01-01'],
  ...['--instruments', `bybit.linear:${instrument}`, '--to', '2024-02-20'],
];

test('a run and a sweep are asked for, followed, shown as a page, and compared', async () => {
  const page = join(folder, 'run.html');
  const given = ['--set', 'fastPeriod=5', '--gate', 'longRegimes=bull,bear', '--cash', '50000'];
  const first = await ballast(...run('AUSDT'), ...given, '--html', page);
  expect(first).toMatchObject({
    code: 0,
    object: {
      ...{ ok: true, backtest: { state: 'done', leftMs: null } },
      request: {
        ...{ cash: '50000', parameters: { fastPeriod: 5 } },
        gates: { longRegimes: ['bull', 'bear'] },
      },
      ...{ figures: expect.any(Object), trades: expect.any(Array), daily: expect.any(Object) },
    },
  });
  expect(readFileSync(page, 'utf8')).toContain('<h1>sma-cross on bybit.linear:AUSDT</h1>');
  ended.push(idOf(first));
  const sweep = ['sweep', ...run('AUSDT').slice(1), '--vary', 'fastPeriod=4,5,6', '--detach'];
  const begun = await ballast(...sweep);
  expect(begun).toMatchObject({ code: 0, object: { backtest: { kind: 'sweep', total: 3 } } });
  await stored.ended(idOf(begun));
  expect(await ballast('show', idOf(begun))).toMatchObject({
    object: { ok: true, tried: 3, deflatedSharpe: expect.any(Object) },
  });
  sweeps.push(idOf(begun));
  const listed = await ballast('list', '--limit', '2');
  expect(listed.object['backtests']).toMatchObject([{ id: idOf(begun) }, { id: idOf(first) }]);
});

test('the best of a stored sweep is judged by all that was tried of the strategy', async () => {
  const promote = (...words: string[]): Promise<Said> =>
    said('promote', '--strategy', 'sma-cross', '--stored', ...words);
  const vary = ['--vary', 'fastPeriod=5,6,7', '--cash', '70000', '--detach'];
  const other = idOf(await ballast('sweep', ...run('AUSDT').slice(1), ...vary));
  await stored.ended(other);
  const [[first = ''], newest] = [sweeps, await promote()];
  expect(newest).toMatchObject({
    code: 1,
    object: {
      ...{ ok: false, error: { code: 'PROMOTION_REFUSED' }, strategy: 'sma-cross', next: [] },
      ...{ trials: 6, sweeps: [other, first], outOfSampleFrom: 'rows' },
      failing: expect.arrayContaining([expect.objectContaining({ check: 'deflated-sharpe' })]),
    },
  });
  const named = await promote(first);
  expect(named).toMatchObject({ code: 1, object: { trials: 6, sweeps: [first, other] } });
  const wrong: [code: string, words: string[]][] = [
    ['BACKTEST_UNKNOWN', ['00000000-0000-7000-8000-000000000000']],
    ['SWEEP_OTHER_STRATEGY', [first, '--strategy', 'momentum']],
    ['SWEEP_NONE', ['--strategy', 'momentum']],
  ];
  const answers = await Promise.all(wrong.map(([, words]) => promote(...words)));
  for (const [index, [code]] of wrong.entries()) {
    expect(answers[index], code).toMatchObject({ code: 1, object: { error: { code } } });
  }
});

const forward = (instrument: string): string[] => [
  ...['walk-forward', ...run(instrument).slice(1), '--vary', 'fastPeriod=5,6,7'],
  ...['--windows', '4', '--train', '2'],
];

test('a walk-forward over stored bars is that over a file of them, and is judged with', async () => {
  const page = join(folder, 'walked.html');
  const walked = await ballast(...forward('AUSDT'), '--cash', '70000', '--html', page);
  const about = { kind: 'walk-forward', state: 'done', done: 12, total: 12 };
  expect(walked).toMatchObject({
    code: 0,
    object: { ok: true, backtest: { ...about, dataHash: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  });
  expect(readFileSync(page, 'utf8')).toContain('What each training chose');
  const id = idOf(walked);
  const shown = await ballast('show', id);
  expect(shown).toMatchObject({ code: 0, object: { windows: walked.object['windows'] } });
  expect((await ballast('list', '--limit', '1')).object['backtests']).toMatchObject([{ id }]);

  const file = join(folder, 'AUSDT_1h.csv');
  writeBars(file, await rowsOf('bybit.linear:AUSDT'));
  const words = [MAIN, 'walk-forward', '--strategy', 'sma-cross', '--bars', file, '--json'];
  const same = [...words, ...forward('').slice(-6), '--cash', '70000'];
  const over = spawnSync(process.execPath, same, { encoding: 'utf8' });
  const told: Said['object'] = Object(JSON.parse(over.stdout));
  for (const name of ['windows', 'windowsWon', 'efficiency', 'trades', 'daily', 'outOfSample']) {
    expect(walked.object[name], name).toEqual(told[name]);
  }
  expect(told['trades']).toBeGreaterThan(10);
  const [named, judged] = await Promise.all([
    said('promote', '--strategy', 'sma-cross', '--stored', id),
    said('promote', '--strategy', 'sma-cross', '--stored'),
  ]);
  expect(named.object).toMatchObject({ error: { code: 'SWEEP_NONE' } });
  // The same combinations of the same request over the same data are no more trials.
  expect(judged.object).toMatchObject({ trials: 6, outOfSampleFrom: 'walk-forward' });
});

test('who is refused is told by whom and for how long; cancelling makes way', async () => {
  const held = await stored.hold('bars');
  const id = idOf(await ballast(...run('AUSDT'), '--detach'));
  await held.reached();
  expect(await ballast(...run('AUSDT'))).toMatchObject({
    code: 1,
    object: { ok: false, error: { code: 'BACKTEST_BUSY', status: 409, running: { id } } },
  });
  const waiting = ballast(...run('AUSDT'), '--wait');
  const cancelled = await ballast('cancel', id, '--reason', 'in the way');
  expect(cancelled).toMatchObject({ code: 0, object: { backtest: { state: 'cancelled' } } });
  await held.release();
  const second = await waiting;
  expect(second).toMatchObject({ code: 0, object: { backtest: { state: 'done' } } });
  const compared = await ballast('compare', ...ended, idOf(second));
  expect(compared).toMatchObject({ code: 0, object: { ok: true, data: { isSame: true } } });
  expect(await ballast('cancel', id)).toMatchObject({
    ...{ code: 1, object: { error: { code: 'BACKTEST_ENDED' } } },
  });
});

test('words that make no sense end with 64, what is not there with 1', async () => {
  const none = '00000000-0000-7000-8000-000000000000';
  const wrong: [code: string, exit: number, words: string[]][] = [
    ['USAGE', 64, ['run', '--stored', '--strategy', 'sma-cross']],
    ['BACKTEST_UNKNOWN', 1, ['compare', none, '00000000-0000-7000-8000-000000000001']],
    ['INSTRUMENT_UNKNOWN', 1, run('NONEUSDT')],
    ['USAGE', 64, [...forward('AUSDT'), '--windows', '101']],
    ['WINDOWS_TOO_MANY', 1, [...forward('AUSDT'), '--windows', '100']],
  ];
  // One after the other: while one is looked at another would find the lane taken.
  for (const [code, exit, words] of wrong) {
    expect(await ballast(...words), words.join(' ')).toMatchObject({
      code: exit,
      object: { error: { code } },
    });
  }
});
