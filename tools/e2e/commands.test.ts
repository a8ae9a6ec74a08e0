import { trades } from '@ballast/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, startTrading, type Trading } from './trading.fixture.ts';

describe('commands on the stream', () => {
  let kit: Trading;
  beforeAll(async () => {
    kit = await startTrading();
  });
  afterAll(() => kit.stop());

  const plan = async (change: object = {}) => ({
    instrument: kit.instrument,
    direction: 'long',
    entry: { type: 'market' },
    stop: await kit.price(990n),
    takeProfit: { style: 'single', target: await kit.price(1_010n) },
    quantity: '1',
    origin: { kind: 'ticket' },
    ...change,
  });
  const open = async (change: object = {}): Promise<object> => {
    const body = { tradeId: newId(), plan: await plan(change) };
    return kit.command({ type: 'openTrade', body } as Parameters<typeof kit.command>[0]);
  };
  const countOf = async (code: string): Promise<number> =>
    (await kit.refusals()).filter((refusal) => refusal === code).length;
  const refusedWith = (code: string, times = 1) =>
    expect.poll(() => countOf(code), { timeout: 10_000, interval: 30 }).toBe(times);

  test('bad ones are refused by code, stored, and cost nothing', async () => {
    await kit.sendRaw('{"not": "signed"}', 'ff'.repeat(32));
    await refusedWith('SIGNATURE_WRONG');
    await kit.sendRaw('not json at all');
    await refusedWith('COMMAND_MALFORMED');
    await kit.sendRaw('x'.repeat(9_000));
    await refusedWith('COMMAND_TOO_LARGE');
    const old = Date.now() - 20_000;
    await kit.sendRaw(JSON.stringify({ ...(await open()), issuedAt: old, expiresAt: old + 8_000 }));
    await refusedWith('COMMAND_EXPIRED');
    await kit.sendRaw(JSON.stringify({ ...(await open()), mode: 'live' }));
    await refusedWith('MODE_MISMATCH');
    await kit.sendRaw(JSON.stringify(await open({ quantity: 'NaN' })));
    await refusedWith('COMMAND_MALFORMED', 2);
    await kit.close(newId());
    await refusedWith('TRADE_UNKNOWN');
    await kit.sendRaw(JSON.stringify(await open({ instrument: 'bybit.linear:NOSUCH' })));
    await refusedWith('INSTRUMENT_UNKNOWN');
    expect(await kit.db.select().from(trades)).toEqual([]);
  });

  test.each([
    ['PRICE_OFF_TICK', { stop: '3000.001' }],
    ['QUANTITY_OFF_LOT', { quantity: '1.001' }],
    ['QUANTITY_OUT_OF_RANGE', { quantity: '0.001' }],
    ['LEVELS_ON_WRONG_SIDE', { stop: '999999' }],
    ['POSITION_SHARE', { quantity: '100' }],
  ])('a plan that breaks a rule is a denied trade: %s', async (rule, change) => {
    const before = (await kit.db.select().from(trades)).length;
    await kit.sendRaw(JSON.stringify(await open(change)));
    await expect
      .poll(async () => (await kit.db.select().from(trades)).length, { timeout: 10_000 })
      .toBe(before + 1);
    const newest = (await kit.db.select().from(trades)).toSorted(
      (a, b) => a.createdAt - b.createdAt,
    );
    expect(newest.at(-1)?.status).toBe('denied');
    expect(newest.at(-1)?.endReason).toContain(rule);
  });

  test("a strategy's command makes a trade like an operator's, and closes none but its own", async () => {
    const tradeId = newId();
    const origin = { kind: 'signal', signalId: newId(), strategy: 'momentum' };
    const byWorker = { producer: 'strategy-worker', actor: 'momentum' };
    const asked = { type: 'openTrade', body: { tradeId, plan: await plan({ origin }) } };
    const wire = kit.command(asked as Parameters<typeof kit.command>[0], byWorker);
    await kit.sendAsWorker(wire);
    await kit.orderIs(tradeId, 'stop', 'working');
    expect(await kit.status(tradeId)).toMatchObject({ origin: 'momentum' });
    const close = { type: 'closeTrade', body: { tradeId, reason: 'the strategy leaves' } } as const;
    const byAnother = { producer: 'strategy-worker', actor: 'sma-cross' };
    await kit.sendAsWorker(kit.command(close, byAnother));
    await refusedWith('NOT_PERMITTED');
    // As the operator: onto the dashboard's stream it may not write.
    await expect(kit.sendAsWorker(kit.command(close))).rejects.toMatchObject({
      code: 'BUS_REFUSED',
    });
    await kit.sendAsWorker(kit.command(close, byWorker));
    expect(await kit.ended(tradeId)).toBe('CLOSE');
    await kit.truth();
  });
});
