import { openDatabase, recordLook, tradeEvents, trades } from '@ballast/db';
import { type InstrumentId, parseScaled, tradePlanToWire } from '@ballast/domain';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import {
  ACCOUNT,
  asWork,
  BTC,
  closeCommand,
  ETH,
  newId,
  openCommand,
  REDUCE_ONLY,
  startGateway,
  storeInstruments,
  type TestGateway,
  tradeIdOf,
} from './gateway.fixture.ts';

describe('facts of the pre-trade rules', () => {
  let database: TestDatabase;
  let gateway: TestGateway;

  beforeAll(async () => {
    database = await createTestDatabase();
    await storeInstruments(database.urls['market-data']);
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await queryOnce(
      database.ownerUrl,
      'TRUNCATE trades, gateway_fences, brake_states, bar_gaps, bar_coverage CASCADE',
    );
    gateway = await startGateway(database.urls['order-gateway']);
  });
  afterEach(() => gateway.close());

  const endOf = async (command: ReturnType<typeof openCommand>) => {
    const rows = await gateway.db.select().from(trades);
    const row = rows.find(({ id }) => id === tradeIdOf(command));
    return { status: row?.status, reason: row?.endReason };
  };

  /** Trades of BTC that ended a moment ago with these results. */
  async function storeResults(...realised: string[]): Promise<void> {
    const command = openCommand();
    if (command.type !== 'openTrade') throw new Error('not the command that was asked for');
    const plan = tradePlanToWire(command.body.plan);
    const now = Date.now();
    const rows = realised.map((amount, index) => ({
      ...{ id: newId(), account: ACCOUNT, instrument: BTC, direction: 'long', status: 'closed' },
      ...{ origin: 'ticket', plan, state: {}, quantity: 0n, feesCum: 0n, epoch: 1 },
      ...{ realisedCum: parseScaled(amount), createdAt: 1, updatedAt: 1, endedAt: now - index },
    }));
    await gateway.db.insert(trades).values(rows);
  }

  test('the same plan under two ids in one commit becomes one trade', async () => {
    const [first, second] = [openCommand(), openCommand()];
    await Promise.all([first, second].map((one) => gateway.journal.write(asWork(one))));
    expect(await endOf(first)).toEqual({ status: 'entering', reason: null });
    expect(await endOf(second)).toEqual({
      ...{ status: 'denied', reason: 'INSTRUMENT_BUSY, DUPLICATE_INTENT' },
    });
  });

  test('a plan that was denied a moment ago may be asked for again', async () => {
    await storeResults('-6000');
    const denied = openCommand();
    await gateway.journal.write(asWork(denied));
    expect((await endOf(denied)).reason).toBe('DAILY_LOSS');
    await queryOnce(database.ownerUrl, `DELETE FROM trades WHERE status = 'closed'`);
    const again = openCommand();
    await gateway.journal.write(asWork(again));
    expect((await endOf(again)).status).toBe('entering');
  });

  test.each([
    [['-200', '-200', '-200'], 'entering', null],
    [['-200', '-200', '-200', '-200'], 'denied', 'LOSS_STREAK'],
    [['-5999', '1'], 'entering', null],
    [['-6001', '1'], 'denied', 'DAILY_LOSS'],
  ])('after results %j a plan is %s by %s', async (results, status, reason) => {
    await storeResults(...results);
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    expect(await endOf(command)).toEqual({ status, reason });
  });

  test('what the broker does not trade is denied, and nothing is promised', async () => {
    await gateway.close();
    const markets = [{ market: 'bybit.spot', endings: null }];
    const capabilities = { ...REDUCE_ONLY, markets };
    gateway = await startGateway(database.urls['order-gateway'], { capabilities });
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    expect(await endOf(command)).toEqual({ status: 'denied', reason: 'INSTRUMENT_UNKNOWN' });
    expect(gateway.effects).toEqual([]);
  });

  /** As market-data says it: looked for until a minute ago, one bar missing so long ago. */
  async function storeGap(instrument: InstrumentId, minutesAgo: number): Promise<void> {
    const marketData = openDatabase(database.urls['market-data'], { max: 1 });
    const now = Date.now();
    const at = now - (now % 60_000) - minutesAgo * 60_000;
    await recordLook(marketData, {
      ...{ instrument, timeframe: '1m', fromTime: at, checkedUntil: now - 60_000, now },
      gaps: [{ from: at, to: at, bars: 1 }],
    });
    await marketData.close();
  }

  test.each([
    ['its own bar that is missing lately', BTC, 3, 'denied', 'COVERAGE_GAP'],
    ['one that was missing long ago', BTC, 20, 'entering', null],
    ['one of another instrument', ETH, 3, 'entering', null],
  ] as const)('a ticket and %s', async (_what, instrument, minutesAgo, status, reason) => {
    await storeGap(instrument, minutesAgo);
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    expect(await endOf(command)).toEqual({ status, reason });
  });

  test('what is missing keeps nobody in: the trade closes', async () => {
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    await storeGap(BTC, 3);
    const closing = closeCommand(tradeIdOf(command));
    await gateway.journal.write(asWork(closing));
    expect((await endOf(command)).status).not.toBe('entering');
  });

  test('every rule is stored with its verdict, input and limit', async () => {
    const command = openCommand();
    await gateway.journal.write(asWork(command));
    const events = await gateway.db.select().from(tradeEvents);
    const opened = events.find(({ type }) => type === 'tradeOpened');
    expect(opened?.data).toMatchObject({
      verdicts: expect.arrayContaining([
        expect.objectContaining({ rule: 'COVERAGE_GAP', outcome: 'pass', input: 'not measured' }),
        expect.objectContaining({ rule: 'SECTOR_EXPOSURE', input: '5000.01 USDT in crypto' }),
      ]),
    });
  });
});
