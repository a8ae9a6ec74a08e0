import { createMarketPublisher, openBus } from '@ballast/bus';
import { instrumentId, type MarketEvent } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { expect, test, vi } from 'vitest';
import { createTestRedis } from '../../../tools/stores/test-stores.ts';
import { Hub } from '../src/hub/hub.ts';
import { TakerVolume } from '../src/microstructure/taker-volume.ts';
import { Tenure } from '../src/tenure/tenure.ts';

const log = createLogger('market-data-test', 'silent');
/** Nobody listens there: this tenure is over before it has asked anybody. */
const NOWHERE = '127.0.0.1:9';

test('a part that comes when the tenure is over already is ended too, and its maker told', async () => {
  const { now } = Date;
  const hub = new Hub([], { log, now, taker: new TakerVolume() });
  const bus = openBus(`redis://${NOWHERE}`, 'test', log);
  const ended: string[] = [];
  const part = (name: string) => async () => void ended.push(name);
  try {
    const tenure = new Tenure({
      ...{ bus, hub, now, log, fence: 1, lastActiveAt: 0, isHeld: () => true },
      ...{ databaseUrl: `postgres://${NOWHERE}/none`, onFenced: () => undefined },
    });
    tenure.add(part('early'));
    tenure.add(part('later'));
    const end = tenure.end();
    expect(() => tenure.add(part('while it ends'))).toThrow('is over');
    await end;
    expect(() => tenure.add(part('after it'))).toThrow('is over');
    expect(ended.toSorted()).toEqual(['after it', 'early', 'later', 'while it ends']);
    expect(ended.indexOf('later')).toBeLessThan(ended.indexOf('early'));
    expect(tenure.counts()).toEqual({});
  } finally {
    await bus.close();
    await hub.stop();
  }
});

test('what was taken back long ago and is on the stream after all is not told again', async () => {
  const { now } = Date;
  const redis = await createTestRedis();
  const bus = openBus(redis.urls['market-data'], 'test', log);
  const hub = new Hub([], { log, now, taker: new TakerVolume() });
  const [written, not, lost] = ['written', 'not', 'lost'].map((id): MarketEvent => {
    const times = { eventTime: now(), receivedTime: now() };
    const what = { instrument: instrumentId('bybit', 'linear', 'BTCUSDT'), takerSide: null };
    const trade = { source: 'bybit', venueTradeId: id, price: '1', quantity: '1' } as const;
    return { kind: 'trade', trade: { ...what, ...trade, ...times } };
  });
  if (written === undefined || not === undefined || lost === undefined) throw new Error('none');
  try {
    const before = createMarketPublisher(bus, 'bybit', { log, runId: 'run' });
    before.publish(written);
    await before.close();
    hub.output.takeBack([written, not]);
    // A minute passes until nobody can say any more whether this process is the active one.
    const lastActiveAt = now() + 60_000;
    hub.output.activeUntil(lastActiveAt);
    const tenure = new Tenure({
      ...{ bus, hub, now, log, fence: 1, lastActiveAt, isHeld: () => true },
      ...{ databaseUrl: `postgres://${NOWHERE}/none`, onFenced: () => undefined },
    });
    const { open } = hub.output;
    vi.spyOn(hub.output, 'open').mockImplementation((...told) => {
      const opened = open.apply(hub.output, told);
      return { ...opened, lost: [...opened.lost, lost] };
    });
    const unwritten = vi.spyOn(hub, 'unwritten');
    await tenure.open();
    expect(hub.output.counts['tradesHandedOver']).toBe(1);
    expect(unwritten.mock.calls).toEqual([[[lost], 'surplus']]);
    await tenure.end();
  } finally {
    await hub.stop();
    await bus.close();
    await redis.stop();
  }
});
