import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const DATA = join(import.meta.dirname, '../../../../shared/data');
const BARS = join(DATA, 'crypto/bybit-linear/1h/BNBUSDT_1h.csv.gz');

function backtest(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
  });
  const json: unknown = args.includes('--json') ? JSON.parse(stdout) : null;
  return { status, stdout, stderr, json };
}

test('words that make no sense end with 64, a file that is not there with 1, each with a code', () => {
  const words = backtest('run', '--strategy', 'sma-cross', '--json');
  expect(words).toMatchObject({ status: 64, json: { ok: false, error: { code: 'USAGE' } } });
  const run = ['run', '--strategy', 'sma-cross', '--bars', 'none.csv', '--json'];
  expect(backtest(...run)).toMatchObject({
    status: 1,
    json: { error: { code: 'BARS_UNREADABLE' } },
  });
  expect(backtest(...run, '--set', 'fastPeriod')).toMatchObject({ status: 64 });
  expect(backtest(...run, '--spread', '2')).toMatchObject({ status: 64 });
  expect(backtest(...run, '--set', 'fastPeriod=400')).toMatchObject({
    ...{ status: 1, json: { error: { code: 'PARAMETERS_INVALID' } } },
  });
  const unknown = backtest('run', '--strategy', 'luck', '--bars', 'none.csv');
  expect(unknown.stderr).toContain('STRATEGY_UNKNOWN: no strategy "luck"');
});

describe.skipIf(!existsSync(BARS))('on recorded bars (need ../shared/data)', () => {
  const args = ['run', '--strategy', 'sma-cross', '--bars', BARS];

  test('the same twice, every signal accounted for, and the equity that the trades made', () => {
    const first = backtest(...args, '--json');
    expect(first.status).toBe(0);
    expect(backtest(...args, '--json').stdout).toBe(first.stdout);
    expect(first.json).toMatchObject({
      ok: true,
      data: { bars: 18_805, from: '2023-12-18T00:00:00.000Z' },
      request: { timeframe: '1h' },
      warnings: [],
    });
    const { signals, entered, blocked } = Object(first.json);
    expect(entered + blocked).toBe(signals);
    const { equity, trades } = Object(first.json);
    const made = trades.reduce(
      (sum: number, trade: { realised: number }) => sum + trade.realised,
      0,
    );
    expect(equity.end).toBeCloseTo(equity.begin + made, 6);
  });

  test('is told to people with its warnings', () => {
    const { stdout } = backtest(...args, '--market', 'alpaca.stock', '--cash', '5000');
    expect(stdout).toContain('sma-cross on alpaca.stock:BNBUSDT, 1h');
    expect(stdout).toMatch(/^  blocked by session +3\d\d, saved/m);
  });
});
