import { runDetails } from '@ballast/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BEGIN, HOUR, openStored, type Stored, storeWalk } from './stored.fixture.ts';

const ROWS = 3_000;
let stored: Stored;
const asked = {
  ...{ strategy: 'sma-cross', instruments: ['bybit.linear:AUSDT'], timeframe: '1h' },
  ...{ from: BEGIN, to: BEGIN + ROWS * HOUR, gates: { required: [] } },
};

beforeAll(async () => {
  stored = await openStored();
  await storeWalk(stored.marketData, 'AUSDT', ROWS);
  await stored.startService();
});
afterAll(() => stored.close());

test('a run over stored bars is stored with all that came of it', async () => {
  const id = await stored.say('startBacktest', asked);
  const row = await stored.ended(id);
  expect(row.error).toBeNull();
  expect(row).toMatchObject({ state: 'done', actor: 'tester', seed: 1 });
  const { trades, blocked, equity } = await runDetails(stored.db, id);
  expect(row.result).toMatchObject({ entered: trades.length, blocked: blocked.length });
  expect(trades.length).toBeGreaterThan(10);
  expect(equity).toHaveLength(ROWS / 24 + 1);
});
