import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTrading, type Trading } from './trading.fixture.ts';

describe('kill -9 of the order gateway', () => {
  let kit: Trading;
  beforeAll(async () => {
    kit = await startTrading();
  });
  afterAll(() => kit.stop());

  test('before the command is durable: the next process takes it from the stream', async () => {
    const holder = await kit.db.pool.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT * FROM gateway_fences FOR UPDATE');
    const trade = await kit.open();
    const { tradeId } = trade;
    await kit.gatewayWaitsForLock();
    await kit.killGateway();
    await holder.query('COMMIT');
    holder.release();
    await kit.reach(trade, 'target');
    expect(await kit.ended(tradeId)).toBe('TARGET');
    await kit.truth();
  });

  test('while the venue holds back the answer to the entry', async () => {
    await kit.fault('lateAck', { ms: 1_500 });
    const trade = await kit.open();
    const { tradeId } = trade;
    await kit.createSeen(tradeId, 'entry');
    await kit.killGateway();
    await kit.reach(trade, 'target');
    expect(await kit.ended(tradeId)).toBe('TARGET');
    await kit.truth();
  });

  test('after a request that never reached the venue: sent once more, under the same id', async () => {
    await kit.fault('lostAckNotExecuted');
    const trade = await kit.open();
    const { tradeId } = trade;
    await kit.orderIs(tradeId, 'entry', 'submitting', 'unknown');
    await kit.killGateway();
    await kit.reach(trade, 'target');
    expect(await kit.ended(tradeId)).toBe('TARGET');
    await kit.truth();
  });

  test('between the entry fill and the stop acknowledgement', async () => {
    await kit.fault('lateAck', { ms: 1_500, count: 2 });
    const trade = await kit.open();
    const { tradeId } = trade;
    await kit.createSeen(tradeId, 'stop');
    await kit.killGateway();
    await kit.reach(trade, 'stop');
    expect(await kit.ended(tradeId)).toBe('STOP');
    await kit.truth();
  });

  test('the target fills while no gateway runs', async () => {
    const trade = await kit.open();
    const { tradeId } = trade;
    await kit.orderIs(tradeId, 'stop', 'working');
    await kit.orderIs(tradeId, 'target', 'working');
    await kit.killGateway();
    await kit.pass(trade, 'target');
    expect(await kit.ended(tradeId)).toBe('TARGET');
    await kit.truth();
  });
});
