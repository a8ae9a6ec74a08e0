import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openStored, type Stored, storeWalk } from './stored.fixture.ts';

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
  const { NODE_COMPILE_CACHE: cache } = process.env;
  env = {
    ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }),
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

const idOf = ({ object }: Said): string => Object(object['backtest']).id;
const run = (instrument: string): string[] => [
  ...['run', '--stored', '--strategy', 'sma-cross', '--timeframe', '1h', '--from', '2024-01-01'],
  ...['--instruments', `bybit.linear:${instrument}`, '--to', '2028-01-01'],
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
  ];
  const answers = await Promise.all(wrong.map(([, , words]) => ballast(...words)));
  for (const [index, [code, exit, words]] of wrong.entries()) {
    expect(answers[index], words.join(' ')).toMatchObject({
      code: exit,
      object: { error: { code } },
    });
  }
});
