import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTrading, type Trading } from './trading.fixture.ts';

describe('a venue that answers badly', () => {
  let kit: Trading;
  beforeAll(async () => {
    kit = await startTrading();
  });
  afterAll(() => kit.stop());

  test('a lost answer to an executed entry makes no second order', async () => {
    await kit.fault('lostAckExecuted');
    const trade = await kit.open();
    const { tradeId } = trade;
    await kit.reach(trade, 'target');
    expect(await kit.ended(tradeId)).toBe('TARGET');
    await kit.truth();
  });

  test('a mute private stream: the sweep brings the fills, once', async () => {
    const trade = await kit.open();
    const { tradeId } = trade;
    await kit.orderIs(tradeId, 'target', 'working');
    await kit.orderIs(tradeId, 'stop', 'working');
    await kit.fault('silentSocket', { ms: 4_000 });
    await kit.pass(trade, 'stop');
    expect(await kit.ended(tradeId)).toBe('STOP');
    await kit.truth();
  });

  test('a private stream that breaks while the stop fills', async () => {
    const trade = await kit.open();
    const { tradeId } = trade;
    await kit.orderIs(tradeId, 'target', 'working');
    await kit.orderIs(tradeId, 'stop', 'working');
    await kit.venueDoes('dropPrivateStream');
    await kit.pass(trade, 'stop');
    expect(await kit.ended(tradeId)).toBe('STOP');
    await kit.truth();
    await kit.takesRisk();
  });

  test('a refused stop closes the position at market', async () => {
    // Mute and slow, so that the gateway learns of the fill only after the
    // refusal has been arranged.
    await kit.fault('silentSocket', { ms: 1_500 });
    await kit.fault('lateAck', { ms: 600 });
    const { tradeId } = await kit.open();
    await kit.createSeen(tradeId, 'entry');
    // Stop and target leave together; whichever comes first, the stop is among them.
    await kit.venueDoes('rejectNext', { code: 110_093, count: 2 });
    expect(await kit.ended(tradeId)).toBe('CLOSE');
    await kit.venueDoes('rejectNext', { code: 110_093, count: 0 });
    await kit.truth();
  });

  test('a repeated command is refused and makes no second trade', async () => {
    const { tradeId, wire } = await kit.open();
    await kit.orderIs(tradeId, 'stop', 'working');
    await kit.send(wire);
    await expect.poll(() => kit.refusal(wire.id), { timeout: 5_000 }).toBe('COMMAND_REPEATED');
    await kit.close(tradeId);
    expect(await kit.ended(tradeId)).toBe('CLOSE');
    await kit.truth();
  });

  test('kill -9 of the gateway while the venue holds back the answers to a close', async () => {
    const trade = await kit.open();
    const { tradeId } = trade;
    await kit.orderIs(tradeId, 'target', 'working');
    await kit.orderIs(tradeId, 'stop', 'working');
    await kit.fault('lateAck', { ms: 1_500, count: 2 });
    await kit.close(tradeId);
    await kit.orderIs(tradeId, 'target', 'cancelling', 'cancelled');
    await kit.killGateway();
    expect(await kit.ended(tradeId)).toBe('CLOSE');
    expect((await kit.order(tradeId, 'stop'))?.status).toBe('cancelled');
    await kit.truth();
  });
});
