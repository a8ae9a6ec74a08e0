import { expect, test } from 'vitest';
import { helpOf, runBallast, runUnread } from './ballast-process.fixture.ts';

/** Well-formed, and nobody is there. */
const ENV = {
  BALLAST_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  BALLAST_REDIS_URL: 'redis://127.0.0.1:1',
  BALLAST_ACCOUNT: 'paper',
  BALLAST_MODE: 'paper',
  BALLAST_COMMAND_KEY_CLI: '5e1f0c7a9b3d46288f0e1c2d3a4b5968',
};

const ID = '01890000-0000-7000-8000-000000000001';

/** A few at a time: each is a process of its own. */
const AT_ONCE = 8;

async function refused(cases: readonly (readonly [readonly string[], string])[]): Promise<void> {
  const env = { ...ENV, BALLAST_IMPORT_DIR: '/nowhere' };
  for (let start = 0; start < cases.length; start += AT_ONCE) {
    await Promise.all(
      cases.slice(start, start + AT_ONCE).map(async ([args, code]) =>
        expect(await runBallast(env, ...args), args.join(' ')).toMatchObject({
          code: 64,
          object: { ok: false, error: { code, message: expect.stringMatching(/.{10}/) } },
        }),
      ),
    );
  }
}

test('wrong usage ends with exit 64 and one object that says what is wrong', async () => {
  const cases: [string[], string][] = [
    [['strategy', 'martingale', '--buy', 'on', '--reason', 'x'], 'STRATEGY_UNKNOWN'],
    [['strategy', 'momentum', '--buy', 'perhaps', '--reason', 'x'], 'USAGE'],
    [['strategy', 'momentum', '--buy', 'on'], 'USAGE'],
    [['strategy', 'momentum', '--sell', 'on', '--override', '--reason', 'x'], 'USAGE'],
    [['strategy', 'parameters', 'momentum', '--set', 'fast', '--reason', 'x'], 'USAGE'],
    [['strategy', 'parameters', 'momentum', '--set', 'fast=9'], 'USAGE'],
    [['settings', 'get', 'gate.luck'], 'SETTING_UNKNOWN'],
    [['settings', 'set', 'gate.position_cap', '1.5', '--reason', 'x'], 'SETTING_INVALID'],
    [['close', 'not-an-id', '--reason', 'x'], 'ID_MALFORMED'],
    [['close', ID], 'USAGE'],
    [['trade', 'stop', ID, '--to', 'somewhere', '--reason', 'x'], 'LEVEL_MALFORMED'],
    [['trade', 'scale-out', ID, '--fraction', '1', '--quantity', '1', '--reason', 'x'], 'USAGE'],
    [['trade', 'scale-out', ID, '--fraction', '1.1', '--reason', 'x'], 'FRACTION_MALFORMED'],
    [['trade', 'close-all'], 'USAGE'],
    [['brake', 'engage'], 'USAGE'],
    [['brake', 'release'], 'USAGE'],
    [['orders', 'orphans', '--expect', 'some'], 'COUNT_MALFORMED'],
    [['positions', 'settle', 'BTCUSDT', '--reason', 'x'], 'INSTRUMENT_ID_MALFORMED'],
    [['positions', 'thaw', 'bybit.linear:BTCUSDT'], 'USAGE'],
  ];
  await refused(cases);
});

const BTC = 'bybit.linear:BTCUSDT';

test('so does wrong usage of what is about data, the universe and lists', async () => {
  const days = ['--from', '2026-11-18'];
  const cases: [string[], string][] = [
    [['data', 'backfill', 'BTCUSDT', ...days], 'INSTRUMENT_ID_MALFORMED'],
    [['data', 'backfill', BTC, ...days, '--to', '2026-02-31'], 'TIME_MALFORMED'],
    [['data', 'backfill', BTC, ...days, '--reason', ''], 'COMMAND_MALFORMED'],
    [['data', 'import', import.meta.filename, '--instrument', 'BTC'], 'INSTRUMENT_ID_MALFORMED'],
    [['data', 'microstructure', 'BTC'], 'INSTRUMENT_ID_MALFORMED'],
    [['data', 'coverage', '--instrument', 'BTC'], 'INSTRUMENT_ID_MALFORMED'],
    [['data', 'quality', '--instrument', 'BTC'], 'INSTRUMENT_ID_MALFORMED'],
    [['data', 'audit', '--instrument', 'BTC'], 'INSTRUMENT_ID_MALFORMED'],
    [['data', 'jobs', '--limit', '1e2'], 'USAGE'],
    [['data', 'cancel'], 'USAGE'],
    [['universe', 'add', 'BTC', '--reason', 'x'], 'INSTRUMENT_ID_MALFORMED'],
    [['watchlist', 'set', 'Majors', 'BTC', '--reason', 'x'], 'INSTRUMENT_ID_MALFORMED'],
  ];
  await refused(cases);
});

test('so does wrong usage of what proves the platform', async () => {
  const cases: [string[], string][] = [
    [['audit', 'rebuild', '--day', '2026-02-31'], 'DAY_MALFORMED'],
    [['sim', 'soak', '--seeds', 'many'], 'USAGE'],
    [['sim', 'replay', '--unknown'], 'USAGE'],
    [['sim', 'check', 'sack-race', '--exhaustive'], 'USAGE'],
    [['venue', 'conformance', '--venue', 'bybit', '--case', '101,9999'], 'USAGE'],
  ];
  await refused(cases);
});

test('what another program carries out tells its options when it is asked for help', async () => {
  const [all, soak, drill] = await Promise.all([helpOf(), helpOf('sim', 'soak'), helpOf('drill')]);
  expect(soak).toMatch(/--fault NAME.*--trace.*lostAckExecuted/s);
  const drills = /<(.+?)>/.exec(drill)?.[1]?.split('|') ?? [];
  expect(drills).toContain('feed-failover');
  const summary = all.replaceAll(/\s+/g, ' ');
  expect(drills.filter((name) => !summary.includes(name))).toEqual([]);
});

test('what is asked over files or over stored bars tells both, whichever was named', async () => {
  const [run, walk, promote] = await Promise.all([
    helpOf('backtest', 'run'),
    helpOf('backtest', 'walk-forward', '--stored'),
    helpOf('promote'),
  ]);
  expect(run).toMatch(/--bars <path.*--taker-fee.*"0.00055".*--stored .*--taker-fee.*0.00055\)/s);
  expect(run).toMatch(/Strategies: .*sma-cross.*\n {2}spreadMax .*\(default: 0.001\)\n/s);
  expect(walk).toMatch(/--bars <path.*--workers.*--instruments <ids>.*--windows.*"rolling"/s);
  expect(promote).toMatch(
    /ballast promote \[.*--sweep <folder>.*promote --stored .*--stored \[id\]/s,
  );
});

test('a soak too short to meet every fault fails, and says that it needs more seeds', async () => {
  const { code, object, told } = await runBallast(
    {},
    'sim',
    'soak',
    '--seeds',
    '1',
    '--hours',
    '1',
  );
  expect({ code, object }).toMatchObject({ code: 1, object: { ok: false, violations: [] } });
  expect(told).toMatch(/never met: .*duplicateFill.*more --seeds/s);
});

test('a database that is away is a failure with a code', async () => {
  expect(await runBallast(ENV, 'trades')).toMatchObject({
    code: 1,
    object: { ok: false, error: { code: 'ECONNREFUSED' } },
  });
});

test('no platform in the data folder: exit 69', async () => {
  expect(await runBallast({}, 'trades', '--data-dir', '/nowhere')).toMatchObject({
    code: 69,
    object: { ok: false, error: { code: 'NOT_RUNNING' } },
  });
});

test("the data folder is the checkout's, wherever the operator stands", async () => {
  const { object } = await runBallast({ INIT_CWD: '/nowhere' }, 'login-link');
  expect(JSON.stringify(object)).not.toContain('/nowhere');
});

test('a password that is too short is refused before anything is asked', async () => {
  expect(await runBallast(ENV, 'password', { input: 'short\n' })).toMatchObject({
    code: 64,
    object: { ok: false, error: { code: 'PASSWORD_LENGTH' } },
  });
});

test('an answer that nobody reads ends without a stack trace, and is no success', async () => {
  expect(await runUnread('--help')).toEqual({ code: 1, told: '' });
  expect(await runUnread('status', '--data-dir', '/nowhere', '--json')).toMatchObject({
    code: 1,
    told: expect.stringMatching(/^no platform runs here[^\n]*\n$/),
  });
});
